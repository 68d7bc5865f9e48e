// JSON whose numbers keep their spelling: for a server 1.0 is not an integer, and 12345678901234567890 has no JavaScript
// number. A number that JavaScript would write otherwise is held as a string behind a mark.

const MARK = '\u0000number:';
const marked = /"\\u0000number:([^"]*)"/g;
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** As JSON.parse. */
export function parse(text) {
  const keep = (token) => (token[0] === '"' || String(Number(token)) === token ? token : JSON.stringify(MARK + token));
  return JSON.parse(text.replace(stringOrNumber, keep));
}

/** As JSON.stringify. */
export function stringify(value, replacer, space) {
  return JSON.stringify(value, replacer, space).replace(marked, '$1');
}
