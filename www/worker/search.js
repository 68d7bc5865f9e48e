import { ERROR } from './log.js';
import { pause } from './pause.js';

const CHUNK_LINES = 20_000;
let latest = 0;

/** Ends the search. */
export function cancelSearch() {
  latest += 1;
}

/**
 * Finds the lines that match a filter and contain a text.
 *
 * @param {import('./log.js').Log} log
 * @param {object} filter what `Columns.test` takes, `errors: true`, and a `cause` by its `id`
 * @param {string} text compared without case
 * @returns {Promise<Uint8Array | undefined>} a 1 for each line that matches; undefined if another search began
 */
export async function findLines(log, { errors, cause, ...filter }, text) {
  const mine = ++latest;
  let marks;
  if (Object.keys(filter).length) marks = log.columns.marks(log.columns.test(filter), log.lines);
  marks ??= new Uint8Array(log.lines).fill(1);
  if (errors) for (let line = 0; line < marks.length; line++) marks[line] &= Number(log.state(line) === ERROR);
  if (cause !== undefined) for (let line = 0; line < marks.length; line++) marks[line] &= Number(log.repairs?.at(line) === cause.id);
  const wanted = text.toLowerCase();
  for (let from = 0; wanted && from < marks.length; from += CHUNK_LINES) {
    const to = Math.min(from + CHUNK_LINES, marks.length);
    const [[start], [, end]] = [log.span(from), log.span(to - 1)];
    // One search of the whole chunk is much faster than one of each line.
    const chunk = new TextDecoder().decode(await log.store.read(start, end)).toLowerCase();
    const lines = chunk.includes(wanted) ? chunk.split('\n') : [];
    for (let line = from; line < to; line++) marks[line] &= Number(lines[line - from]?.includes(wanted) ?? false);
    if (mine !== latest) return undefined;
    await pause();
    if (mine !== latest) return undefined;
  }
  return marks;
}
