// The format: in its text form in the box, with its evidence beneath, and as the cells of the column strip.
//
// A format that is not whole changes nothing: the lines stay read by the last one that was, until the text is whole.

import { ask } from './client.js';
import { openColumn, revealColumn, showStrip, startStrip } from './columns.js';
import { button, byId, copy, counted, element, fill, hint, link, shown } from './dom.js';
import { facts, formatOf } from './facts.js';
import { plainFormat } from './written.js';

const [input, note] = [byId('format'), byId('format-note')];

let page;
/** The format that lines are read by: its text, empty for detection, and what counts if a header differs. */
let given = { text: '', precedence: 'header' };
/** The text in the box, if lines are not read by it: `{ problem, start }`, or `{ compiled }` if no line fits it. */
let behind;
/** The detected formats of the lines, the likeliest first. */
let candidates = [];
/** The open columns of the lines: the count of columns, and the number of fields that each open one can be. */
let question;
/** Indexes of the columns whose fields were selected. */
let answered = new Set();
let row;

export const givenFormat = () => given.text;
/** Returns the options of a reading. */
export const formatOptions = () => ({ format: given.text || undefined, precedence: given.precedence });

/** True if the note shows a warning of the parser. */
export const isNoted = (warning) => Boolean(given.compiled?.warnings.includes(warning) || (otherHeader() && warning.endsWith('see the option precedence')));

/** Returns the given or detected format, for exports. */
export function effectiveFormat(log) {
  return given.text || log?.inferred || candidates[0]?.format || formatOf(facts.preset('default').fields);
}

/**
 * Returns how certain that format is: `given`; `inferred` from values; `open`, with the columns that the lines leave open; or `sure`.
 * A header and a documented layout are sure, and so is the default without lines.
 */
export function formatCertainty(log) {
  if (given.text) return { certainty: 'given' };
  if (log?.inferred) return { certainty: 'inferred' };
  const [first] = candidates;
  const isOpen = log?.problem?.code === 'unresolved_format' || (first && !first.isSettled && !first.isRead);
  if (log?.lines && isOpen) return { certainty: 'open', unresolved: first?.unresolved };
  return { certainty: 'sure' };
}

/** Texts of formats that the user chose against a header, so that undo and redo do, too. */
const overHeader = new Set();

/** Lets a format count against headers, now if it is in use, and whenever it is used. */
export function preferFormat(text) {
  overHeader.add(text);
  if (text === input.value && given.precedence === 'header') setFormat(text);
}

/** Uses a format; with `isOverHeader`, against a header. With `keeps`, columns that were selected stay so. */
export function setFormat(text, { isOverHeader = overHeader.has(text), keeps } = {}) {
  input.value = text;
  if (isOverHeader) overHeader.add(text);
  take({ text: plainFormat(text).format, precedence: isOverHeader ? 'format' : 'header' }, keeps);
}

function take(next, keeps) {
  given = next;
  behind = undefined;
  if (!keeps) answered = new Set();
  if (!keeps) question = undefined;
  page.onchange();
  check();
}

/** Compiles the format, unless that was done. An invalid one, such as that of an address, is not used. */
async function check() {
  const mine = given;
  if (mine.text && !mine.compiled) {
    const found = await ask('compile', { format: mine.text });
    if (mine !== given) return;
    mine.compiled = found.compiled;
    if (found.problem) {
      behind = { ...found, start: plainFormat(input.value).start };
      given = { text: '', precedence: 'header' };
      page.onchange();
    }
  }
  showFormat();
}

/** Reads what was typed. `isWhole` is false while it may still be continued. */
async function readBox(isWhole) {
  const { format, start } = plainFormat(input.value);
  if (format === given.text) {
    behind = undefined;
    return showFormat();
  }
  if (!format) return setFormat('');
  const { problem, compiled, fits } = await ask('compile', { format, isTried: true });
  if (plainFormat(input.value).format !== format) return undefined;
  if (problem) behind = { problem, start };
  else if (!fits && !isWhole && page.log()?.stats.records > 0) behind = { compiled };
  else return take({ text: format, compiled, precedence: 'header' });
  return showFormat();
}

/** @param {{ onchange: () => void, log: () => object | undefined }} given what uses the format, and the last report */
export function startFormat(connected) {
  page = connected;
  input.addEventListener('input', () => readBox(false));
  input.addEventListener('change', () => readBox(true));
  input.addEventListener('paste', (event) => {
    // The box has one line: names on several would be joined.
    event.preventDefault();
    input.setRangeText(event.clipboardData.getData('text/plain').trim().replace(/\s+/g, ' '), input.selectionStart, input.selectionEnd, 'end');
    readBox(true);
  });
  byId('presets').append(...facts.presets.map(({ name, description }) => element('option', { value: name }, description)));
  startStrip({ assign, swap, likely: () => question?.fields, choices: () => choicesOf(namesNow().length) });
  showFormat();
}

