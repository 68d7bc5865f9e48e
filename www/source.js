// The input: the text in the box, or files in its place, with the layers around the records; and the ways in.

import { ask, read } from './client.js';
import { byId, element, hint, openDialog, say, shown } from './dom.js';
import { MAX_TYPED, currentLine, dropRows, epoch, getText, isTyped, selection, setText, showFile, visible } from './editor.js';
import { EXAMPLES, textOf } from './examples.js';
import { definition, setDefinition } from './definition.js';
import { facts } from './facts.js';
import { acceptFiles, decodedText, isLong } from './files.js';
import { clearFilters } from './filter.js';
import { forgetColumns, formatOptions, setFormat } from './format.js';
import { change } from './history.js';
import { peels, setPeels } from './layers.js';
import { setShape, shape, showView, view } from './output.js';

let files = [];
/** The text in the box as it was pasted, and the layers that were around its lines; undefined if there were none. */
let pasted;
/** The opened case, which belongs to the lines: undefined if there is none. See cases.js. */
let opened;
/** True while a text is new: then the first record is selected, not the header line above it. */
let isNew = false;
let handlers = { onfiles() {}, ondatabase() {} };

export const openedFiles = () => files;
export const openedCase = () => opened;
/** Returns the layers that were around the text in the box; undefined if there were none, or the lines are read as they are. */
export const decodedLayers = () => (peels() ? pasted : undefined);

/** Called with the number of lines when the next reading is shown, instead of the choice of a line. */
let next;
export const afterReading = (call) => (next = call);

/** Returns, once for each new text, the function that chooses a line of it; undefined if the text is not new. */
export function takeNew(usual) {
  const call = next ?? (isNew ? usual : undefined);
  next = undefined;
  isNew = false;
  return call;
}

/** Returns the state of the input, which the history keeps. An edited text is no longer what was pasted. */
export function state() {
  const text = getText();
  if (pasted && text !== (peels() ? pasted.text : pasted.original)) pasted = undefined;
  return { text, files, format: byId('format').value, layers: peels(), pasted, case: opened, pipeline: definition(), selection: selection() };
}

/** Shows a state of the input. A text that is too large for the box becomes a file. */
export function showState({ text, files: chosen, format, layers, pasted: around, case: given, selection: at, ...more }, { isStep = false } = {}) {
  if ('pipeline' in more && more.pipeline !== definition()) {
    setDefinition(more.pipeline);
    if (view() === 'pipeline') showView('pipeline');
  }
  const isOther = text !== getText() || chosen !== files || layers !== peels() || given !== opened;
  if (format !== byId('format').value) setFormat(format);
  if (!isOther) return;
  if (given !== opened) showCase(given, isStep);
  if (layers !== peels()) dropRows();
  setPeels(layers);
  clearFilters();
  forgetColumns();
  pasted = around;
  files = isLong(text) ? [new File([text], 'pasted text')] : chosen;
  if (files.length) {
    handlers.onfiles(files);
    update();
    return;
  }
  byId('file-note').hidden = true;
  byId('progress').hidden = true;
  setText(text, at);
  isNew = !isStep;
  update();
}

/** Opens a case or closes it, with its schema and options. Undone, it leaves the schema that was before. */
function showCase(given, isStep) {
  const without = isStep ? opened?.before : shape().id;
  setShape(given?.shape ?? without, given?.more);
  opened = given;
  dispatchEvent(new Event('case-opened'));
}

let timer;

/** Reads the lines or files again after a pause. */
export function updateSoon() {
  clearTimeout(timer);
  timer = setTimeout(update, 60);
}

/** Reads the lines or files again. */
export function update() {
  clearTimeout(timer);
  if (files.length === 0) read('read', { ...options(), text: getText(), visible: visible(), line: currentLine(), epoch: epoch() });
  else readFiles();
}

const options = () => ({ ...formatOptions(), shape: shape(), layers: peels() });

function readFiles() {
  showFile();
  read('readFiles', { ...options(), files });
}

