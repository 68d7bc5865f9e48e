// The sheet of rows: the height of a row, the width of its characters, the rows that wrap, and those of one line.

import { ask, generation } from './client.js';
import { byId, element } from './dom.js';
import { onPreferenceChange, preference } from './preferences.js';
import { layout } from './tokens.js';

const [scroller, area] = [byId('scroller'), byId('lines')];
const sheet = scroller.querySelector('.sheet');
const rowsBox = scroller.querySelector('.rows');

/** Characters that may be wider than one column, or narrower. */
const WIDE = /[^\n\x20-\x7e]/;
/** The most characters of a row of a file: of longer lines, the start is shown. */
const MOST = 4040;
/** The characters by which the sheet becomes wider or narrower while a text is typed. */
const STEP = 40;

export let characterWidth = 8;
/** The characters of the widest row. */
let widest = 0;
/** The pixels before the text and after it, and those of the window. */
let gutter = 90;
let windowWidth = 0;
let list;
let onchange;
/** True if nothing stands beneath any token: then rows have one line. Undefined until a row has tokens. */
let isBare;
/** The number of rows that texts with wide characters wrap to, as they were measured. */
const measured = new Map();
const MOST_MEASURED = 20_000;
/** The lengths of the lines of a file in bytes, and the generation that they belong to. */
let lengths;
let lengthsOf = -1;

/** Makes the sheet wide enough for rows of this length. */
export function widen(characters) {
  if (characters <= widest) return;
  widest = characters;
  setWidth();
}

/** Sets the width of the sheet in pixels. */
function setWidth() {
  const width = layout.columns < Infinity ? 0 : Math.ceil(widest * characterWidth) + gutter;
  const wanted = `${Math.max(width, windowWidth)}px`;
  if (sheet.style.minWidth !== wanted) sheet.style.minWidth = wanted;
}

/** Makes the sheet as wide as the longest of these texts. */
export function fitSheet(texts) {
  let most = 60;
  for (const text of texts) {
    if (text.length > most) most = WIDE.test(text) ? Math.max(most, text.length * 2) : text.length;
  }
  // In steps: at another width, browsers lay out the whole text box, which takes longer than all else of a key.
  const wanted = Math.ceil((most + 6) / STEP) * STEP;
  if (wanted > widest || wanted < widest - STEP) {
    widest = 0;
    widen(wanted);
  }
}

/** Prepares the sheet for rows of a file, or of another text. */
export function resetSheet(characters) {
  isBare = undefined;
  if (characters) {
    widest = 0;
    widen(characters);
  }
}

/** Notes if anything stands beneath the tokens of rows. If not, rows have one line, until something does. */
export function noteBelow(rows) {
  const before = isBare === true;
  for (const { tokens, error, kind } of rows) {
    if (error || (kind !== 'header' && tokens.some(({ meaning, field }) => field && meaning && meaning !== 'absent'))) isBare = false;
    else if (tokens.length && kind === 'record') isBare ??= true;
  }
  if ((isBare === true) !== before) measure();
}

/** Reads the sizes of characters and of the window. */
function measure() {
  const isCompact = preference('compact') || isBare === true;
  measured.clear();
  scroller.classList.toggle('compact', isCompact);
  scroller.classList.toggle('wraps', preference('wrap'));
  const probe = element('span.line.probe.ruler', 'x'.repeat(100));
  rowsBox.append(probe);
  characterWidth = probe.getBoundingClientRect().width / 100;
  probe.remove();
  gutter = Number.parseFloat(getComputedStyle(scroller).getPropertyValue('--gutter')) * 16 + 16;
  windowWidth = scroller.clientWidth;
  const columns = preference('wrap') ? Math.max(20, Math.floor((windowWidth - gutter) / characterWidth)) : Infinity;
  const isSame = columns === layout.columns && isCompact === layout.isCompact;
  Object.assign(layout, { columns, isCompact });
  // Half a character more, so that rounding breaks no line early.
  sheet.style.setProperty('--wrap', `${(Math.min(columns, 1e5) + 0.5) * characterWidth}px`);
  setWidth();
  list.rowHeight = Number.parseFloat(getComputedStyle(area).lineHeight) || 34;
  if (!isSame) onchange();
}

/** Returns the number of rows that each text wraps to; undefined without wrapping. */
function unitsOfTexts(texts) {
  const { columns } = layout;
  const units = Uint32Array.from(texts, ({ length }) => Math.ceil(length / columns));
  const wide = [];
  for (let index = 0; index < texts.length; index++) if (WIDE.test(texts[index])) wide.push(index);
  if (measured.size > MOST_MEASURED) measured.clear();
  measureAll([...new Set(wide.map((index) => texts[index]))].filter((text) => !measured.has(text)));
  for (const index of wide) units[index] = measured.get(texts[index]);
  return units;
}

/** Measures texts. All are laid out at once, by the same style, before the first is measured. */
function measureAll(texts) {
  if (texts.length === 0) return;
  const probes = texts.map((text) => element('span.line.probe', text));
  const box = element('div.probes', ...probes);
  rowsBox.append(box);
  const height = Number.parseFloat(getComputedStyle(area).lineHeight);
  for (const [at, text] of texts.entries()) measured.set(text, Math.round(probes[at].getBoundingClientRect().height / height));
  box.remove();
}

/** Returns the height of the rows of a view: for each, the number of rows that it wraps to; undefined if none wraps. */
export function unitsOf({ isTyped, texts, lines }) {
  const { columns } = layout;
  if (columns === Infinity) return undefined;
  if (isTyped) return unitsOfTexts(lines ? Array.from(lines, (line) => texts[line]) : texts);
  if (lengthsOf !== generation) {
    askForLengths();
    return undefined;
  }
  return Uint32Array.from(lines ?? lengths, (value) => Math.ceil(Math.min(lines ? lengths[value] : value, MOST) / columns));
}

async function askForLengths() {
  const mine = generation;
  const found = await ask('lengths').catch(() => undefined);
  if (!found || mine !== generation) return;
  [lengths, lengthsOf] = [found, mine];
  onchange();
}

/**
 * Starts the sheet of a list.
 *
 * @param {import('./lines.js').VirtualList} given
 * @param {() => void} changed called when rows have another height or another layout
 */
export function startSheet(given, changed) {
  list = given;
  onchange = changed;
  measure();
  document.fonts?.ready.then(measure);
  matchMedia('(max-width: 50rem)').addEventListener('change', measure);
  for (const name of ['wrap', 'compact']) onPreferenceChange(name, measure);
  onPreferenceChange('zone', onchange);
  new ResizeObserver(() => {
    if (scroller.clientWidth === windowWidth) return;
    windowWidth = scroller.clientWidth;
    if (layout.columns < Infinity) measure();
    else setWidth();
  }).observe(scroller);
}
