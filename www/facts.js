// What AWS documents, as the package tells it.

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
  field: (name) => byName.get(name),
  /** The name of the preset with this format, if there is one. */
  presetOf: (format) => byFormat.get(format),
  set(given) {
    all = given;
    byName = new Map(all.fields.map((field) => [field.name, field]));
    byFormat = new Map([...all.presets].reverse().map(({ name, fields }) => [formatOf(fields), name]));
  },
};

/** The text that AWS takes. */
export const formatOf = (names) => names.map((name) => `\${${name}}`).join(' ');
