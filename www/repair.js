// The causes of the errors, a line each, with a filter for its lines and, where it is known, a repair of all of them.

import { ask, generation } from './client.js';
import { button, byId, counted, element, fill, grouped, hint, link, openDialog, say, shown } from './dom.js';
import { isTyped } from './editor.js';
import { facts } from './facts.js';
import { setFormat } from './format.js';
import { change } from './history.js';
import { labelOf } from './layers.js';
import { openedFiles } from './source.js';
import { briefly } from './tokens.js';

const [box, opener] = [byId('causes'), byId('open-causes')];
const FEW = 3;
/** The pause in milliseconds after which the causes of an edited text are examined. */
const PAUSE = 300;

let isOpen = false;
let isAll = false;
let timer;
let report;
let filter;

opener.addEventListener('click', () => {
  isOpen = !isOpen;
  showErrors(report, { filter });
});

/** Shows the causes of the errors of a log, if they are open; those of a new log are. */
export function showErrors(log, { isNew = false, filter: setFilter }) {
  [report, filter] = [log, setFilter];
  const count = log.problem ? 0 : log.stats.errors;
  opener.hidden = count === 0;
  if (isNew) [isOpen, isAll] = [count > 0, false];
  opener.setAttribute('aria-expanded', String(isOpen));
  clearTimeout(timer);
  // The causes of other lines do not stay.
  if (isNew || count === 0 || !isOpen) box.hidden = true;
  if (count > 0 && isOpen) timer = setTimeout(examine, box.hidden ? 0 : PAUSE);
}

async function examine() {
  const mine = generation;
  const causes = await ask('causes').catch((error) => say(shown(error.message, 300)));
  if (mine !== generation || !causes || !isOpen) return;
  box.hidden = causes.length === 0;
  show(causes);
}

function show(causes) {
  fill(box,
    element('ul', ...(isAll ? causes : causes.slice(0, FEW)).map(rowOf)),
    causes.length > FEW && link(isAll ? 'Fewer' : counted(causes.length - FEW, 'more cause'), () => {
      isAll = !isAll;
      show(causes);
    }));
}

function rowOf(cause) {
  const words = wordsOf(cause);
  const fixes = fixesOf(cause);
  return element('li',
    element('span', element('strong', counted(cause.count, 'line')), `: ${words}`), ' ',
    button('Show', () => filter({ cause: { id: cause.id, words } }), { class: 'small', 'aria-label': `Show only the lines: ${words}` }),
    ...fixes.map(({ label, open }) => button(label, open, { class: 'small fix' })));
}

const columnsOf = (format) => counted(format.split(' ').length, 'column');
const presetWords = (format) => [columnsOf(format), facts.layoutOf(format)].filter(Boolean).join(', ');

/** Returns a cause in words. */
const wordsOf = (cause) => causeWords(cause) + (cause.examined ? ` (as the first ${grouped(cause.examined)} have it)` : '');

function causeWords(cause) {
  const { kind, of, options, format, changes, layers, records, problem, code } = cause;
  const tokens = counted(cause.tokens ?? 0, 'field');
  if (format && kind !== 'missing') return `${whereOf(cause)} another format: ${presetWords(format)}`;
  switch (kind) {
    case 'missing':
      if (options.length === 0) return `${tokens} instead of ${of}`;
      return `${tokens}, ${options.length === 1 ? options[0] : `either ${options.join(' or ')}`} missing`;
    case 'extra':
      if (options.length === 1) return `${tokens}, ${cause.tokens - of} too many ${options[0]}`;
      return `${tokens} instead of ${of}`;
    case 'cut': return `cut off: ${tokens} of ${of}`;
    case 'joined': return `${counted(records, 'record')} broken over several lines`;
    case 'layers': return `${layers.map(labelOf).join(', ')} around the record`;
    case 'values': return changes.map(valueWords).join('; ');
    case 'unexamined': return 'further lines of a cause above, not examined yet';
    default: return shown(briefly(problem ?? code), 200);
  }
}

/** Returns the lines of a format in words. */
function whereOf({ runs, first, last }) {
  const from = grouped(first + 1);
  if (runs > 1) return `here and there, first in line ${from},`;
  if (last === report.lines - 1 && first > 0) return `from line ${from} on,`;
  return first === last ? `line ${from} has` : `lines ${from} to ${grouped(last + 1)} have`;
}

function valueWords({ field, found, value, expected, code }) {
  if (value !== undefined) return `${field} "${shown(found, 40)}" instead of ${shown(value, 40)}`;
  if (found) return `${field} "${shown(found, 40)}": expected ${shown(expected, 80)}`;
  return `${field} ${code === 'out_of_range' ? 'out of range' : 'of another form'}: expected ${shown(expected, 80)}`;
}

