/**
 * Finds the word that was probably meant.
 *
 * @module
 */

/**
 * @param {string} word
 * @param {string[]} known
 * @returns {string | undefined} the known word with the fewest edits, if they are few enough for a slip
 */
export function nearest(word, known) {
  const most = Math.max(1, Math.floor(word.length / 3));
  let best;
  let fewest = most + 1;
  for (const candidate of known) {
    // A word that was cut short counts as one slip, however long the rest.
    const isCut = word.length >= 2 && candidate.startsWith(word);
    const edits = isCut ? 1 : editDistance(word, candidate);
    if (edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

/**
 * Insertions, deletions, substitutions, and swaps of neighbours, between two words.
 *
 * @param {string} from
 * @param {string} to
 */
function editDistance(from, to) {
  if (Math.abs(from.length - to.length) > 64) return Infinity;
  /** @type {number[]} */
  let beforeLast = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const substituted = last[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      row[j] = Math.min(substituted, last[j] + 1, row[j - 1] + 1);
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (isSwap) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length];
}
