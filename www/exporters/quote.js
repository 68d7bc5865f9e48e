// How a text is written in other languages. A format has `${` in it, which most of them would take for their own.

/** In a POSIX shell: single quotes keep everything but themselves. */
export const shell = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** In Terraform's HCL: `${` and `%{` begin templates and are doubled. */
export const hcl = (text) => JSON.stringify(text).replaceAll('${', () => '$${').replaceAll('%{', '%%{');

/** In YAML, in single quotes. */
export const yaml = (text) => `'${text.replaceAll("'", "''")}'`;

/** In JavaScript and in VRL: JSON's quotes, where `${` means nothing. */
export const js = (text) => JSON.stringify(text);

/** A column's name in Athena's DDL. */
export const column = (name) => `\`${name.replaceAll('`', '``')}\``;
