// The format box: the given or detected format, the evidence for it, and the columns that the lines leave open.

import { ask } from './client.js';
import { byId, button, copy, counted, element, fill, shown } from './dom.js';
import { facts, formatOf } from './facts.js';

const [input, note, question] = [byId('format'), byId('format-note'), byId('question')];
/** The number of fields with a button; a list has the others. */
const FEW = 5;

let onchange;
/** The format that the note describes. */
let described;
let candidate;
/** Indexes of the open columns whose fields were selected. */
let settled = new Set();

export const givenFormat = () => input.value.trim();

/** The warnings of the given format, which the note shows. */
let warned = [];
export const givenWarnings = () => warned;

/** Returns the given or detected format, for exports. */
export function effectiveFormat(log) {
  return givenFormat() || log?.inferred || candidate?.format || formatOf(facts.preset('default').fields);
}

export function setFormat(text) {
  input.value = text;
  settled = new Set();
  candidate = undefined;
  hideQuestion();
  onchange?.();
}

export function startFormat(change) {
  onchange = change;
  input.addEventListener('input', () => {
    settled = new Set();
    candidate = undefined;
    hideQuestion();
    change();
  });
  byId('presets').append(...facts.presets.map(({ name, description }) => element('option', { value: name }, description)));
}

/** Describes the given format, or its error. */
export async function showGiven() {
  const text = givenFormat();
  if (text && text === described) return;
  described = text;
  warned = [];
  if (!text) {
    input.removeAttribute('aria-invalid');
    if (!candidate) fill(note, element('p', { class: 'hint' }, 'Without a format, it is detected from a header line, the documented layouts, or the values of the lines.'));
    return;
  }
  const { compiled, problem } = await ask('compile', { format: text });
  if (text !== givenFormat()) return;
  input.setAttribute('aria-invalid', String(Boolean(problem)));
  if (problem) {
    const column = problem.column && [...text].slice(0, problem.column - 1).join('');
    fill(note,
      element('p', { class: 'wrong' }, shown(problem.message, 500)),
      column !== undefined && element('pre', { class: 'caret', 'aria-hidden': 'true' }, `${shown(text, 400)}\n${' '.repeat(column.length)}^`));
    return;
  }
  warned = compiled.warnings;
  fill(note, ...summary(compiled), ...compiled.warnings.map((warning) => element('p', { class: 'wrong' }, shown(warning, 300))));
}

/** Returns the version of a format, its size and its actions. */
function summary({ fields, version, format }) {
  const preset = facts.presetOf(format);
  return [element('p', {},
    element('span', { class: 'badge' }, `version ${version}`), ' ',
    element('span', {}, `${fields.length} fields${preset ? `, preset ${preset}` : ''} `),
    button('Copy --log-format', () => copy(`--log-format '${format}'`), { class: 'link' }), ' ',
    button('Detect it instead', () => setFormat(''), { class: 'link' }))];
}

const percent = (share) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** Shows the format that was detected from the lines. */
export function showDetected({ candidates, reason, isRead }) {
  if (givenFormat()) return;
  candidate = candidates?.[0];
  if (!candidate) {
    fill(note, element('p', { class: 'hint' }, shown(reason ?? '', 400)));
    return;
  }
  const { origin, preset, confidence, evidence } = candidate;
  const from = { header: 'from the header line', preset: `layout ${preset}`, inferred: 'inferred from the values' }[origin];
  const columns = candidate.format.split(' ').length;
  const others = candidates.slice(1, 8);
  fill(note,
    element('p', {},
      element('span', { class: `badge${candidate.isSettled || isRead ? '' : ' open'}` }, candidate.isSettled || isRead ? 'Detected' : 'Ambiguous'), ' ',
      `${columns} columns, ${from}`, ' ',
      element('meter', { min: 0, max: 1, value: confidence, 'aria-label': 'Confidence' }), ` ${percent(confidence)} `,
      button('Use it', () => setFormat(preset ?? candidate.format), { class: 'link', title: 'Copy it to the format box, to edit it there' })),
    element('details', {},
      element('summary', {}, `Evidence${others.length ? ` and ${counted(others.length, 'other candidate')}` : ''}`),
      element('ul', {}, ...evidence.slice(0, 30).map((sentence) => element('li', {}, shown(sentence)))),
      others.length > 0 && element('table', {}, element('caption', {}, 'Other candidates'), ...others.map((other) =>
        element('tr', {},
          element('td', {}, other.preset ?? other.origin),
          element('td', {}, percent(other.confidence)),
          element('td', {}, button('Use it', () => setFormat(other.preset ?? other.format), { class: 'link' })))))),
    // A header would take precedence.
    origin !== 'header' && columnRows(candidate));
  if (isRead) question.hidden = true;
  else showQuestion(candidate);
}

