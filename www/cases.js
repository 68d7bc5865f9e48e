// Cases: what the page shows as a file that `vpcflow-ecs test` runs, and such files opened again.

import { ask, generation } from './client.js';
import { button, byId, copy, counted, download, element, fill, hint, link, openDialog, say, shown } from './dom.js';
import { choose, getText, isTyped } from './editor.js';
import { facts } from './facts.js';
import { formatOptions, preferFormat } from './format.js';
import { change } from './history.js';
import { LIMITS, SUFFIX, isCase, readCase } from '../js/cases/case.js';
import { peels } from './layers.js';
import { shape } from './output.js';
import { redactedFirst } from './redact.js';
import { openedCase } from './source.js';

/** The number of lines of a case that the page saves. */
const MOST_LINES = 1000;
/** Milliseconds between a reading and the comparison. */
const DELAY = 250;

let timer;

const panel = element('section', { id: 'case', class: 'layers', 'aria-label': 'Case', hidden: true });

function given(lines) {
  const { format, precedence } = formatOptions();
  const { schema, mode, more = {} } = shape();
  const opened = openedCase();
  const reading = { ...(precedence === 'format' && { precedence }), ...(peels() !== true && { layers: peels() }) };
  const formats = opened?.formats && format === opened.formats[0] ? opened.formats : format;
  return { ...(opened?.name && { name: opened.name }), ...(format && { format: formats }), options: { schema, ...(mode && { mode }), ...more, ...reading }, lines: lines.map((text) => ({ text })) };
}

const linesOf = (text) => text.replace(/\n$/, '').split('\n');

/** Returns a name that file systems take. */
const fileName = (name) => `${name.toLowerCase().replace(/[^a-z\d]+/g, '-').replace(/^-|-$/g, '').slice(0, 60) || 'flow-log'}${SUFFIX}`;

/** Opens the dialog that saves a case of the lines that are shown. */
export async function saveCase() {
  byId('dialog').close();
  const opened = openedCase();
  const head = await ask('head', { most: MOST_LINES });
  const name = element('input', { id: 'case-name', maxlength: LIMITS.name, value: opened?.name ?? '', autocomplete: 'off', placeholder: 'for example: a rejected connection' });
  const file = element('textarea', { readonly: true, rows: 10, wrap: 'off', 'aria-label': 'Case file', class: 'code' });
  const make = async () => {
    const base = given(linesOf(await textOf(head)));
    const found = await ask('case', { what: 'written', given: { ...base, name: name.value || undefined } });
    return () => {
      file.value = found.text;
      const rest = found.lines - found.documents - found.errors;
      return `${counted(found.lines, 'line')}: ${counted(found.documents, 'document')}, ${counted(found.errors, 'error')}, ${rest} without either. ` +
        `${found.error ? `The input ends with the error ${found.error.code}. ` : ''}${head.isAll ? '' : `The other lines of the log are left out: a case from this page has the lines that are shown, and at most ${MOST_LINES}. `}`;
    };
  };
  // Redacted lines would no longer be those of the opened case.
  const { label, said, remake, textOf } = redactedFirst({ isChecked: !opened, purpose: 'saved', make, clear: () => (file.value = '') });
  let typing;
  name.addEventListener('input', () => (clearTimeout(typing), (typing = setTimeout(remake, 200))));
  // The name may have been typed just now.
  const written = async () => {
    clearTimeout(typing);
    await remake();
    return file.value;
  };
  openDialog('Save as case', 'share',
    element('p', 'A case has the lines, the format, the options, and the document or the error of each line. ', element('code', 'vpcflow-ecs test'), ' compares them with what it finds, in CI for example. Drop the file on this page to open it again.'),
    element('p', element('label', { for: 'case-name' }, 'Name '), name),
    label,
    file, said,
    element('p', button('Save file', async () => await written() && download(fileName(name.value), file.value), { class: 'primary' }), ' ', button('Copy', async () => await written() && copy(file.value))));
  await remake();
}

/**
 * Opens a file if it is meant to be a case.
 *
 * @param {File} file
 * @returns {Promise<boolean>}
 */