/** Opens a text as people have it, in place of all lines: decoded, if its lines have layers around them. */
async function openPasted(text, label = 'Paste', more = {}) {
  if (/^\s*\{\s*"vpcflow-ecs-case"/.test(text)) return (await import('./cases.js')).openCase(text);
  const before = getText();
  const found = await decodedText(text);
  if (getText() !== before) return insert(text);
  return change(label, { ...more, case: undefined, layers: true, text: found?.text ?? text, pasted: found && { ...found, original: normal(text) } });
}

const normal = (text) => text.replaceAll('\r\n', '\n');

/** A text that was inserted and has layers, and the text of the box with it; undefined if there is none. */
let inserted;

/** Returns the layers of the inserted text, and the function that decodes it; undefined if the box has changed since. */
export const offeredDecoding = () => (inserted?.all === getText() ? inserted : undefined);

/** Inserts a text at the caret, whatever its size. With all that stands there, it may become a file. It is decoded on demand only. */
async function insert(text) {
  const [[from, to], before, added] = [selection(), getText(), normal(text)];
  const put = (label, part) => change(label, { text: before.slice(0, from) + part + before.slice(to), selection: [from + part.length, from + part.length] });
  put('Paste', added);
  const all = getText();
  const found = isTyped() ? await decodedText(text) : undefined;
  if (!found?.layers.length || getText() !== all) return;
  inserted = { all, layers: found.layers, accept: () => put('Decode the inserted text', found.text) };
  update();
}

async function onFiles(chosen) {
  if (chosen.length === 1 && /\.json$/i.test(chosen[0].name) && await (await import('./cases.js')).openCaseFile(chosen[0])) return;
  const { logs, small } = await acceptFiles(chosen, () => handlers.ondatabase());
  const label = chosen.length === 1 ? `Open ${chosen[0].name.slice(0, 60)}` : `Open ${chosen.length} files`;
  if (small && !small.text.trim()) say(`${shown(chosen[0].name, 60)} has no lines.`);
  else if (small) change(label, { text: small.text, case: undefined, layers: true, pasted: small.original === undefined ? undefined : small });
  else if (logs.length) change(label, { files: logs, case: undefined, layers: true });
}

/** Reads the lines with all layers (true), as they are (false), or with a list of the layers within a line. */
export function turnLayers(isOn) {
  dropRows();
  change('Layers', { layers: isOn, ...(pasted && { text: isOn ? pasted.text : pasted.original, pasted }) });
}

export async function editHead() {
  const { text } = await ask('head', { most: 1000 });
  change('Edit the first lines', { text: text.slice(0, MAX_TYPED.characters) });
}

/** Shows what redaction would replace and leave, and replaces it if the user agrees. */
async function redactAll() {
  const text = getText();
  if (isTyped() && !text.trim()) return say('There are no lines to redact.');
  const [{ openRedaction }, { redacted, report }] = await Promise.all([
    import('./redact.js'), ask('redact', { ...(isTyped() ? { text } : { whole: true }), isReported: true }),
  ]);
  return openRedaction(report, () => {
    if (typeof redacted === 'string') return change('Redact', { text: redacted, case: undefined });
    return change('Redact', { case: undefined, files: [new File([redacted], `redacted-${files[0].name.replace(/\.gz$/, '')}`)] });
  });
}

function openExamples() {
  const cards = EXAMPLES.map((example) =>
    element('button', { type: 'button', class: 'card', onclick: () => useExample(example) }, element('strong', example.title), element('span', example.note)));
  openDialog('Examples', 'examples', hint('Each kind of record that AWS documents, with made-up values. An example replaces the current lines.'), element('div.cards', ...cards));
}

function useExample(example) {
  byId('dialog').close();
  openExample(example);
  byId('lines').focus();
}

/** The text and the format of the example that was opened last. */
let openedExample;

export function openExample(example = EXAMPLES[0]) {
  openedExample = { text: textOf(example, facts), format: example.format ?? '' };
  change(`Example “${example.title}”`, { case: undefined, ...openedExample });
}

/** Opens a text in place of all if the box is empty, selected or an unchanged example; else inserts it at the caret. */
function paste(text, isEverywhere) {
  const [[from, to], all] = [selection(), getText()];
  const isExample = all !== '' && all === openedExample?.text;
  if (isExample || isEverywhere || to - from === all.length) openPasted(text, 'Paste', isExample && byId('format').value === openedExample.format ? { format: '' } : {});
  else insert(text);
}

/** Starts the ways in: buttons, paste and drop. */
export function startSource(given) {
  handlers = given;
  const onClick = (id, listener) => byId(id).addEventListener('click', listener);
  onClick('open-examples', openExamples);
  onClick('open-file', () => byId('file').click());
  byId('file').addEventListener('change', ({ target }) => {
    onFiles([...target.files]);
    target.value = '';
  });
  onClick('redact', redactAll);
  onClick('clear', () => (change('Clear', { text: '', format: '', case: undefined }), byId('lines').focus()));
  addEventListener('paste', (event) => {
    const isBox = event.target === byId('lines');
    const isElsewhere = event.target instanceof Element && event.target.matches('textarea, input, [contenteditable]');
    if (byId('dialog').open || (isElsewhere && !isBox)) return;
    event.preventDefault();
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (event.clipboardData?.files.length) onFiles([...event.clipboardData.files]);
    else if (text) paste(text, !isBox);
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
