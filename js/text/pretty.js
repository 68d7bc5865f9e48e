/**
 * Indents JSON text without parsing it to values: numbers keep every digit.
 *
 * @module
 */

/** A string, a bracket, a comma or colon, or a run of anything else: a number or literal. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

const COLORS = { key: '\x1b[34m', string: '\x1b[32m', number: '\x1b[33m', literal: '\x1b[35m' };
const RESET = '\x1b[0m';

/**
 * @param {string} text JSON documents, one after the other
 * @param {{ color?: boolean }} [style]
 * @returns {string} each document as `JSON.stringify(document, null, 2)` writes it, and a line feed
 */
export function prettyJson(text, { color = false } = {}) {
  const tokens = text.match(TOKEN) ?? [];
  let out = '';
  let depth = 0;
  const lineBreak = () => `\n${'  '.repeat(depth)}`;

  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    const next = tokens[i + 1];
    switch (token) {
      case '{':
      case '[':
        out += token;
        if (next === '}' || next === ']') {
          out += next;
          i += 1;
        } else {
          depth += 1;
          out += lineBreak();
        }
        break;
      case '}':
      case ']':
        depth -= 1;
        out += lineBreak() + token;
        break;
      case ',':
        out += token + lineBreak();
        break;
      case ':':
        out += ': ';
        break;
      default:
        out += color ? painted(token, next === ':') : token;
    }
    if (depth === 0) out += '\n';
  }
  return out;
}

/** @param {string} token @param {boolean} isKey */
function painted(token, isKey) {
  const kind = isKey ? 'key' : token[0] === '"' ? 'string' : /^[-\d]/.test(token) ? 'number' : 'literal';
  return COLORS[kind] + token + RESET;
}
