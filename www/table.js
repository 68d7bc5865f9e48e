// Lists of documents: NDJSON, and a table with a column for each key.

import { ask, generation } from './client.js';
import { button, copy, download, element, fill, shown } from './dom.js';
import { choose, currentLine } from './editor.js';
import { facts } from './facts.js';
import { VirtualList } from './lines.js';
import { leaves, parseJson } from './tree.js';

const FIRST = [
  '@timestamp', 'source.ip', 'source.port', 'destination.ip', 'destination.port', 'network.transport', 'event.action',
  'network.bytes', 'network.packets',
];
const MAX_COLUMNS = 120;
const MAX_REQUESTED = 400;

/** Returns a list of documents, which are requested when they come into view. */
function documentList(box, page, { head, drawRow, role, onfirst, rowHeight = 30 }) {
  const sheet = element('div', { class: 'sheet' });
  const rows = element('div', { class: 'rows', role });
  const scroller = element('div', { class: 'scroller documents' }, ...(head ? [head] : []), sheet);
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
  const draw = () => {
    lines = page.lines();
    found = new Map();
    asked.clear();
    list.setCount(lines ? lines.length : (page.log()?.lines ?? 0), 8);
    list.refresh(true);
  };
  scroller.addEventListener('click', (event) => {
    const row = event.target.closest('[data-line]');
    if (row) choose(Number(row.dataset.line), { isFocused: false });
  });
  return { scroller, draw, redraw: () => list.refresh(true) };
}

function tools(page) {
  page.tools(page.picker,
    element('span', { class: 'hint' }, ''),
    button('Copy', async () => {
      const blob = await ask('ndjson');
      if (blob.size < 8 << 20) copy(await blob.text());
      else download('flow-log.ndjson', blob);
    }, { class: 'small' }),
    button('Download', async () => download(`flow-log.${page.shape().id}.ndjson`, await ask('ndjson')), { class: 'small' }));
}

export function ndjsonView(box, page) {
  const { scroller, draw } = documentList(box, page, {
    role: 'list',
    drawRow: (line, json) => element('div', { class: `doc-row${line === currentLine() ? ' current' : ''}`, role: 'listitem', 'data-line': line },
      element('b', {}, String(line + 1)), json ? shown(json, 6000) : element('i', {}, json === null ? 'no document' : '')),
  });
  tools(page);
  fill(box, scroller);
  draw();
  return draw;
}

export function tableView(box, page) {
  let columns = [];
  const header = element('div', { class: 'table-head', role: 'row' });
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
    const order = [...FIRST, ...facts.fields.map(({ column }) => `aws.vpcflow.${column}`)];
    const rank = ({ path }) => (order.includes(path) ? order.indexOf(path) : order.length);
    columns = columns.sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1)).slice(0, MAX_COLUMNS);
    fill(header, element('span', { role: 'columnheader', class: 'number' }, 'line'), ...columns.map(({ path, width }) => sized(element('span', { role: 'columnheader' }, path), width)));
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
        ...(json === null ? [element('span', { role: 'cell' }, element('i', {}, 'no document'))] : cells));
    },
  });
  list.scroller.setAttribute('role', 'table');
  list.scroller.setAttribute('aria-label', 'Documents');
  list.scroller.tabIndex = 0;
  tools(page);
  fill(box, list.scroller);
  const draw = () => {
    columns = [];
    list.draw();
  };
  draw();
  return draw;
}
