// The pane of lines: a text box over rows that show the same text in colour. Rows alone show filtered lines, and texts
// that are too large for a text box.

import { ask, generation } from './client.js';
import { beforeFrame, byId, element } from './dom.js';
import { VirtualList, positionIn } from './lines.js';
import { characterWidth, fitSheet, noteBelow, resetSheet, startSheet, unitsOf, widen } from './sheet.js';
import { layout, provisional, rowContent } from './tokens.js';

/** The limits of a text in the text box, which would be slow beyond them. */
export const MAX_TYPED = { characters: 1_500_000, lines: 5000 };

const MARKS = {
  0: ['', ''], 1: ['ok', '✓'], 2: ['head', 'H'], 3: ['bad', '✕'], 4: ['reject', '⊘'], 5: ['none', '–'],
};
const WORDS = ['blank line', 'record', 'header line', 'error', 'rejected', 'no data'];

const [scroller, area] = [byId('scroller'), byId('lines')];
const sheet = scroller.querySelector('.sheet');
const rowsBox = scroller.querySelector('.rows');

/** The state of the pane: `lines` has the lines that match the filter; undefined without a filter. */
const view = { isTyped: true, count: 0, lines: undefined, current: 0, texts: [''] };
let rows = new Map();
let byText = new Map();
const asked = new Set();
let isBehind;
const handlers = { ontext() {}, online() {}, ontoken() {}, ontap() {} };

const lineAt = (position) => (view.lines ? view.lines[position] : position);
const positionOf = (line) => positionIn(view.lines, line);

const list = new VirtualList({
  scroller,
  sheet,
  rows: rowsBox,
  rowHeight: 34,
  dataOf: (position) => rows.get(lineAt(position)),
  draw: drawRow,
  onrange: askForRows,
  kept: () => (usesBox() && document.activeElement === area ? [view.current, wrappedTo(caretColumn())] : undefined),
});

/** Returns the line of a row that a column wraps to. */
const wrappedTo = (column) => (layout.columns < Infinity ? Math.floor(column / layout.columns) : 0);
const caretColumn = () => area.selectionStart - area.value.lastIndexOf('\n', area.selectionStart - 1) - 1;

function drawRow(position) {
  const line = lineAt(position);
  const row = rows.get(line);
  const state = row?.state ?? 0;
  const [kind, mark] = MARKS[row?.isNew ? 0 : state];
  const gutter = element('span.gutter', element('b', String(line + 1)), element('em', { class: kind, title: WORDS[state] }, mark));
  const isCurrent = line === view.current;
  return element('div', {
    class: `row${isCurrent ? ' current' : ''}${kind === 'bad' ? ' has-error' : ''}`,
    'data-line': line,
    id: `row-${line}`,
    ...(!usesBox() && { role: 'option', 'aria-selected': String(isCurrent), 'aria-posinset': position + 1, 'aria-setsize': list.count }),
  }, gutter, ...(row ? rowContent(row) : []));
}

/** True if the text box is shown: not for files, and not with a filter. */
const usesBox = () => view.isTyped && !view.lines;

async function askForRows(first, last) {
  if (isBehind) return;
  const wanted = [];
  for (let position = first; position < last; position++) {
    const line = lineAt(position);
    if (line !== undefined && !rows.has(line) && !asked.has(line)) wanted.push(line);
  }
  if (wanted.length === 0) return;
  for (const line of wanted) asked.add(line);
  const mine = generation;
  const found = await ask('rows', { lines: wanted }).catch(() => []);
  for (const line of wanted) asked.delete(line);
  if (mine === generation) setRows(found);
}

/** Changes when rows are dropped, so that the worker sends them again. */
let dropped = 0;
export const epoch = () => dropped;

