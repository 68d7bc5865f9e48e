// Lists of documents: NDJSON, and a table with a column for each key. They follow the selected line.

import { ask, generation } from './client.js';
import { element, fill, shown } from './dom.js';
import { choose, currentLine } from './editor.js';
import { facts } from './facts.js';
import { VirtualList, positionIn } from './lines.js';
import { leaves, parseJson } from './tree.js';
import { asTable, writingTools } from './writing.js';

const FIRST = [
  '@timestamp', 'source.ip', 'source.port', 'destination.ip', 'destination.port', 'network.transport', 'event.action',
  'network.bytes', 'network.packets',
];
const MAX_COLUMNS = 120;
const MAX_REQUESTED = 400;

/** Returns a list of documents, which are requested when they come into view. */
function documentList(box, page, { head, drawRow, role, onfirst, rowHeight = 30 }) {
  const sheet = element('div.sheet');
  const rows = element('div.rows', { role });
  const scroller = element('div.scroller.documents', head, sheet);
  sheet.append(rows);
  let found = new Map();
  const asked = new Set();
  let lines;
  const lineAt = (position) => (lines ? lines[position] : position);
  const list = new VirtualList({
    scroller, sheet, rows, rowHeight,
    dataOf: (position) => found.get(lineAt(position)),
    draw: (position) => drawRow(lineAt(position), found.get(lineAt(position))),
    onrange: fetchRows,
  });
  async function fetchRows(first, last) {
    const wanted = [];
    for (let position = first; position < last; position++) {
      const line = lineAt(position);
      if (!found.has(line) && !asked.has(line)) wanted.push(line);
    }
    if (wanted.length === 0) return;
    for (const line of wanted) asked.add(line);
    const mine = [generation, page.shape().id];
    const answer = await ask('documents', { lines: wanted.slice(0, MAX_REQUESTED) }).catch(() => []);
    for (const line of wanted) asked.delete(line);
    if (mine[0] !== generation || mine[1] !== page.shape().id) return;
    for (const [line, document] of answer) found.set(line, document ?? null);
    onfirst?.(answer);
    list.refresh();
  }
  const draw = ({ isLine = false } = {}) => {
    if (isLine) return follow();
    lines = page.lines();
    found = new Map();
    asked.clear();
    list.setCount(lines ? lines.length : (page.log()?.lines ?? 0), 8);
    list.refresh(true);
    return follow();
  };
  /** Marks the document of the selected line, and scrolls to it. */
  const follow = () => {
    const position = positionIn(lines, currentLine());
    for (const node of rows.querySelectorAll('.current')) node.classList.remove('current');
    if (position < 0 || position >= list.count) return;
    list.scrollTo(position);
    list.node(position)?.classList.add('current');
  };
  scroller.addEventListener('click', (event) => {
    const row = event.target.closest('[data-line]');
    if (row) choose(Number(row.dataset.line), { isFocused: false });
  });
  return { scroller, draw, redraw: () => list.refresh(true) };
}

export function ndjsonView(box, page) {
  const { scroller, draw } = documentList(box, page, {
    role: 'list',
    drawRow: (line, json) => element('div', { class: `doc-row${line === currentLine() ? ' current' : ''}`, role: 'listitem', 'data-line': line },
      element('b', String(line + 1)), json ? shown(json, 6000) : element('i', json === null ? 'no document' : '')),
  });
  page.tools(page.picker, element('span.hint'), ...writingTools({ name: () => `flow-log.${page.shape().id}.ndjson` }));
  fill(box, scroller);
  draw();
  return draw;
}

/** Returns paths in the order of the columns: the most used ones first, then AWS's fields, then the others by name. */
function inOrder(paths) {
  const order = new Map([...FIRST, ...facts.fields.map(({ column }) => `aws.vpcflow.${column}`)].map((path, index) => [path, index]));
  const rank = (path) => order.get(path) ?? order.size;
  return paths.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

export function tableView(box, page) {
  let columns = [];
  const number = () => element('span', { role: 'columnheader', class: 'number' }, 'line');
  const header = element('div.table-head', { role: 'row' }, number());
  const cellsOf = (json) => leaves(parseJson(json));
  const learn = (answer) => {
    const before = columns.length;
    for (const [, json] of answer) {
      if (!json) continue;
      for (const [path, raw] of cellsOf(json)) {
        let column = columns.find((one) => one.path === path);
        if (!column) columns.push((column = { path, width: path.length }));
        column.width = Math.min(44, Math.max(column.width, raw.length));
      }
    }
    if (columns.length === before) return;
    const paths = inOrder(columns.map(({ path }) => path));
    columns = columns.sort((a, b) => paths.indexOf(a.path) - paths.indexOf(b.path)).slice(0, MAX_COLUMNS);
    fill(header, number(), ...columns.map(({ path, width }) => sized(element('span', { role: 'columnheader' }, path), width)));
    list.redraw();
  };
  const sized = (cell, width) => {
    cell.style.width = `${width + 2}ch`;
    return cell;
  };
  const list = documentList(box, page, {
    head: header,
    role: 'rowgroup',
    onfirst: learn,
    drawRow: (line, json) => {
      const values = json ? cellsOf(json) : new Map();
      const cells = columns.map(({ path, width }) => sized(element('span', { role: 'cell', class: /^\d/.test(values.get(path) ?? '') ? 'num' : '' }, shown((values.get(path) ?? '').replace(/^"|"$/g, ''), 100)), width));
      return element('div', { class: `doc-row${line === currentLine() ? ' current' : ''}`, role: 'row', 'data-line': line },
        element('span', { role: 'rowheader', class: 'number' }, String(line + 1)),
        ...(json === null ? [element('span', { role: 'cell' }, element('i', 'no document'))] : cells));
    },
  });
  list.scroller.setAttribute('role', 'table');
  list.scroller.setAttribute('aria-label', 'Documents');
  list.scroller.tabIndex = 0;
  page.tools(page.picker, element('span.hint'), ...writingTools({ name: () => `flow-log.${page.shape().id}.csv`, convert: asTable(inOrder) }));
  fill(box, list.scroller);
  const draw = (change) => {
    if (!change?.isLine) columns = [];
    list.draw(change);
  };
  draw();
  return draw;
}