/** The questions of the repairs that leave a choice, by the kind of the cause. */
const ASKED = { missing: 'Which field is missing?', extra: 'Which token is too many?', values: 'Which value is right?' };

/** Returns the repairs of a cause: where several are possible, the user selects one. */
function fixesOf(cause) {
  const { id, kind, options, format, canSplit } = cause;
  const words = wordsOf(cause);
  const isAsked = options.length > 1;
  const fixes = [];
  const word = { missing: `Insert “-” for ${options[0]} …`, extra: 'Remove it …', joined: 'Join them …', layers: 'Remove them …' }[kind] ?? 'Fix …';
  if (options.length && !(format && kind === 'extra')) fixes.push({ label: isAsked ? ASKED[kind] : word, open: () => preview(cause, words, options, { cause: id }) });
  // If no line is a record, the format is wrong, and not the lines.
  if (format && report.stats.records === 0) fixes.push({ label: 'Use their format', open: () => setFormat(facts.presetOf(format) ?? format) });
  else if (canSplit) fixes.push({ label: 'Put headers around …', open: () => preview(cause, words, [undefined], { cause: id, isFormat: true }) });
  return fixes;
}

/** Shows the first lines before and after a repair, and repairs all of them on request. */
async function preview(cause, words, options, request) {
  const isAsked = options.length > 1;
  const diff = element('div.diff', { role: 'group', 'aria-label': 'The first changes', tabindex: 0 });
  const noun = request.isFormat ? undefined : counted(cause.count, 'line');
  const apply = button(noun ? `Fix ${noun}` : 'Put headers into the log', () => {
    apply.disabled = true;
    apply.textContent = 'Repairing …';
    run(words, request);
  }, { class: 'primary' });
  const close = () => byId('dialog').close();
  const show = async (option) => {
    request = { ...request, option };
    apply.disabled = option === undefined && isAsked;
    if (apply.disabled) return fill(diff, hint('The lines do not say which: select it.'));
    const found = await ask('repair', { ...request, most: 4 * cause.count / cause.records }).catch((error) => (close(), Promise.reject(error)));
    return fill(diff, ...(found?.changes ?? []).map(changeOf));
  };
  openDialog(isAsked ? ASKED[cause.kind] : 'Repair', 'repair',
    element('p', element('strong', counted(cause.count, 'line')), `: ${words}.`),
    isAsked && element('label', 'Select it: ', element('select', { onchange: ({ target }) => show(target.value || undefined) },
      element('option', { value: '' }, 'Select …'), ...options.map((option) => element('option', option)))),
    request.isFormat && hint(`A header line before them names their ${columnsOf(cause.format)}, and one after them the columns of the others.`),
    diff, element('p.buttons', apply, button('Cancel', close)));
  await show(isAsked ? undefined : options[0]);
}

function changeOf({ line, before, after }) {
  const same = (text) => before.includes(text) && after.includes(text);
  const [one, other] = before.length === 1 && after.length === 1 ? [before[0], after[0]] : ['', ''];
  return element('div.change', element('small', `Line ${grouped(line + 1)}`),
    ...before.filter((text) => !same(text)).map((text) => element('del', ...marked(text, other))),
    ...after.map((text) => (same(text) ? element('span.same', shown(text, 2000)) : element('ins', ...marked(text, one)))));
}

/** Returns a text with the part marked that another one does not have. */
function marked(text, other) {
  let start = 0;
  while (start < text.length && text[start] === other[start]) start += 1;
  let end = 0;
  while (end < Math.min(text.length, other.length) - start && text.at(-1 - end) === other.at(-1 - end)) end += 1;
  if (!other) return [shown(text, 2000)];
  return [shown(text.slice(0, start), 2000), element('mark', shown(text.slice(start, text.length - end), 2000)), shown(text.slice(text.length - end), 2000)];
}

async function run(words, request) {
  const found = await ask('repair', request).finally(() => byId('dialog').close());
  if (!found) return say('The lines are others meanwhile. Nothing was changed.');
  const { blob, count, left } = found;
  const label = `Repair: ${words.slice(0, 60)}`;
  if (isTyped()) change(label, { text: await blob.text() });
  else change(label, { files: [new File([blob], `repaired-${openedFiles()[0].name.replace(/\.(?:gz|zst)$/, '')}`)] });
  const what = request.isFormat ? `${counted(count, 'header line')} put in.` : `${counted(count, 'line')} repaired.`;
  return say(`${what}${left ? ` ${counted(left, 'line')} could not be.` : ''} Ctrl+Z takes it back.`);
}