/** Asks for the fields of open columns. */
function showQuestion(found) {
  const open = found.unresolved.filter(({ index, alternatives }) => !settled.has(index) && alternatives.length > 0);
  question.hidden = found.isSettled || open.length === 0;
  if (question.hidden) return question.replaceChildren();
  const rows = open.map(({ index, field, alternatives }) => columnRow(found, index, [field, ...alternatives].filter(Boolean)));
  fill(question,
    element('p', {}, element('strong', {}, 'The lines leave columns open. '), 'Select their fields, since the documents depend on them:'),
    ...rows, button('Use the likeliest fields', () => setFormat(found.format)));
  return undefined;
}

/**
 * Returns buttons for the likeliest fields of a column, and a list of the others that its values can be. The last of them
 * is none of the fields.
 */
function columnRow({ tokens, choices }, index, names) {
  const column = index + 1;
  const select = ({ target }) => target.value && settle(index, target.value);
  const others = [...names.slice(FEW), ...choices[index].filter((name) => !names.includes(name))];
  return element('div', { class: 'open-column', role: 'group', 'aria-label': `Column ${column}` },
    element('span', {}, `Column ${column} `, element('code', {}, shown(tokens[index]?.text ?? '', 40)), ' is '),
    ...names.slice(0, FEW).map((name) => button(name, () => settle(index, name), { class: 'choice', title: facts.field(name)?.description })),
    element('select', { 'aria-label': `Another field for column ${column}`, onchange: select },
      element('option', { value: '' }, 'another field …'),
      ...others.map((name) => element('option', {}, name)),
      element('option', { value: unknownName(index) }, 'not a field')));
}

/** Returns the rows of all columns. They are made when they are first seen: each has up to all fields. */
function columnRows(found) {
  const content = element('div', {});
  const fillOnce = () => {
    if (content.childElementCount === 0) fill(content, ...namesOf(found).map((name, index) => columnRow(found, index, [name])));
  };
  return element('details', { class: 'columns', ontoggle: fillOnce }, element('summary', {}, 'Another field for a column'), content);
}

const namesOf = ({ format }) => format.split(' ').map((token) => token.replace(/^\$\{|\}$/g, ''));

/** Returns the name of a column that is none of the fields. */
const unknownName = (index) => `column-${index + 1}`;

/** Assigns a field to a column. The column that had it takes the former field, or none if its values cannot be that. */
function settle(index, name) {
  const names = namesOf(candidate);
  const other = names.indexOf(name);
  if (other >= 0 && other !== index) names[other] = candidate.choices[other].includes(names[index]) ? names[index] : unknownName(other);
  names[index] = name;
  settled.add(index);
  candidate = {
    ...candidate,
    format: formatOf(names),
    unresolved: candidate.unresolved.map((one) => ({ ...one, field: names[one.index] })),
  };
  const found = candidate;
  input.value = candidate.format;
  onchange();
  showQuestion(found);
}

export function hideQuestion() {
  question.hidden = true;
}
