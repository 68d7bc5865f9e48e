// Connects the parts of the page: typed lines and dropped files go to the worker, its results to the views.

import { ask, generation, on, read, scriptUrl } from './client.js';
import { byId, button, byteSize, counted, element, fill, openDialog, say, shown } from './dom.js';
import { showRow, showNote } from './anatomy.js';
import {
  MAX_TYPED, choose, epoch, insertText, isAtStart, currentLine, dropRows, getText, isTyped, rowOf, setText, showFile, showRead, startEditor, visible,
} from './editor.js';
import { EXAMPLES, textOf } from './examples.js';
import { facts } from './facts.js';
import { showCounts } from './counts.js';
import { acceptFiles, countOf, decodedText, isLong } from './files.js';
import { applyFilter, clearFilters, isFiltered, passing, setFilter, startFilter } from './filter.js';
import { effectiveFormat, givenFormat, givenWarnings, hideQuestion, setFormat, showDetected, showGiven, startFormat } from './format.js';
import { peelAgain, peels, showLayers, startLayers } from './layers.js';
import { lightNothing, lightToken } from './links.js';
import { refreshOutput, setKnown, setShape, shape, showView, startOutput, view } from './output.js';

/** The latest report of the worker; undefined before the first one, and if the format is invalid. */
let log;
let files = [];
/** The text in the box as it was pasted, and the layers that were around its lines; undefined if there were none. */
let pasted;
/** True while a text is new: then the first record is selected, not the header line above it. */
let isNewText = false;

/** Reads the lines or files again. */
function update() {
  if (isTyped()) read('read', { ...options(), text: getText(), visible: visible(), line: currentLine(), epoch: epoch() });
  else readFiles();
}

const options = () => ({ format: givenFormat() || undefined, shape: shape(), layers: peels() });

function readFiles() {
  showFile();
  showProgress({ read: 0, total: files.reduce((sum, { size }) => sum + size, 0) });
  read('readFiles', { ...options(), files });
}

/** Opens a text as people have it: decoded, if its lines have layers around them. */
async function openPasted(text) {
  peelAgain();
  const found = await decodedText(text);
  openText(found?.text ?? text, 'pasted text', found && { ...found, original: text });
}

/** Opens a text in the text box, or as a file if it is too large for that. */
function openText(text, name = 'pasted text', decoded = undefined) {
  files = [];
  pasted = decoded;
  clearFilters();
  hideQuestion();
  if (isLong(text)) return openFiles([new File([text], name)]);
  byId('file-note').hidden = true;
  byId('progress').hidden = true;
  setText(text);
  isNewText = true;
  update();
  return undefined;
}

function openFiles(chosen) {
  files = chosen;
  pasted = undefined;
  log = undefined;
  byId('counts').textContent = 'Reading …';
  showRow(undefined);
  clearFilters();
  hideQuestion();
  readFiles();
}

async function onFiles(chosen) {
  const { logs, small } = await acceptFiles(chosen, () => refreshAll());
  if (logs.length || small) peelAgain();
  if (small) openText(small.text, chosen[0].name, small.original === undefined ? undefined : small);
  else if (logs.length) openFiles(logs);
}

/** Rebuilds the documents, for example after a database is loaded. */
function refreshAll() {
  setKnown(-1);
  refreshOutput();
}

on('read', (found) => {
  log = found;
  if (found.rows) setKnown(found.documentLine, found.document);
  byId('progress').hidden = true;
  showRead({ ...found, isLast: true });
  showCounts(log, isTyped() && getText() === '', () => setFilter({ errors: true }));
  showProblem();
  showFileNote();
  showAround();
  if (isFiltered()) applyFilter();
  else refreshOutput();
  if (isNewText && isAtStart() && rowOf(0)?.kind === 'header' && found.lines > 1) choose(1, { isFocused: document.activeElement === byId('lines') });
  else showCurrent();
  isNewText = false;
});

on('progress', (found) => {
  const isFirst = !log;
  log = found;
  showProgress(found);
  showRead({ ...found, isLast: false });
  showCounts(log, isTyped() && getText() === '', () => setFilter({ errors: true }));
  showAround();
  if (!isFirst) return;
  showCurrent();
  refreshOutput();
});

