/**
 * Shows where in a line an error is: the line, and carets under the token.
 *
 * @module
 */

import { escapeCharacter } from '../text/text.js';

/** Characters on each side of the caret that are looked at; a line may be as long as the parser allows. */
const MAX_CHARACTERS = 1024;

/** As wide as one column in every terminal: printable ASCII, and Latin letters but the soft hyphen. */
const ONE_COLUMN = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f]$/;

/**
 * @param {string} line
 * @param {number | undefined} column from 1, in characters
 * @param {string | undefined} found what stands there
 * @param {number} width most columns to use, up to MAX_CHARACTERS
 * @returns {{ text: string, carets: string }} `carets` is blanks and carets; empty without a column
 */
export function excerpt(line, column, found, width) {
  const characters = [...line.replace(/\r?\n$/, '')];
  const caret = Math.min((column ?? 1) - 1, characters.length);
  const end = caret + tokenLength(characters, caret, found);
  /** @param {number} from @param {number} to */
  const cells = (from, to) => characters.slice(Math.max(from, 0), to).map(cell);

  // The token may have half of the width; what it leaves is shared, a third of it kept for what follows.
  const token = keepStart(cells(caret, Math.min(end, caret + MAX_CHARACTERS)), Math.max(1, Math.floor(width / 2)));
  const before = cells(caret - MAX_CHARACTERS, caret);
  const after = cells(end, end + MAX_CHARACTERS);
  const room = Math.max(0, width - lengthOf(token));
  const roomAfter = Math.min(lengthOf(after), Math.max(Math.floor(room / 3), room - lengthOf(before)));
  const shownBefore = keepEnd(before, room - roomAfter);
  const shownAfter = keepStart(after, room - lengthOf(shownBefore));

  const carets = ' '.repeat(lengthOf(shownBefore)) + '^'.repeat(Math.max(1, lengthOf(token)));
  return {
    text: [...shownBefore, ...token, ...shownAfter].join('').trimEnd(),
    carets: column === undefined ? '' : carets,
  };
}

/**
 * Returns the length of the token that was found. It ends at the next blank; in a wrapper and in a format, before that.
 *
 * @param {string[]} characters
 * @param {number} caret
 * @param {string} [found]
 */
function tokenLength(characters, caret, found = '') {
  const expected = [...found];
  const isThere = expected.every((character, index) => characters[caret + index] === character);
  const endsThere = !/[\w.:-]/.test(characters[caret + expected.length] ?? ' ');
  if (expected.length > 0 && isThere && endsThere) return expected.length;
  let end = caret;
  while (end < characters.length && !/\s/.test(characters[end])) end += 1;
  return end - caret;
}

/**
 * Returns a character as it is if that is safe and one column wide, else as an escape.
 *
 * @param {string} character
 * @returns {string}
 */
export function cell(character) {
  if (ONE_COLUMN.test(character)) return character;
  return character === '\t' ? ' ' : escapeCharacter(character);
}

/** @param {string[]} cells */
function lengthOf(cells) {
  return cells.reduce((sum, text) => sum + text.length, 0);
}

/**
 * Returns the first cells, with a mark for those that do not fit.
 *
 * @param {string[]} cells
 * @param {number} width
 */
function keepStart(cells, width) {
  if (lengthOf(cells) <= width) return cells;
  const kept = [];
  let used = 1;
  for (const text of cells) {
    used += text.length;
    if (used > width) break;
    kept.push(text);
  }
  return width > 0 ? [...kept, '…'] : [];
}

/** Returns the last cells, likewise. @param {string[]} cells @param {number} width */
function keepEnd(cells, width) {
  return [...keepStart([...cells].reverse(), width)].reverse();
}
