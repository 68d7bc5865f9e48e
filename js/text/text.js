/**
 * Text that is safe to show: nothing in a log or a file name may steer the terminal.
 *
 * @module
 */

/**
 * Characters that may move the cursor, start an escape sequence, or reorder and hide text. These are control characters
 * (C0, DEL, C1), format characters (bidi marks, zero-width ones), line and paragraph separators, and unpaired surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/**
 * @param {string} text
 * @returns {string} the text with unsafe characters as `\u{1b}`
 */
export function safeText(text) {
  return text.replace(UNSAFE, escapeCharacter);
}

/**
 * As `safeText`, with escapes that JSON knows, so that JSON text keeps its value.
 *
 * @param {string} json
 * @returns {string}
 */
export function safeJson(json) {
  return json.replace(UNSAFE, (character) => {
    // Line feeds part the documents, and in JSON text no other control character stands outside of strings.
    if (character === '\n') return character;
    let escaped = '';
    for (let i = 0; i < character.length; i++) {
      escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
    }
    return escaped;
  });
}

/** @param {string} character */
export function escapeCharacter(character) {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

/** @param {number} number @returns {string} with commas: 1,234,567 */
export function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** @param {number} count @param {string} noun @returns {string} `1 line`, `2,000 lines` */
export function counted(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** @param {number} bytes @returns {string} `12.3 MB` */
export function byteSize(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let power = 0;
  while (bytes >= 1000 && power < units.length - 1) {
    bytes /= 1000;
    power += 1;
  }
  return `${power === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[power]}`;
}
