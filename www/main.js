// Connects the parts of the page: typed lines and dropped files go to the worker, its results to the views.

import { RequestError, ask, generation, on, scriptUrl } from './client.js';
import { onDefinition } from './definition.js';
import { button, byId, byteSize, counted, element, fill, link, say, shown } from './dom.js';
import { showRow, showNote } from './anatomy.js';
import { choose, isAtStart, currentLine, dropRows, getText, isTyped, readRow, rowOf, showRead, startEditor } from './editor.js';
import { facts } from './facts.js';
import { showCounts } from './counts.js';
import { applyFilter, clearFilters, forgetCause, isFiltered, passing, setFilter, startFilter } from './filter.js';
import { effectiveFormat, forgetColumns, formatCertainty, givenFormat, isNoted, setFormat, showColumns, showDetected, showFormat, startFormat } from './format.js';
import { record, restartHistory, startHistory } from './history.js';
import { earlier, keepPending, keepSoon, keptWords, startKeeping } from './kept.js';
import { showLayers, startLayers } from './layers.js';
import { lightNothing, lightToken } from './links.js';
import { refreshOutput, setKnown, startOutput } from './output.js';
import { onPreference, onPreferenceChange, preference, setPreference } from './preferences.js';
import { openSession, session } from './session.js';
import { decodedLayers, editHead, offeredDecoding, openExample, openedFiles, showState, startSource, state, takeNew, turnLayers, update, updateSoon } from './source.js';
import { startViewing } from './viewing.js';

/** The latest report of the worker; undefined before the first one, and if the format is invalid. */
let log;

onPreference('theme', (theme) => {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
});

/** Shows that files are about to be read. */
function onFiles(files) {
  log = undefined;
  byId('counts').textContent = 'Reading …';
  showRow(undefined);
  showProgress({ read: 0, total: files.reduce((sum, { size }) => sum + size, 0) });
}

/** Rebuilds the documents, for example after a database is loaded. */
function refreshAll() {
  setKnown(-1);
  refreshOutput();
}

const isEmpty = () => isTyped() && getText() === '';

const showLogCounts = () => showCounts(log, isEmpty(), () => setFilter({ errors: true }));

on('read', (found) => {
  log = found;
  byId('failure').hidden = true;
  if (found.rows) setKnown(found.documentLine, found.document);
  byId('progress').hidden = true;
  showRead({ ...found, isLast: true });
  showLogCounts();
  showProblem();
  showFileNote();
  showAround();
  forgetCause();
  if (isFiltered()) applyFilter();
  else refreshOutput();
  const first = takeNew(chooseRecord);
  (first ?? showCurrent)(found.lines);
  showCauses(first !== undefined || !isTyped());
  dispatchEvent(new Event('lines-read'));
});

/** Chooses the first record of a new text, and not the header line above it. */
async function chooseRecord(count) {
  const first = await readRow(0);
  if (isAtStart() && first?.kind === 'header' && count > 1) choose(1, { isFocused: document.activeElement === byId('lines') });
  else showCurrent();
}

let repair;

/** Shows the causes of the errors. Those of a new log are opened. */
async function showCauses(isNew) {
  if (log.stats.errors > 0) repair ??= await import('./repair.js');
  if (log) repair?.showErrors(log, { isNew, filter: setFilter });
}

on('progress', (found) => {
  const isFirst = !log;
  log = found;
  showProgress(found);
  showRead({ ...found, isLast: false });
  showLogCounts();
  showAround();
  if (!isFirst) return;
  showCurrent();
  refreshOutput();
});

// The format is invalid.
on('unread', ({ problem }) => {
  log = undefined;
  // Drop the function that waits for this reading.
  takeNew();
  byId('counts').textContent = problem.code === 'invalid_option' ? `No lines were read: ${shown(problem.message, 300)}` : 'No lines were read: the format is invalid.';
  byId('next-error').hidden = true;
  showRead({ lines: 0, rows: [] });
  showRow(undefined);
  refreshOutput();
});

on('detected', (found) => {
  showDetected(found);
  dispatchEvent(new Event('format-detected'));
});

on('failed', ({ reason }) => {
  byId('loading').hidden = true;
  byId('failure').textContent = document.body.dataset.ready ? `The lines could not be read: ${shown(reason, 300)}` : `The parser could not be loaded (${reason}). In the repository, npm start builds and serves this page. ` +
    'Another web server must serve target/site/, which npm run site creates.';
  byId('failure').hidden = false;
});

// No request fails in silence.
addEventListener('unhandledrejection', (event) => {
  if (!(event.reason instanceof RequestError)) return;
  event.preventDefault();
  say(`This failed: ${shown(event.reason.message, 300)}`);
});

on('ready', start);

/** Shows the layers around the records, and the warnings that the format box does not show. */
async function showAround() {
  const { layers = [], outer = [], warnings = [], oddities = [] } = log;
  const around = decodedLayers() ?? { layers: outer, warnings: oddities };
  const mine = generation;
  const row = rowOf(0) ?? (layers.includes('prefix 1') ? await readRow(0) : undefined);
  if (mine !== generation) return;
  showLayers({ outer: around.layers, inner: layers, warnings: [...around.warnings, ...warnings.filter((warning) => !isNoted(warning))], text: row?.text, offer: offeredDecoding() });
}