/** Drops the question, since it belongs to the lines it was asked of. Candidates stay while the lines are edited. */
export function forgetColumns({ isEdit = false } = {}) {
  if (!isEdit) candidates = [];
  question = undefined;
  answered = new Set();
  described = undefined;
}

/** Returns the header of the log, if it differs from the given format. */
function otherHeader() {
  const header = page.log()?.header;
  return header && given.compiled && header.format !== given.compiled.format ? header : undefined;
}

let described;

/** Shows the given format, or the problem of the text in the box. */
export function showFormat() {
  document.body.classList.toggle('is-behind', Boolean(behind));
  input.setAttribute('aria-invalid', String(Boolean(behind?.problem)));
  const state = JSON.stringify([given, behind, otherHeader()?.format]);
  if (state !== described) {
    described = state;
    if (behind) fill(note, ...behindNote());
    else if (given.text) fill(note, ...givenNote());
    else if (candidates.length && page.log()?.lines) fill(note, ...detectedNote());
    else fill(note, hint('Without a format, it is detected from a header line, the documented layouts, or the values of the lines.'));
  }
  showColumns(row);
}

function behindNote() {
  const { problem, compiled, start } = behind;
  const until = hint(`Until then, lines are read by the last whole format: ${given.text ? shown(given.text, 80) : 'the detected one'}.`);
  if (!problem) {
    return [element('p', `None of the first lines fits this format of ${counted(compiled.fields.length, 'field')}. `, link('Read the lines by it', () => readBox(true))), until];
  }
  const before = problem.column && input.value.slice(0, start) + [...input.value.slice(start)].slice(0, problem.column - 1).join('');
  return [element('p.wrong', shown(problem.message, 500)),
    before !== undefined && element('pre.caret', { 'aria-hidden': 'true' }, `${shown(input.value, 400)}\n${' '.repeat(before.length)}^`), until];
}

function givenNote() {
  const { compiled, precedence } = given;
  if (!compiled) return [];
  const { fields, version, format, warnings } = compiled;
  const layout = facts.layoutOf(format);
  const header = otherHeader();
  const isHeader = precedence === 'header';
  return [element('p',
    element('span.badge', `version ${version}`), ' ',
    element('span', `${counted(fields.length, 'field')}${layout ? `, ${layout}` : ''} `),
    link('Copy --log-format', () => copy(`--log-format '${format}'`)), ' ',
    link('Detect it instead', () => setFormat(''))),
  header && element('p.overruled', `Line ${header.line + 1} is a header with other columns, and ${isHeader ? 'overrules this format' : 'is skipped'}. `,
    button('Use the header', () => setFormat(''), { class: 'small' }), ' ',
    button('Use this format', () => setFormat(input.value, { isOverHeader: true, keeps: true }), { class: 'small', 'aria-pressed': String(!isHeader) })),
  ...warnings.map((warning) => element('p.wrong', shown(warning, 300)))];
}

const percent = (share) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** Shows what was detected from the lines. */
export function showDetected({ candidates: found = [], reason, isRead }) {
  if (given.text) return;
  candidates = found.map((candidate) => ({ ...candidate, isRead }));
  const [first] = candidates;
  const isAsked = question !== undefined;
  question = first && !isRead && !first.isSettled ? questionOf(first) : undefined;
  described = undefined;
  showFormat();
  if (question && !isAsked) revealColumn([...question.fields.keys()][0]);
  if (!first && !behind) fill(note, hint(shown(reason ?? '', 400)));
}

function questionOf({ format, unresolved }) {
  const open = unresolved.filter(({ alternatives }) => alternatives.length > 0);
  return open.length ? { count: namesOf(format).length, fields: new Map(open.map(({ index, field, alternatives }) => [index, [field, ...alternatives].filter(Boolean)])) } : undefined;
}

