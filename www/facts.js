// The tables of the package: the fields that AWS documents, and the formats with a name.

let all = { fields: [], presets: [] };
let byName = new Map();
let byFormat = new Map();

export const facts = {
  get fields() {
    return all.fields;
  },
  get presets() {
    return all.presets;
  },
  /** Returns the row of a field; undefined if AWS does not document it. */
  field: (name) => byName.get(name),
  preset: (name) => all.presets.find((preset) => preset.name === name),
  /** Returns the name of the first preset with this format; undefined if there is none. */
  presetOf: (format) => byFormat.get(format),
  set(given) {
    // The descriptions are Markdown.
    all = { ...given, fields: given.fields.map((field) => ({ ...field, description: field.description.replaceAll('`', '') })) };
    byName = new Map(all.fields.map((field) => [field.name, field]));
    byFormat = new Map([...all.presets].reverse().map(({ name, fields }) => [formatOf(fields), name]));
  },
};

/** Returns the format in AWS's own syntax. */
export const formatOf = (names) => names.map((name) => `\${${name}}`).join(' ');

/** Returns the kind of a token for its colour: that of its field. An absent value and a verdict have kinds of their own. */
export function kindOf({ name, text }) {
  const kind = facts.field(name)?.kind ?? 'unknown';
  if (kind === 'unknown') return kind;
  if (text === '-') return 'absent';
  return kind === 'word' && /^(?:ACCEPT|REJECT)$/.test(text) ? text.toLowerCase() : kind;
}
