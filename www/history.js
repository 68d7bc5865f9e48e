// The history of the page: one list of steps for typing, paste, Clear, Redact, examples, formats and fixes.
//
// A state is { text, files, format, layers, pasted, case, pipeline, selection }: see state() in source.js. Call change() to replace members
// of it as one step, as in change('Redact', { text }), and record() after the user has changed something by hand.

import { byId, say } from './dom.js';

/** The most bytes that the texts of the steps take, two a character. The latest step is kept, whatever its size. */
export const MAX_BYTES = 16 << 20;
/** The bytes that a step takes without its texts, roughly. */
const STEP_BYTES = 500;
/** The pause in milliseconds after which typing is a step of its own. */
const PAUSE = 1000;

const MEMBERS = ['files', 'format', 'layers', 'pasted', 'case', 'selection'];

/** The steps, and the number of those that are done; the others can be redone. */
let steps = [];
let done = 0;
/** The state after the last step that is done; undefined before the page is ready. */
let known;
/** True while a state is shown: then nothing is recorded. */
let isShowing = false;
let page;

/**
 * Starts the history with the present state.
 *
 * @param {{ read: () => object, show: (state: object, settings: { isStep: boolean }) => void, onstep: (label?: string) => void }} given
 *   `read` returns the state of the page, and `show` shows one; `isStep` is true for undo and redo. `onstep` is called after
 *   each step with its label. After undo and redo, it is called with the label of the step that the page then shows.
 */
export function startHistory(given) {
  page = given;
  byId('lines').addEventListener('input', () => record('typing', { isGrouped: true }));
  byId('format').addEventListener('input', () => record('format', { isGrouped: true }));
  byId('undo').addEventListener('click', undo);
  byId('redo').addEventListener('click', redo);
  addEventListener('keydown', (event) => {
    const key = event.key.toLowerCase();
    const isRedo = key === 'y' ? event.ctrlKey : key === 'z' && event.shiftKey;
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !(isRedo || key === 'z') || hasOwnHistory(event.target)) return;
    event.preventDefault();
    (isRedo ? redo : undo)();
  });
  // The commands of the browser's menus.
  addEventListener('beforeinput', (event) => {
    if (!/^history/.test(event.inputType) || hasOwnHistory(event.target)) return;
    event.preventDefault();
    (event.inputType === 'historyRedo' ? redo : undo)();
  });
  restartHistory();
}

/** Drops all steps. */
export function restartHistory() {
  steps = [];
  done = 0;
  known = page.read();
  showButtons();
}

/** True if the browser keeps the history: for other boxes of text, and while a dialog is open. */
const hasOwnHistory = (target) => byId('dialog').open ||
  (target instanceof Element && target.matches('textarea, input:not([type=checkbox], [type=radio])') && !['lines', 'format'].includes(target.id));

/**
 * Replaces members of the state as one step. Members that are not given stay; a new text takes the place of files, and files
 * that of a text.
 *
 * @param {string} label what the buttons say of it: `Redact`
 * @param {{ text?: string, files?: File[], format?: string, layers?: boolean | string[], pasted?: object, case?: object, pipeline?: string, selection?: [number, number] }} more
 */
export function change(label, more) {
  record('typing');
  const isOther = 'text' in more || 'files' in more;
  show({ ...known, ...(isOther && { text: '', files: [], pasted: undefined, selection: [0, 0] }), ...more }, { isStep: false });
  record(label, { hasPipeline: true });
}

/** Records what differs from the last step. Steps that are grouped, as keys are, become one until there is a pause. */
export function record(label, { isGrouped = false, hasPipeline = false } = {}) {
  if (isShowing || !known) return;
  const next = page.read();
  // The box of the pipeline has a history of its own.
  if (!hasPipeline) known.pipeline = next.pipeline;
  const step = stepBetween(label, known, next);
  known = next;
  if (!step) return;
  steps.length = done;
  // The caret was where the keys came to, which is not where it was at the last step.
  if (isGrouped) step.before.selection = [step.at, step.at + step.removed.length];
  if (isGrouped && joins(steps.at(-1), step)) join(steps.at(-1), step);
  else steps.push(step);
  while (steps.length > 1 && bytesOf(steps) > MAX_BYTES) steps.shift();
  done = steps.length;
  showButtons();
  page.onstep(label);
}