function detectedNote() {
  const [{ format, origin, preset, confidence, evidence, isSettled, isRead }, ...others] = candidates;
  const names = namesOf(format);
  const from = { header: page.log().header ? 'from the header line' : 'named in the lines', preset: facts.layoutOf(format), inferred: 'inferred from the values' }[origin];
  const isSure = isSettled || isRead;
  return [element('p',
    element('span', { class: `badge${isSure ? '' : ' open'}` }, isSure ? 'Detected' : 'Ambiguous'), ' ',
    `${names.length} columns, ${from}`, ' ',
    element('meter', { min: 0, max: 1, value: confidence, 'aria-label': 'Confidence' }), ` ${percent(confidence)} `,
    !question && button('Use it', () => setFormat(preset ?? format), { class: 'link', title: 'Copy it to the format box, to edit it there' })),
  question && element('p.asks', `${question.fields.size === 1 ? 'A column is' : `${question.fields.size} columns are`} open: `,
    ...[...question.fields.keys()].slice(0, 5).flatMap((index) => [link(`${index + 1} ${names[index]}`, () => openColumn(index)), ' ']), question.fields.size > 5 && `and ${question.fields.size - 5} more `,
    button('Use the likeliest fields', () => setFormat(format), { class: 'small' })),
  others.length > 0 && element('p.candidates', element('span.hint', 'Or: '), ...others.slice(0, 7).map((other) => button(
    `${other.preset ?? difference(names, namesOf(other.format))} ${percent(other.confidence)}`, () => setFormat(other.preset ?? other.format), {
      class: 'small',
      onpointerenter: () => showColumns(row, namesOf(other.format)), onfocus: () => showColumns(row, namesOf(other.format)),
      onpointerleave: () => showColumns(row), onblur: () => showColumns(row),
    }))),
  element('details', element('summary', 'Evidence'), element('ul', ...evidence.slice(0, 30).map((sentence) => element('li', shown(page.log().header ? sentence : sentence.replace('is a header', 'names its fields'))))))];
}

/** Returns the first columns in which a candidate differs, as text. */
function difference(names, others) {
  if (names.length !== others.length) return counted(others.length, 'column');
  const all = others.flatMap((name, index) => (name === names[index] ? [] : [`${index + 1} ${name}`]));
  return `${all.slice(0, 2).join(', ')}${all.length > 2 ? `, ${all.length - 2} more` : ''}`;
}

const namesOf = (format) => format.split(' ').map((token) => token.replace(/^\$\{|\}$/g, ''));
const namesNow = () => {
  // An error may be explained by a layout that the other lines do not have.
  const usual = row?.error && !row.error.isPart && !given.text ? candidates[0]?.format : undefined;
  const format = usual || (row?.kind !== 'blank' && row?.format) || given.compiled?.format || candidates[0]?.format;
  return format ? namesOf(format) : [];
};

/** Shows the columns of the format that a row is read by. `other` has the names of another candidate, to compare. */
export function showColumns(next, other) {
  row = next;
  const names = page.log()?.lines ? namesNow() : [];
  showStrip(names.map((name, index) => ({ name, ...certaintyOf(name, index, names), text: row?.tokens[index]?.text })), other);
}

/** Returns the certainty of a column in words, and its kind for the colour. */
function certaintyOf(name, index, names) {
  if (answered.has(index)) return { words: 'selected', certainty: 'sure' };
  const open = question?.count === names.length ? question.fields.get(index) : undefined;
  if (open) return { words: `${open.length} possible`, certainty: 'open' };
  const isKnown = facts.field(name) !== undefined;
  if (!isKnown) return { words: /^column-\d+$/.test(name) ? 'no field' : 'not of AWS', certainty: 'none' };
  const detected = candidates.find(({ format }) => namesOf(format).join() === names.join());
  const isAbsent = detected?.unresolved.some((column) => column.index === index && column.field === null);
  if (isAbsent) return { words: 'always -', certainty: 'none' };
  const header = page.log()?.header;
  if (header && (given.precedence === 'header' || !given.text) && namesOf(header.format).join() === names.join()) return { words: 'header', certainty: 'sure' };
  if (given.text) return { words: 'given', certainty: 'sure' };
  if (detected?.origin === 'header') return { words: 'by name', certainty: 'sure' };
  return facts.presetOf(formatOf(names)) ? { words: 'layout', certainty: 'sure' } : { words: 'by values', certainty: 'sure' };
}

/** Returns the fields that the values of each column can be. */
async function choicesOf(count) {
  const known = candidates.find(({ choices }) => choices.length === count)?.choices;
  return known ?? (await ask('choices', { count }));
}

/** Assigns a field to a column. The column that had it takes the former field, or none if its values cannot be that. */
async function assign(index, name) {
  const names = namesNow();
  const other = names.indexOf(name);
  if (other === index) return useNames(names, [index]);
  if (other >= 0) names[other] = (await choicesOf(names.length))?.[other]?.includes(names[index]) ? names[index] : `column-${other + 1}`;
  names[index] = name;
  return useNames(names, [index]);
}

function swap(from, to) {
  const names = namesNow();
  [names[from], names[to]] = [names[to], names[from]];
  useNames(names, [from, to]);
}

/** Reads the lines by columns that the user chose, also against a header. */
function useNames(names, chosen) {
  for (const index of chosen) answered.add(index);
  row = { ...row, kind: 'record', format: formatOf(names) };
  setFormat(formatOf(names), { isOverHeader: Boolean(page.log()?.header), keeps: true });
}