function setRows(found) {
  const full = [];
  for (const given of found) {
    // The worker sends an unchanged row as its text alone.
    const known = given.same === undefined ? undefined : byText.get(given.same);
    if (given.same !== undefined && !known) continue;
    const row = known ? (known.line === given.line ? known : { ...known, line: given.line }) : given;
    rows.set(row.line, row);
    byText.set(row.text, row);
    full.push(row);
    if (!view.isTyped && row.text.length > 200) widen(row.text.length + 40);
  }
  noteBelow(full);
  if (rows.size > 4000) rows = new Map([...rows].slice(-1000));
  list.refresh();
}

/** Shows typed text at once: known lines unchanged, a new one with the colours of its columns so far. */
function showTyped() {
  view.texts = area.value.split('\n');
  view.count = view.texts.length;
  const before = rows;
  rows = new Map();
  const [first, last] = list.range();
  const from = Math.max(0, first - 20);
  for (let line = from; line < Math.min(view.count, last + 20); line++) {
    const text = view.texts[line];
    const known = byText.get(text);
    if (known) rows.set(line, known.line === line ? known : { ...known, line });
    else rows.set(line, provisional(line, text, before.get(line) ?? before.get(line - 1)));
  }
  if (byText.size > 4000) {
    byText = new Map();
    dropped += 1;
  }
  isBehind = true;
  fitSheet(view.texts);
  fitRows();
}

/** Gives the list its rows: all lines, or those of the filter. */
function fitRows() {
  list.setCount(view.lines ? view.lines.length : view.count, 12, unitsOf(view));
}

/** Replaces the text in the box, and selects a part of it. */
export function setText(text, [from, to] = [0, 0]) {
  view.isTyped = true;
  view.lines = undefined;
  area.value = text;
  area.setSelectionRange(from, to);
  if (to === 0) scroller.scrollTo(0, 0);
  view.current = caretLine();
  resetSheet();
  show();
  showTyped();
  if (to > 0) list.scrollTo(view.current);
}

/** Returns the first character that is selected, and the one after the last. */
export const selection = () => [area.selectionStart, area.selectionEnd];
/** True if the caret is at the start and nothing is selected. */
export const isAtStart = () => area.selectionStart === 0 && area.selectionEnd === 0;
export const getText = () => area.value;
export const isTyped = () => view.isTyped;

/** Prepares the pane for a file: rows only. */
export function showFile() {
  view.isTyped = false;
  view.lines = undefined;
  view.current = 0;
  area.value = '';
  rows = new Map();
  resetSheet(120);
  scroller.scrollTo(0, 0);
  show();
}

/** Shows only these lines; undefined for all. */
export function showLines(lines) {
  view.lines = lines;
  show();
  fitRows();
  list.refresh(true);
}

function show() {
  area.hidden = !usesBox();
  if (usesBox()) {
    rowsBox.setAttribute('aria-hidden', 'true');
    for (const name of ['role', 'tabindex', 'aria-label', 'aria-activedescendant']) rowsBox.removeAttribute(name);
  } else {
    rowsBox.removeAttribute('aria-hidden');
    rowsBox.setAttribute('role', 'listbox');
    rowsBox.setAttribute('tabindex', '0');
    rowsBox.setAttribute('aria-label', 'Lines of the log');
  }
  byId('lines-hint').hidden = !usesBox() || area.value !== '';
}

/** Shows the lines that the worker has read. */
export function showRead({ lines, rows: found, isLast = true }) {
  isBehind = false;
  if (!view.isTyped) {
    view.count = lines;
    if (isLast) rows = new Map();
    fitRows();
    if (isLast) list.refresh(true);
    return;
  }
  // Rows that are not in view may have changed.
  rows = new Map();
  setRows(found);
}

/** Drops all rows, since the format or the schema changed. */
export function dropRows() {
  byText = new Map();
  rows = new Map();
  dropped += 1;
  list.refresh(true);
}

export const currentLine = () => view.current;
export const rowOf = (line) => rows.get(line);

/**
 * Returns a row as the worker has read it; undefined without such a line. The pane may not have it: rows that came with a
 * reading whose message was dropped are not sent again.
 */
export async function readRow(line) {
  const row = rowOf(line);
  if (row && !row.isNew) return row;
  const [found] = await ask('rows', { lines: [line] }).catch(() => []);
  return found;
}