export async function openCaseFile(file) {
  if (!isCase(file.name, await file.slice(0, 1000).text())) return false;
  if (file.size > LIMITS.bytes) say(`${shown(file.name, 60)} is too large: a case has at most ${LIMITS.bytes} bytes.`);
  else openCase(await file.text());
  return true;
}

/** Opens the text of a case file: its lines, format and options are those of the page then. If it is wrong, the page says why. */
export async function openCase(text) {
  let read;
  try {
    read = readCase(text);
  } catch (error) {
    if (error.name !== 'CaseError') throw error;
    return say(`This is not a case: ${shown(error.message, 300)}`);
  }
  const { name, format, lines, options: { schema = 'ecs', mode, ...more } } = read;
  const wanted = facts.shapes.find((one) => one.schema === schema && (mode === undefined || (one.mode ?? 'ecs') === mode));
  if (!wanted) return say(`This case cannot be opened: there is no schema ${shown(JSON.stringify(schema), 60)} with the mode ${shown(JSON.stringify(mode) ?? 'ecs', 60)}.`);
  try {
    await ask('case', { what: 'checked', format, options: read.options });
  } catch (error) {
    return say(`This case cannot be opened: ${shown(error.message, 300)}`);
  }
  const formats = [format ?? []].flat();
  const given = { name, lines, more, formats: formats.length > 1 ? formats : undefined, shape: wanted.id, before: shape().id };
  if (more.precedence === 'format' && formats.length) preferFormat(formats[0]);
  return change(`Open case${name ? ` “${shown(name, 60)}”` : ''}`, { case: given, text: lines.map((line) => line.text).join('\n'), format: formats[0] ?? '', layers: more.layers !== false });
}

// A case is opened or closed, also by undo.
addEventListener('case-opened', () => {
  const opened = openedCase();
  panel.hidden = !opened;
  fill(panel, element('p', 'Comparing …'));
  byId('scroller').before(panel);
  if (opened) ask('case', { what: 'expect', lines: opened.lines });
  else panel.remove();
});

/** Closes the opened case. The lines stay. */
const closeCase = () => change('Close case', { case: undefined });

addEventListener('lines-read', () => {
  clearTimeout(timer);
  timer = setTimeout(compare, DELAY);
});

async function compare() {
  const opened = openedCase();
  if (!opened) return;
  const mine = generation;
  let found;
  try {
    // A text that is too large for the box is as the case has it.
    found = await ask('case', { what: 'compared', given: given(isTyped() ? linesOf(getText()) : opened.lines.map(({ text }) => text)) });
  } catch (error) {
    fill(panel, element('p.wrong', `The case cannot be compared: ${shown(error.message, 300)}`), closing());
    return;
  }
  if (mine === generation && opened === openedCase()) draw(found, opened);
}

const closing = () => link('Close case', closeCase);

function draw({ equal, differing, fresh, gone, lines }, { name, more, formats }) {
  const counts = [`${equal} as expected`, `${differing} different`, fresh > 0 && `${fresh} new`, gone > 0 && `${gone} gone`].filter(Boolean).join(', ');
  const options = Object.keys(more);
  fill(panel,
    element('p', element('span.layer', name ? `Case “${shown(name)}”` : 'Case'), ': ',
      element('span', { class: differing > 0 ? 'wrong' : 'good', role: 'status', id: 'case-counts' }, counts), ' ',
      link('Save as case…', saveCase), ' ', closing()),
    options.length > 0 && hint(`With the options ${shown(options.join(', '))}.`),
    formats && hint(`It has ${formats.length} formats. The rows are read by the first one, and the comparison by all.`),
    lines.length > 0 && element('ul.differences', { tabindex: 0, 'aria-label': 'Lines that differ' }, ...lines.map(ofLine)));
}

function ofLine({ line, differences }) {
  return element('li', link(`Line ${line + 1}`, () => choose(line)), ...differences.slice(0, 20).map(({ path, expected, found }) =>
    element('div', element('code', shown(path)), ' expected ', element('del', shown(expected)), ' found ', element('ins', shown(found)))));
}
