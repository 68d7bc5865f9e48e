// The hits of the search: marked in the rows that are drawn, and visited one by one.

import { beforeFrame } from './dom.js';
import { choose, currentLine, readRow } from './editor.js';
import { positionIn } from './lines.js';

const rows = document.querySelector('#scroller .rows');
/** The marks of the browser, which change no element. Without them, hits are visited, but not marked. */
const marks = globalThis.Highlight && { hit: new Highlight(), 'hit-chosen': new Highlight() };
for (const [name, mark] of Object.entries(marks ?? {})) CSS.highlights.set(name, mark);

let wanted = '';
/** The hit that was visited last: `{ line, column }`. */
let chosen;

/** Returns the columns of the hits in a text, compared without case, as the worker does. */
function columnsOf(text) {
  const lower = text.toLowerCase();
  const same = lower.length === text.length ? lower : text;
  const found = [];
  for (let at = same.indexOf(wanted); wanted && at >= 0; at = same.indexOf(wanted, at + wanted.length)) found.push(at);
  return found;
}

/** Returns the ranges of the hits in the element of a line, with their columns. Words beneath tokens are not searched. */
function rangesOf(line) {
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
    node.matches?.('.gloss, .more') ? NodeFilter.FILTER_REJECT : node.data === undefined ? NodeFilter.FILTER_SKIP : NodeFilter.FILTER_ACCEPT);
  const pieces = [];
  let text = '';
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    pieces.push([text.length, node]);
    text += node.data;
  }
  const place = (column) => {
    const [start, node] = pieces.findLast(([from]) => from <= column);
    return [node, Math.min(column - start, node.data.length)];
  };
  return columnsOf(text).map((column) => {
    const range = new Range();
    range.setStart(...place(column));
    range.setEnd(...place(column + wanted.length));
    return [column, range];
  });
}

const mark = beforeFrame(() => {
  for (const set of Object.values(marks)) set.clear();
  if (!wanted) return;
  for (const row of rows.querySelectorAll('.row')) {
    const line = row.querySelector('.line');
    for (const [column, range] of line ? rangesOf(line) : []) {
      const isChosen = Number(row.dataset.line) === chosen?.line && column === chosen.column;
      marks[isChosen ? 'hit-chosen' : 'hit'].add(range);
    }
  }
});
if (marks) new MutationObserver(() => wanted && mark()).observe(rows, { childList: true });

/** Marks the hits of a text; of an empty one, none. */
export function markHits(text) {
  wanted = text.toLowerCase();
  chosen = undefined;
  if (marks) mark();
}

let visiting = Promise.resolve();

/**
 * Selects the next hit, or the previous one with a step of -1, and scrolls to it. After the last line comes the first.
 *
 * @param {Uint32Array} lines the lines with hits
 */
export function visitHit(lines, step) {
  // Keys can be pressed faster than rows are read.
  const text = wanted;
  visiting = visiting.catch(() => {}).then(() => text === wanted && visit(lines, step));
  return visiting;
}

async function visit(lines, step) {
  if (!lines?.length) return;
  const [text, from] = [wanted, currentLine()];
  let position = positionIn(lines, from);
  let next;
  if (position < 0) position = step > 0 ? Math.max(0, lines.findIndex((line) => line > from)) : lines.length - 1;
  else {
    const known = chosen?.line === from ? chosen.column : step > 0 ? -1 : Infinity;
    const columns = columnsOf(await textOf(from));
    next = step > 0 ? columns.find((column) => column > known) : columns.findLast((column) => column < known);
    if (next === undefined) position = (position + step + lines.length) % lines.length;
  }
  next ??= columnsOf(await textOf(lines[position])).at(step > 0 ? 0 : -1);
  if (text !== wanted) return;
  chosen = { line: lines[position], column: next };
  choose(lines[position], { column: next, length: wanted.length, isFocused: false });
  if (marks) mark();
}

const textOf = async (line) => (await readRow(line))?.text ?? '';
