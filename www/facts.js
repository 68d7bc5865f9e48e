// The tables of the package: the fields that AWS documents, the formats with a name, and the schemas.

let all = { fields: [], presets: [] };
let shapes = [];
let byName = new Map();
let byFormat = new Map();
let layouts = [];

export const facts = {
  get fields() {
    return all.fields;
  },
  get presets() {
    return all.presets;
  },
  /** The documented layouts: each preset whose fields no earlier one has. */
  get layouts() {
    return layouts;
  },
  /** The forms of a document: each schema with each of its modes. */
  get shapes() {
    return shapes;
  },
  /** Returns the row of a field; undefined if AWS does not document it. */
  field: (name) => byName.get(name),
  preset: (name) => all.presets.find((preset) => preset.name === name),
  /** Returns the name of the first preset with this format; undefined if there is none. */
  presetOf: (format) => byFormat.get(format),
  /** Returns a documented format in words; undefined for another one. */
  layoutOf(format) {
    const name = byFormat.get(format);
    return name === 'default' ? 'AWS’s default format' : name && `layout ${name}`;
  },
  set(given) {
    // The descriptions are Markdown.
    all = { ...given, fields: given.fields.map((field) => ({ ...field, description: field.description.replaceAll('`', '') })) };
    shapes = given.schemas.flatMap(shapesOf);
    byName = new Map(all.fields.map((field) => [field.name, field]));
    byFormat = new Map([...all.presets].reverse().map(({ name, fields }) => [formatOf(fields), name]));
    const names = new Set(byFormat.values());
    layouts = all.presets.filter(({ name }) => names.has(name));
  },
};

const shapesOf = ({ name, modes }) => modes.map((mode, index) => {
  const [id, label] = index ? [`${name}.${mode}`, `${name}, ${mode.replaceAll('_', ' ')}`] : [name, name];
  return { id, label, schema: name, ...(modes.length > 1 && { mode }) };
});

/** Returns the options of the package for a shape. */
export const optionsOf = ({ schema, mode }) => ({ schema, ...(mode && { mode }) });

/** Returns the format in AWS's own syntax. */
export const formatOf = (names) => names.map((name) => `\${${name}}`).join(' ');

/** Returns the kind of a token for its colour: that of its field. An absent value and a verdict have kinds of their own. */
export function kindOf({ field, text }) {
  const kind = facts.field(field)?.kind ?? 'unknown';
  if (kind === 'unknown') return kind;
  if (text === '-') return 'absent';
  return kind === 'word' && /^(?:ACCEPT|REJECT)$/.test(text) ? text.toLowerCase() : kind;
}
