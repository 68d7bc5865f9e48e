// The document of one line in two schemas, side by side.

import { ask, generation } from './client.js';
import { element, fill, shown } from './dom.js';
import { currentLine } from './editor.js';
import { facts } from './facts.js';
import { leaves, parseJson } from './tree.js';

const chosen = { isAll: false };

export function compareView(box, page) {
  const [first] = facts.shapes;
  chosen.left ??= first.id;
  chosen.right ??= facts.shapes.find(({ schema }) => schema !== first.schema)?.id ?? first.id;
  const select = (side, label) => {
    const made = element('select', { 'aria-label': label, onchange: (event) => ((chosen[side] = event.target.value), draw()) },
      ...facts.shapes.map(({ id, label: name }) => element('option', { value: id, selected: id === chosen[side] }, name)));
    return made;
  };
  const all = element('input', { type: 'checkbox', checked: chosen.isAll, onchange: (event) => ((chosen.isAll = event.target.checked), draw()) });
  const count = element('p', { class: 'hint', role: 'status' });
  const table = element('div', { class: 'compare' });
  page.tools(select('left', 'Left schema'), element('span', {}, 'and'), select('right', 'Right schema'), element('label', {}, all, ' include equal keys'));
  fill(box, count, table);

  async function draw() {
    const line = currentLine();
    const mine = generation;
    const shapes = [chosen.left, chosen.right].map((id) => facts.shapes.find((one) => one.id === id));
    const texts = await ask('document', { line, shapes }).catch(() => []);
    if (mine !== generation || line !== currentLine()) return;
    if (!texts[0] || !texts[1]) {
      count.textContent = page.log() ? `Line ${line + 1} has no document.` : 'The selected line is compared in two schemas here.';
      table.replaceChildren();
      return;
    }
    const [left, right] = texts.map((text) => leaves(parseJson(text)));
    const paths = [...new Set([...left.keys(), ...right.keys()])].sort();
    const kinds = paths.map((path) => (left.get(path) === right.get(path) ? 'same' : !right.has(path) ? 'gone' : !left.has(path) ? 'new' : 'changed'));
    const number = (kind) => kinds.filter((one) => one === kind).length;
    count.textContent = `Line ${line + 1}: ${number('changed')} keys differ, ${number('gone')} are only on the left, ${number('new')} are only on the right, ${number('same')} are equal`;
    const rows = paths.map((path, index) => [path, kinds[index]]).filter(([, kind]) => chosen.isAll || kind !== 'same').map(([path, kind]) =>
      element('tr', { class: kind, 'data-path': path },
        element('th', { scope: 'row' }, path),
        element('td', {}, shown(left.get(path) ?? '')),
        element('td', {}, shown(right.get(path) ?? ''))));
    fill(table, element('table', {},
      element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Key'), ...shapes.map(({ label }) => element('th', { scope: 'col' }, label)))),
      element('tbody', {}, ...rows)),
      rows.length === 0 && element('p', { class: 'empty' }, 'The two documents are equal.'));
  }
  draw();
  return draw;
}