// The format is invalid.
on('unread', () => {
  log = undefined;
  byId('counts').textContent = 'No lines were read: the format is invalid.';
  byId('next-error').hidden = true;
  showRead({ lines: 0, rows: [] });
  showRow(undefined);
  refreshOutput();
});

on('detected', (found) => showDetected(found));

on('failed', ({ reason }) => {
  byId('loading').hidden = true;
  byId('failure').textContent = `The parser could not be loaded (${reason}). In the repository, npm start builds and serves this page. ` +
    'Another web server must serve target/site/, which npm run site creates.';
  byId('failure').hidden = false;
});

on('ready', start);

/** Shows the layers around the records, and the warnings that the format box does not show. */
async function showAround() {
  const { layers = [], outer = [], warnings = [], oddities = [] } = log;
  const around = pasted && peels() ? pasted : { layers: outer, warnings: oddities };
  const known = givenWarnings();
  const mine = generation;
  const [row] = layers.includes('prefix 1') ? [rowOf(0) ?? (await ask('rows', { lines: [0] }).catch(() => []))[0]] : [];
  if (mine !== generation) return;
  const before = row?.text.slice(0, row.tokens[0]?.start ?? 0);
  showLayers([...around.layers, ...layers], [...around.warnings, ...warnings.filter((warning) => !known.includes(warning))], before);
}

/** Reads the lines with their layers, or as they are. */
function turnLayers() {
  dropRows();
  if (!pasted) return update();
  if (!peels()) return openText(pasted.original, 'pasted text', pasted);
  return openText(pasted.text, 'pasted text', pasted);
}

function showProblem() {
  if (log.problem?.code === 'unresolved_format') {
    byId('counts').textContent = 'The format is ambiguous. Select it above.';
    byId('next-error').hidden = true;
  }
  showGiven();
}

function showProgress({ read: done, total, lines: count }) {
  const box = byId('progress');
  box.hidden = false;
  box.querySelector('progress').value = total ? done / total : 0;
  box.querySelector('span').textContent = `${byteSize(done)} of ${byteSize(total)}${count ? `, ${counted(count, 'line')}` : ''}`;
}

function showFileNote() {
  const note = byId('file-note');
  note.hidden = isTyped();
  if (isTyped()) return;
  const { total, bytes, isWhole, warning } = log;
  const names = files.map(({ name }) => shown(name, 60)).join(', ');
  const rest = isWhole ? '' : warning ? ` ${shown(warning, 300)}.` : ' Cancelled: only the lines read so far are shown.';
  fill(note, element('strong', {}, names), ` ${byteSize(total)}${bytes > total ? `, ${byteSize(bytes)} unpacked` : ''}.${rest} `,
    button('Edit the first 1,000 lines', editHead, { class: 'link' }));
}

async function editHead() {
  const { text } = await ask('head', { most: 1000 });
  openText(text.slice(0, MAX_TYPED.characters));
}

/** Shows the tokens of the selected line. */
async function showCurrent() {
  const line = currentLine();
  const mine = generation;
  let row = rowOf(line);
  if (!row || row.isNew) [row] = await ask('rows', { lines: [line] }).catch(() => []);
  if (mine === generation && line === currentLine()) showRow(row);
}

let lineTimer;

function onLine() {
  clearTimeout(lineTimer);
  lineTimer = setTimeout(() => {
    showCurrent();
    refreshOutput({ isLine: true });
  }, 30);
}

function nextError() {
  const after = log.errors.find((line) => line > currentLine()) ?? log.errors[0];
  if (after === undefined) return;
  if (passing() && !passing().includes(after)) clearFilters(), applyFilter();
  choose(after);
  setTimeout(async () => {
    const row = rowOf(after) ?? (await ask('rows', { lines: [after] }))[0];
    choose(after, { column: row?.error?.at ?? 0, length: row?.error?.column === undefined ? 0 : row.error.length });
  }, 60);
}

async function redactAll() {
  if (isTyped()) {
    const before = getText();
    if (!before.trim()) return say('There are no lines to redact.');
    openText(await ask('redact', { text: before }));
    return say('Addresses, accounts, identifiers and names were replaced. Equal values stay equal, and shared prefixes stay shared.');
  }
  const blob = await ask('redact', { whole: true });
  openFiles([new File([blob], `redacted-${files[0].name.replace(/\.gz$/, '')}`)]);
  return say('The log was redacted. The file itself is unchanged.');
}

