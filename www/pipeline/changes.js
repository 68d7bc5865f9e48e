// The changes of a document from step to step, and the tokens that its keys come from.

import { tokensByPath } from '../links.js';

/** Returns the changes as `[kind, path, value]`, by path; of a change, the value is `old → new`. */
export function difference(before, after) {
  const changes = [];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) continue;
    const kind = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    changes.push([kind, path, kind === 'changed' ? `${old} → ${now}` : (now ?? old)]);
  }
  return changes.sort((a, b) => (a[1] < b[1] ? -1 : 1));
}

const bare = (value) => value?.replace(/^"(.*)"$/s, '$1');
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * Follows the tokens of a line through the steps: which of them each key of the documents comes from.
 *
 * A key that was added comes from the tokens that set a key of its name, with any object around it. Otherwise it comes from
 * the keys with the same value that the step removed, or that its text names. Of the whole line, only the tokens that are equal
 * to the value count.
 *
 * @param {{ text: string, paths: string[] }[]} tokens
 * @param {{ text: string, before: Map<string, string>, after: Map<string, string>, isParse: boolean }[]} steps
 * @returns {Map<string, number[]>[]} by the path, for the document after each step
 */
export function origins(tokens, steps) {
  const all = [...tokens.keys()];
  const byPath = tokensByPath(tokens);
  let known = new Map([['message', all]]);
  return steps.map(({ text, before, after, isParse }) => {
    const next = new Map();
    for (const [path, value] of after) {
      if (before.get(path) === value && known.has(path)) next.set(path, known.get(path));
      else {
        const from = isParse ? parsed(path, byPath) : moved(path, value, { text, before, after, known, tokens, all });
        if (from.length) next.set(path, from);
      }
    }
    known = next;
    return next;
  });
}

/** Returns the tokens of a key that the processor of flow logs set, under any target. */
function parsed(path, byPath) {
  const parts = path.split('.');
  for (let from = 0; from < parts.length; from++) {
    const found = byPath.get(parts.slice(from).join('.'));
    if (found) return found;
  }
  return [];
}

function moved(path, value, { text, before, after, known, tokens, all }) {
  const gone = [...before].filter(([old, was]) => !after.has(old) && was === value && known.has(old)).map(([old]) => old);
  const named = [...before.keys()].filter((old) => known.has(old) && new RegExp(`(?<![\\w.])${escaped(old)}(?![\\w.])`).test(text));
  const found = new Set();
  for (const old of gone.length ? gone : named) {
    const from = known.get(old);
    const isWhole = from.length === all.length && before.get(old) !== value;
    for (const index of isWhole ? all.filter((one) => tokens[one].text === bare(value)) : from) found.add(index);
  }
  return [...found].sort((a, b) => a - b);
}