export function undo() {
  record('typing');
  if (done === 0) return;
  const step = steps[--done];
  keepPipeline(step.after);
  go(step.before, step.at, step.inserted, step.removed);
  say(`Undone: ${step.label}.`);
}

export function redo() {
  record('typing');
  if (done === steps.length) return;
  const step = steps[done++];
  keepPipeline(step.before);
  go(step.after, step.at, step.removed, step.inserted);
  say(`Redone: ${step.label}.`);
}

/** Puts the pipeline as it was edited last into the side of a step that is left, so that the way back has it. */
function keepPipeline(members) {
  if ('pipeline' in members) members.pipeline = known.pipeline;
}

/** Shows a state whose text has another part than the known one. */
function go(members, at, from, to) {
  show({ ...members, text: known.text.slice(0, at) + to + known.text.slice(at + from.length) }, { isStep: true });
  known = page.read();
  showButtons();
  page.onstep(steps[done - 1]?.label);
}

function show(state, settings) {
  isShowing = true;
  try {
    page.show(state, settings);
  } finally {
    isShowing = false;
  }
}

/** Returns the step between two states: the part of the text that differs, and the other members. Undefined if there is none. */
function stepBetween(label, before, after) {
  const isSame = before.text === after.text && ['format', 'layers', 'files', 'case', 'pipeline'].every((name) => before[name] === after[name]);
  if (isSame) return undefined;
  const at = common(before.text, after.text, (text, from, to) => text.slice(from, to));
  const most = Math.min(before.text.length, after.text.length) - at;
  const end = Math.min(most, common(before.text, after.text, (text, from, to) => text.slice(text.length - to, text.length - from)));
  return {
    label, at, time: performance.now(), before: membersOf(before, after), after: membersOf(after, before),
    removed: before.text.slice(at, before.text.length - end), inserted: after.text.slice(at, after.text.length - end),
  };
}

/** Returns the members of a state without its text; the pipeline only if the step changes it. */
const membersOf = (state, other) => Object.fromEntries([...MEMBERS, ...(state.pipeline === other.pipeline ? [] : ['pipeline'])].map((name) => [name, state[name]]));

/** Returns the length of the longest common part, from the side that `part` cuts from. Strings are compared in halves, which is quick. */
function common(a, b, part) {
  let [low, high] = [0, Math.min(a.length, b.length)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (part(a, low, middle) === part(b, low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Returns the bytes of all steps. The text of an envelope is one string, however many steps refer to it. */
function bytesOf(all) {
  const originals = new Set(all.flatMap(({ before, after }) => [before.pasted?.original, after.pasted?.original]));
  const texts = all.reduce((sum, { removed, inserted }) => sum + removed.length + inserted.length, 0);
  return STEP_BYTES * all.length + 2 * [...originals].reduce((sum, text) => sum + (text?.length ?? 0), texts);
}

/** True if a step continues another one: further keys of the same kind at the same caret, or in the same box. */
function joins(last, step) {
  if (!last || last.label !== step.label || step.time - last.time > PAUSE) return false;
  if (!step.removed && !step.inserted) return !last.removed && !last.inserted;
  if (!step.removed) return !last.removed && last.at + last.inserted.length === step.at && !last.inserted.endsWith('\n');
  return !step.inserted && !last.inserted && (step.at === last.at || step.at + step.removed.length === last.at);
}

function join(last, step) {
  last.removed = step.at < last.at ? step.removed + last.removed : last.removed + step.removed;
  last.inserted += step.inserted;
  last.at = Math.min(last.at, step.at);
  last.after = step.after;
  last.time = step.time;
}

/** Names the next steps in the titles of the buttons. */
function showButtons() {
  for (const [id, step, word, keys] of [['undo', steps[done - 1], 'Undo', 'Ctrl+Z'], ['redo', steps[done], 'Redo', 'Ctrl+Shift+Z']]) {
    const button = byId(id);
    button.disabled = !step;
    button.title = step ? `${word}: ${step.label} (${keys})` : `Nothing to ${word.toLowerCase()}`;
    button.setAttribute('aria-label', button.title);
  }
}
