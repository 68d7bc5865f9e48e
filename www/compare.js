// One line as several schemas and shippers have it: a column each, rows by the token that the keys come from.

import { ask, generation } from './client.js';
import { element, fill, shown } from './dom.js';
import { currentLine } from './editor.js';
import { facts } from './facts.js';
import { lightNothing, lightToken } from './links.js';
import { SHIPPERS } from './shippers/mappings.js';
import { compared, keysByRow } from './shippers/rows.js';
import { leaves, parseJson } from './tree.js';

const MOST_NAMES = 3;

/** Returns all columns: the schemas, those of Elastic's programs under their names, and the shippers without a schema. */
const columnsOf = () => [
  ...facts.shapes.map((shape) => {
    const shipper = SHIPPERS.find(({ schema }) => schema === shape.id);
    return { id: shape.id, label: shipper ? `${shipper.name} (${shape.label})` : shape.label, shape, shipper };
  }),
  ...SHIPPERS.filter(({ schema }) => !schema).map((shipper) => ({ id: shipper.id, label: shipper.name, shipper })),
];

const chosen = { ids: ['ecs', 'beats', 'vector', 'otel'], isAll: false };

export function compareView(box, page) {
  const all = columnsOf();
  const count = element('p.hint', { role: 'status' });
  const table = element('div.compare', { tabindex: '0', role: 'region', 'aria-label': 'Comparison' });
  const boxes = all.map(({ id, label }) => element('label',
    element('input', { type: 'checkbox', value: id, checked: chosen.ids.includes(id), onchange: choose }), ` ${label}`));
  const number = element('summary');
  const equal = element('input', { type: 'checkbox', checked: chosen.isAll, onchange: ({ target }) => ((chosen.isAll = target.checked), draw()) });
  page.tools(
    element('details.column-choice', number, element('fieldset', element('legend', 'Columns; the first one is compared with the others'), ...boxes)),
    element('label', equal, ' include equal rows'));
  fill(box, count, table);

  function choose({ target }) {
    const ids = boxes.map(({ firstChild }) => firstChild).filter(({ checked }) => checked).map(({ value }) => value);
    // A comparison needs two columns.
    if (ids.length < 2) target.checked = true;
    else chosen.ids = ids;
    draw();
  }

  async function draw() {
    number.textContent = `Columns: ${chosen.ids.length} of ${all.length}`;
    const line = currentLine();
    const mine = generation;
    const picked = all.filter(({ id }) => chosen.ids.includes(id));
    // The tokens come with a schema, so one is asked for even if no column has one.
    const shapes = picked.filter(({ shape }) => shape).map(({ shape }) => shape);
    const found = await ask('compare', { line, shapes: shapes.length ? shapes : [facts.shapes[0]] }).catch(() => undefined);
    if (mine !== generation || line !== currentLine()) return;
    if (!found?.columns[0].document) {
      count.textContent = page.log() ? `Line ${line + 1} has no document.` : 'The selected line is compared as several shippers have it here.';
      table.replaceChildren();
      return;
    }
    const { tokens } = found;
    const columns = picked.map((column) => ({ ...column, ...(column.shape ? ofSchema(column, found.columns[shapes.indexOf(column.shape)], tokens) : ofMapping(column, tokens)) }));
    const rows = compared(tokens, columns);
    const visible = rows.filter(({ isSame }) => chosen.isAll || !isSame);
    const differ = (index) => rows.filter(({ cells }) => cells[index].notes?.length).length;
    count.textContent = `Line ${line + 1}, rows that differ from ${picked[0].label}: ${columns.slice(1).map(({ label, refusal }, index) => `${label} ${refusal ? 'not read' : differ(index + 1)}`).join(', ')}`;
    fill(table,
      element('table',
        element('thead', element('tr', element('th', { scope: 'col' }, 'Token'), ...columns.map(heading))),
        element('tbody', ...visible.map((row) => rowNode(row, columns)))),
      visible.length === 0 && element('p.empty', 'All columns are equal.'));
  }
  draw();
  return draw;
}

/** Returns the rows of a column that has a schema. */
function ofSchema({ shipper }, { document, refusal, paths }, tokens) {
  const known = document ? leaves(parseJson(document)) : new Map();
  return { rows: keysByRow(paths.map((own) => ({ paths: own })), known), refusal: refusal ?? refusalOf(shipper, tokens) };
}

/** Returns the rows of a shipper whose keys are in the table of mappings. */
function ofMapping({ shipper }, tokens) {
  const rows = new Map();
  const unknown = new Set();
  const refusal = refusalOf(shipper, tokens) ?? shipper.failure?.(tokens);
  if (!refusal) {
    for (const [index, token] of tokens.entries()) {
      const keys = shipper.keysOf(token, tokens);
      if (keys) rows.set(index, keys);
      else unknown.add(index);
    }
  }
  return { rows, unknown, refusal, isPartial: shipper.isPartial };
}

/** Returns the reason why a shipper does not read a format with these fields; undefined if it does. */
function refusalOf(shipper, tokens) {
  const beyond = shipper?.refuses ? tokens.filter(({ field }) => !facts.field(field) || !shipper.reads(facts.field(field))) : [];
  const names = beyond.slice(0, MOST_NAMES).map(({ field }) => field).join(', ');
  return beyond.length ? `${shipper.refuses} ${names}${beyond.length > MOST_NAMES ? ` and ${beyond.length - MOST_NAMES} more` : ''}` : undefined;
}

function heading({ label, shipper, refusal }) {
  return element('th', { scope: 'col' }, label,
    shipper && element('details.source', element('summary', 'Source'), `Reads ${shipper.versions}. From ${shipper.source}.`),
    refusal && element('p.wrong', `Not read: ${shown(refusal, 300)}`));
}

function rowNode({ id, token, cells, isSame }, columns) {
  const head = token ? [element('b', token.field), ' ', element('span', shown(token.text, 60))] : [element('b', ...breakable(id))];
  const light = token && { 'data-token': id, onmouseenter: () => lightToken(token), onmouseleave: lightNothing };
  return element('tr', { class: isSame ? 'same' : 'changed', 'data-row': id, ...light },
    element('th', { scope: 'row' }, ...head),
    ...cells.map((cell, index) => element('td', { class: cell.state, 'data-label': columns[index].label }, ...cellContent(cell))));
}

/** Returns a name that lines may break after its dots and underscores. */
const breakable = (name) => name.split(/(?<=[._])/).flatMap((part) => [part, element('wbr')]);

const EMPTY = { unread: 'not read', unknown: 'not documented' };

function cellContent({ keys, notes = [], state }) {
  const lines = keys.map(({ path, value, within }) => element('div', element('span.key', ...breakable(path)), ': ', shown(value, 200),
    within && within !== 'attribute' && element('small', ` (of the ${within})`)));
  return [
    ...lines,
    EMPTY[state] && element('span.quiet', EMPTY[state]),
    ...notes.map((note) => element('small.why', note)),
  ];
}
