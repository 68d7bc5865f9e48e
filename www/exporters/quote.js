// Texts as literals of other languages. A format contains `${`, which most of them would interpret.

/** Returns a literal of a POSIX shell. Single quotes keep everything except themselves. */
export const shell = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Returns a literal of Terraform's HCL. `${` and `%{` begin templates and are doubled. */
export const hcl = (text) => JSON.stringify(text).replaceAll('${', () => '$${').replaceAll('%{', '%%{');

/** Returns a literal of YAML, in single quotes. */
export const yaml = (text) => `'${text.replaceAll("'", "''")}'`;

/** Returns a literal of JavaScript and of VRL, in double quotes, where `${` has no meaning. */
export const js = (text) => JSON.stringify(text);

/** Returns the name of a column in Athena's DDL. */
export const column = (name) => `\`${name.replaceAll('`', '``')}\``;
