// The pane of documents: which view is shown, of which schema, and the views that are lists of documents.

import { ask, generation } from './client.js';
import { byId, button, copy, download, element, fill, rove } from './dom.js';
import { currentLine } from './editor.js';
import { compareView } from './compare.js';
import { exportView } from './export.js';
import { pictureView } from './picture.js';
import { pipelineView } from './pipeline.js';
import { ndjsonView, tableView } from './table.js';
import { treeOf } from './tree.js';

/** The shapes that a document can have. */
export const SHAPES = [
  { id: 'ecs', label: 'ECS', schema: 'ecs', mode: 'ecs' },
  { id: 'both', label: 'ECS and original', schema: 'ecs', mode: 'ecs_and_original' },
  { id: 'original', label: 'Original', schema: 'ecs', mode: 'original' },
  { id: 'integration', label: 'Elastic integration', schema: 'elastic-integration', mode: 'ecs' },
  { id: 'integration-1.12', label: 'Elastic integration 1.12', schema: 'elastic-integration-1.12', mode: 'ecs' },
  { id: 'beats', label: 'Beats', schema: 'beats', mode: 'ecs' },
  { id: 'beats-both', label: 'Beats, with original', schema: 'beats', mode: 'ecs_and_original' },
  { id: 'beats-original', label: 'Beats, original', schema: 'beats', mode: 'original' },
];

const VIEWS = {
  document: { label: 'Document', draw: documentView, isOfLine: true },
  ndjson: { label: 'NDJSON', draw: ndjsonView },
  table: { label: 'Table', draw: tableView },
  compare: { label: 'Compare', draw: compareView, isOfLine: true },
  picture: { label: 'Picture', draw: pictureView },
  pipeline: { label: 'Pipeline', draw: pipelineView, isKept: true },
  export: { label: 'Export', draw: exportView, isKept: true },
};

const panel = byId('panel');
let current = 'document';
let redraw;
/** What the views need to know of the rest of the page. */
let page;

export const shape = () => SHAPES.find(({ id }) => id === byId('shape').value);
export const view = () => current;

/** The document of the current line as last told, so that it need not be asked for. */
let known = {};

export function startOutput(given, onshape) {
  page = { ...given, shapes: SHAPES, shape };
  byId('shape').append(...SHAPES.map(({ id, label }) => element('option', { value: id }, label)));
  byId('shape').addEventListener('change', onshape);
  const tabs = Object.entries(VIEWS).map(([id, { label }]) =>
    element('button', { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': 'panel', onclick: () => showView(id) }, label));
  byId('tabs').append(...tabs);
  rove(byId('tabs'), '[role=tab]', { onmove: (tab) => tab.click() });
  showView('document');
}

export function showView(id) {
  if (!VIEWS[id]) return;
  current = id;
  for (const tab of byId('tabs').children) {
    const isChosen = tab.id === `tab-${id}`;
    tab.setAttribute('aria-selected', String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
  }
  panel.setAttribute('aria-labelledby', `tab-${id}`);
  panel.className = `panel-${id}`;
  panel.replaceChildren();
  panel.scrollTo(0, 0);
  redraw = VIEWS[id].draw(panel, page);
}

/** The log, the filter, the schema or, for views of one line, the line is another. */
export function refreshOutput({ isLine = false } = {}) {
  if (isLine && !VIEWS[current].isOfLine) return;
  if (VIEWS[current].isKept) return;
  redraw?.();
}

/** Takes the document that came along with a reading. */
export function setKnown(line, document) {
  known = { line, document, generation, shape: shape().id };
}

function documentView(box) {
  let drawn;
  const draw = async () => {
    const line = currentLine();
    const mine = [generation, shape().id];
    const isKnown = known.line === line && known.generation === generation && known.shape === shape().id;
    const [json] = isKnown ? [known.document] : await ask('document', { line, shapes: [shape()] }).catch(() => []);
    if (current !== 'document' || mine[0] !== generation || mine[1] !== shape().id || line !== currentLine()) return;
    if (drawn !== undefined && drawn === json) return;
    drawn = json;
    const top = box.scrollTop;
    if (!json) {
      fill(box, element('p', { class: 'empty' }, page.log() ? `Line ${line + 1} has no document.` : 'The document of the chosen line appears here, key by key.'));
      return;
    }
    const head = element('div', { class: 'view-head' },
      element('span', { class: 'hint' }, 'Point at a key to see the tokens it is made from.'),
      button('Copy', () => copy(JSON.stringify(JSON.parse(json), null, 2)), { class: 'small' }),
      button('Download all as NDJSON', async () => download('flow-log.ndjson', await ask('ndjson')), { class: 'small' }));
    fill(box, head, treeOf(json));
    box.scrollTop = top;
  };
  draw();
  return draw;
}