function openExamples() {
  const cards = EXAMPLES.map((example) =>
    element('button', { type: 'button', class: 'card', onclick: () => useExample(example) }, element('strong', {}, example.title), element('span', {}, example.note)));
  openDialog('Examples', 'examples', element('p', { class: 'hint' }, 'Each kind of record that AWS documents, with made-up values. An example replaces the current lines.'), element('div', { class: 'cards' }, ...cards));
}

function useExample(example) {
  byId('dialog').close();
  setFormat(example.format ?? '');
  openText(textOf(example, facts));
  byId('lines').focus();
}

/** True if a paste replaces all that is in the text box. */
const isAll = (area) => area.value.length === area.selectionEnd - area.selectionStart;

const onClick = (id, listener) => byId(id).addEventListener('click', listener);

function startControls() {
  onClick('open-examples', openExamples);
  onClick('open-file', () => byId('file').click());
  byId('file').addEventListener('change', ({ target }) => {
    onFiles([...target.files]);
    target.value = '';
  });
  onClick('redact', redactAll);
  onClick('open-share', async () => (await import('./share.js')).openShare({ format: givenFormat(), shape: shape().id, view: view(), isTyped: isTyped(), text: getText() }));
  onClick('open-palette', async () => (await import('./palette.js')).openPalette(effectiveFormat(log), setFormat));
  onClick('next-error', nextError);
  onClick('clear', () => (setFormat(''), openText(''), byId('lines').focus()));
  byId('progress').querySelector('button').addEventListener('click', () => ask('cancel'));
  onClick('theme', () => {
    const isDark = getComputedStyle(document.documentElement).colorScheme === 'dark' || (!document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);
    document.documentElement.dataset.theme = isDark ? 'light' : 'dark';
  });
  byId('lines').addEventListener('paste', (event) => {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (event.clipboardData?.files.length) onFiles([...event.clipboardData.files]);
    else if (isLong(text, 1 / 2) || isAll(event.target)) openPasted(text);
    // Browsers insert many lines one by one, which takes seconds.
    else if (countOf(text) > 20) insertText(text);
    else return;
    event.preventDefault();
  });
  addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    byId('drop').hidden = false;
  });
  addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) byId('drop').hidden = true;
  });
  addEventListener('drop', (event) => {
    byId('drop').hidden = true;
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    onFiles([...event.dataTransfer.files]);
  });
}

async function start(given) {
  byId('loading').hidden = true;
  facts.set(given);
  let formatTimer;
  startFormat(() => {
    clearTimeout(formatTimer);
    formatTimer = setTimeout(() => (showGiven(), update()), 60);
  });
  startOutput({ log: () => (isTyped() && getText() === '' ? undefined : log), lines: passing, filter: setFilter, format: () => effectiveFormat(log), known: () => givenFormat() || log?.inferred || '' }, () => (dropRows(), update()));
  startEditor({
    ontext() {
      // An edited text is no longer what was pasted.
      if (pasted && getText() !== (peels() ? pasted.text : pasted.original)) pasted = undefined;
      update();
    },
    online: onLine,
    ontoken(under) {
      if (!under) return lightNothing(), showNote(undefined);
      const isChosen = under.row.line === currentLine();
      if (isChosen) showNote(under.token);
      else lightToken(under.token);
      return undefined;
    },
  });
  startLayers(turnLayers);
  startFilter({ log: () => log, onfilter: () => refreshOutput() });
  startControls();
  const state = location.hash && (await (await import('./share.js')).sharedState().catch((error) => say(error.message)));
  if (state?.format) byId('format').value = state.format;
  if (state?.shape) setShape(state.shape);
  if (state?.view) showView(state.view);
  await openPasted(state?.lines ?? textOf(EXAMPLES[0], facts));
  document.body.dataset.ready = 'true';
  if ('serviceWorker' in navigator) navigator.serviceWorker.register(scriptUrl('service-worker.js'), { type: 'module' }).catch(() => {});
}