function showProblem() {
  if (log.problem?.code === 'unresolved_format') {
    byId('counts').textContent = 'The format is ambiguous. Select the open columns below.';
    byId('next-error').hidden = true;
  }
  showFormat();
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
  const names = openedFiles().map(({ name }) => shown(name, 60)).join(', ');
  const rest = isWhole ? '' : warning ? element('span.wrong', ` ${shown(warning, 300)}.`) : ' Cancelled: only the lines read so far are shown.';
  fill(note, element('strong', names), ` ${byteSize(total)}${bytes > total ? `, ${byteSize(bytes)} unpacked` : ''}.`, rest, ' ',
    log.lines > 0 && link('Edit the first 1,000 lines', editHead));
}

/** Shows the tokens of the selected line. */
async function showCurrent() {
  const line = currentLine();
  const mine = generation;
  const row = await readRow(line);
  if (mine !== generation || line !== currentLine()) return;
  showRow(row);
  showColumns(row);
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
    const row = await readRow(after);
    choose(after, { column: row?.error?.at ?? 0, length: row?.error?.column === undefined ? 0 : row.error.length });
  }, 60);
}

const onClick = (id, listener) => byId(id).addEventListener('click', listener);

function startControls() {
  onClick('open-share', async () => (await import('./share.js')).openShare(session(), isTyped()));
  onClick('kept', async () => (await import('./forget.js')).openKept());
  onClick('open-palette', async () => (await import('./palette.js')).openPalette(effectiveFormat(log), setFormat));
  onClick('next-error', nextError);
  byId('progress').querySelector('button').addEventListener('click', () => ask('cancel'));
  onClick('theme', () => {
    const isDark = getComputedStyle(document.documentElement).colorScheme === 'dark' || (!preference('theme') && matchMedia('(prefers-color-scheme: dark)').matches);
    setPreference('theme', isDark ? 'light' : 'dark');
  });
}

const LINK = 'Shared link';
/** True if the session is the user's own. One from a link is not kept until it is changed. */
let isOwn = false;

let hasStarted = false;

function onstep(label) {
  if (!hasStarted) return;
  isOwn = label !== LINK;
  if (!isOwn) return;
  // The address no longer says what the page shows. Opened again, the page shows what is kept.
  if (location.hash) history.replaceState(null, '', location.pathname + location.search);
  keepSoon();
}

async function openLink() {
  if (!location.hash) return;
  const linked = await (await import('./fragment.js')).unpack(location.hash).catch((error) => say(error.message));
  if (!linked) return;
  await keepPending();
  isOwn = false;
  openSession(LINK, linked);
}

/** Says what the browser keeps. */
function showKept() {
  const words = keptWords();
  byId('kept').hidden = words.length === 0 && preference('keep');
  byId('kept').textContent = words.length ? `Kept here: ${words[0]}. Forget…` : 'Nothing is kept';
  byId('kept').title = words.length ? `Only this browser keeps ${words.join(', ')}` : 'The lines are not kept in this browser';
}

async function start(given) {
  byId('loading').hidden = true;
  facts.set(given);
  startFormat({
    log: () => log,
    onchange() {
      record('format', { isGrouped: true });
      updateSoon();
    },
  });
  startOutput({ log: () => (isEmpty() ? undefined : log), lines: passing, filter: setFilter, format: () => effectiveFormat(log), certainty: () => formatCertainty(log), acceptFormat: () => setFormat(effectiveFormat(log)), known: () => givenFormat() || log?.inferred || '' }, () => (dropRows(), update()));
  startEditor({
    ontext() {
      forgetColumns({ isEdit: true });
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
    ontap: async (under, event) => (await import('./tip.js')).showTip(under, event),
  });
  startViewing();
  onPreferenceChange('zone', () => (applyFilter(), refreshOutput()));
  startLayers(turnLayers);
  startFilter({ log: () => log, onfilter: () => refreshOutput() });
  startControls();
  onDefinition(() => isOwn && keepSoon());
  // At once: Firefox keeps nothing while a page closes.
  for (const [id, event] of [['tabs', 'click'], ['output', 'change']]) byId(id).addEventListener(event, () => isOwn && (keepSoon(), keepPending()));
  startSource({ onfiles: onFiles, ondatabase: refreshAll });
  startHistory({ read: state, show: showState, onstep });
  // The service worker loads all files of the site. The first lines do not wait for them.
  addEventListener('lines-read', () => navigator.serviceWorker?.register(scriptUrl('service-worker.js'), { type: 'module' }).catch(() => {}), { once: true });
  let before = await earlier;
  try {
    if (before) openSession('Kept session', before);
  } catch (error) {
    say(`What this browser kept cannot be shown: ${shown(error.message, 200)}.`);
    before = undefined;
  }
  if (!before) openExample();
  restartHistory();
  [hasStarted, isOwn] = [true, true];
  await openLink();
  addEventListener('hashchange', openLink);
  startKeeping(session, showKept);
  document.body.dataset.ready = 'true';
}
