// The pane of documents: the selected view and schema, and the view of one document.

import { ask, generation } from './client.js';
import { byId, button, copy, element, fill, isCoarse, rove, shown } from './dom.js';
import { currentLine, rowOf } from './editor.js';
import { facts } from './facts.js';
import { linkPaths } from './links.js';
import { treeOf } from './tree.js';
import { prettyJson } from '../js/text/pretty.js';

/** The views. All but the first one are set up when they are selected. */
const VIEWS = {
  document: { label: 'Document', load: () => documentView, isOfLine: true },
  ndjson: { label: 'NDJSON', load: async () => (await import('./table.js')).ndjsonView, isOfLine: true },
  table: { label: 'Table', load: async () => (await import('./table.js')).tableView, isOfLine: true },
  compare: { label: 'Compare', load: async () => (await import('./compare.js')).compareView, isOfLine: true },
  picture: { label: 'Picture', load: async () => (await import('./picture.js')).pictureView },
  pipeline: { label: 'Pipeline', load: async () => (await import('./pipeline.js')).pipelineView, isOfLine: true },
  export: { label: 'Export', load: async () => (await import('./export.js')).exportView, isKept: true },
};

const panel = byId('panel');
let current = 'document';
let redraw;
/** The functions of the page that the views use. */
let page;

const picker = element('select', { id: 'shape', 'aria-label': 'Schema of the documents' });

/** Options of the documents that the page has no control for: those of an opened case. */
let more;

export const shape = () => ({ ...facts.shapes.find(({ id }) => id === picker.value), more });
export const setShape = (id, options) => {
  if (facts.shapes.some((one) => one.id === id)) picker.value = id;
  more = options;
};
export const view = () => current;

/** The document of the current line, if it came with the latest reading. */
let known = {};

export function startOutput(given, onshape) {
  const tools = (...content) => fill(byId('tools'), ...content);
  page = { ...given, shape, picker, tools };
  picker.append(...facts.shapes.map(({ id, label }) => element('option', { value: id }, label)));
  picker.addEventListener('change', onshape);
  const tabs = Object.entries(VIEWS).map(([id, { label }]) =>
    element('button', { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': 'panel', onclick: () => showView(id) }, label));
  byId('tabs').append(...tabs);
  rove(byId('tabs'), '[role=tab]', { onmove: (tab) => tab.click() });
  showView('document');
}

export async function showView(id) {
  if (!Object.hasOwn(VIEWS, id)) return;
  current = id;
  for (const tab of byId('tabs').children) {
    const isChosen = tab.id === `tab-${id}`;
    tab.setAttribute('aria-selected', String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
  }
  panel.setAttribute('aria-labelledby', `tab-${id}`);
  panel.className = `panel-${id}`;
  byId('tools').replaceChildren();
  panel.replaceChildren();
  panel.scrollTo(0, 0);
  redraw = undefined;
  linkPaths();
  const draw = await VIEWS[id].load();
  if (current === id && !redraw) redraw = draw(panel, page);
}

/** Redraws the view after a change of the log, the filter, the schema or, for views of one line, the line. */
export function refreshOutput({ isLine = false } = {}) {
  if (isLine && !VIEWS[current].isOfLine) return;
  if (VIEWS[current].isKept) return;
  redraw?.({ isLine });
}

/** Stores the document that came with a reading. */
export function setKnown(line, document) {
  known = { line, document, generation, shape: shape().id };
}

/** Returns the reason why a line has no document. */
function noDocument(page, line) {
  if (!page.log()) return element('p.empty', 'The document of the selected line is shown here.');
  if (page.log().lines === 0) return element('p.empty', 'No lines were read, so there are no documents.');
  const row = rowOf(line);
  const { error } = row ?? {};
  if (!error) return element('p.empty', `Line ${line + 1} ${row?.kind === 'header' ? 'is a header line: it names the fields of the lines below it' : 'has no document'}.`);
  const facts = [['Field', error.field], ['Expected', error.expected], ['Found', error.found], ['Column', error.column], ['Code', error.code]].filter(([, value]) => value !== undefined);
  return element('div.no-document',
    element('p', element('strong', `Line ${line + 1} has no document.`), ' A record with an error is not converted.'),
    element('p.wrong', shown(error.message, 600)),
    element('dl', ...facts.flatMap(([name, value]) => [element('dt', name), element('dd', shown(String(value), 300))])));
}

function documentView(box) {
  let drawn;
  page.tools(picker,
    element('span.hint', isCoarse() ? 'Tap a key to copy its path, or a value to copy it.' : 'Point at a key to highlight its tokens. A click copies its path, or the value.'),
    button('Copy', () => drawn && copy(prettyJson(drawn)), { class: 'small' }));
  const draw = async () => {
    const line = currentLine();
    const mine = [generation, shape().id];
    const isKnown = known.line === line && known.generation === generation && known.shape === shape().id;
    const [json] = isKnown ? [known.document] : await ask('document', { line, shapes: [shape()] }).catch(() => []);
    if (current !== 'document' || mine[0] !== generation || mine[1] !== shape().id || line !== currentLine()) return;
    if (drawn !== undefined && drawn === json) return;
    // The browser need not lay out the page to know that a new view is at its top.
    const top = drawn && box.scrollTop;
    drawn = json;
    if (!json) {
      fill(box, noDocument(page, line));
      return;
    }
    fill(box, treeOf(json));
    if (top) box.scrollTop = top;
  };
  draw();
  return draw;
}