export const visible = () => {
  const [first, last] = list.range();
  return [Math.max(0, first - 6), last + 6];
};

/** Makes a line the current one. */
export function choose(line, { column, length = 0, isFocused = true } = {}) {
  const position = positionOf(line);
  if (position < 0) return;
  if (usesBox()) {
    let start = 0;
    for (let index = 0; index < line; index++) start += view.texts[index].length + 1;
    const from = start + (column ?? 0);
    if (isFocused) area.focus({ preventScroll: true });
    area.setSelectionRange(from, from + length);
  } else if (isFocused) {
    rowsBox.focus({ preventScroll: true });
  }
  list.scrollTo(position, wrappedTo(column ?? 0));
  if (column !== undefined && layout.columns === Infinity) scrollToColumn(column, length);
  moveTo(line);
}

function scrollToColumn(column, length) {
  const [from, to] = [column * characterWidth, (column + length) * characterWidth];
  // The numbers of the lines cover the left edge.
  if (from >= scroller.scrollLeft && to + 90 <= scroller.scrollLeft + scroller.clientWidth) return;
  scroller.scrollLeft = Math.max(0, from - scroller.clientWidth / 3);
}

function moveTo(line) {
  if (!usesBox()) rowsBox.setAttribute('aria-activedescendant', `row-${line}`);
  if (line === view.current) return handlers.online(line);
  for (const [at, isCurrent] of [[view.current, false], [line, true]]) {
    const node = list.node(positionOf(at));
    node?.classList.toggle('current', isCurrent);
    if (node?.role === 'option') node.setAttribute('aria-selected', String(isCurrent));
  }
  view.current = line;
  return handlers.online(line);
}

function caretLine() {
  let line = 0;
  const { value, selectionStart } = area;
  for (let at = value.indexOf('\n'); at >= 0 && at < selectionStart; at = value.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Returns the row and the token at the pointer, which may be beneath the text box. */
function under({ clientX, clientY }) {
  const nodes = document.elementsFromPoint(clientX, clientY);
  const node = nodes.find((found) => found.matches?.('.rows .t'));
  const row = rows.get(Number(nodes.find((found) => found.matches?.('.rows .row'))?.dataset.line));
  const index = Number(node?.dataset.index);
  const token = node && Number.isInteger(index) ? row?.tokens.filter(({ start }) => start !== null)[index] : undefined;
  return row && { row, token, node };
}

/** @param {Partial<typeof handlers>} given */
export function startEditor(given) {
  Object.assign(handlers, given);
  startSheet(list, () => {
    fitRows();
    list.refresh(true);
  });
  // Runs once before the next frame, for all changes since the last one.
  area.addEventListener('input', beforeFrame(() => {
    byId('lines-hint').hidden = area.value !== '';
    showTyped();
    view.current = Math.min(caretLine(), view.count - 1);
    handlers.ontext(area.value);
  }));
  document.addEventListener('selectionchange', () => {
    if (document.activeElement === area && caretLine() !== view.current) moveTo(caretLine());
  });
  let hovered;
  scroller.addEventListener('pointermove', (event) => {
    const found = under(event);
    if (found?.node === hovered || event.pointerType === 'touch') return;
    hovered = found?.node;
    handlers.ontoken(found?.token && found);
  });
  scroller.addEventListener('click', (event) => {
    if (event.pointerType === 'touch') handlers.ontap(under(event), event);
  });
  scroller.addEventListener('pointerleave', () => {
    hovered = undefined;
    handlers.ontoken(undefined);
  });
  rowsBox.addEventListener('click', (event) => {
    const row = event.target.closest('.row');
    if (row) choose(Number(row.dataset.line));
  });
  rowsBox.addEventListener('keydown', (event) => {
    const position = positionOf(view.current);
    const page = Math.max(1, list.range()[1] - list.range()[0] - 2);
    const step = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || list.count === 0) return;
    event.preventDefault();
    choose(lineAt(Math.min(list.count - 1, Math.max(0, position + step))));
  });
}
