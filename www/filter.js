// The lines that are shown: those that contain a text and match the filters.

import { ask, generation } from './client.js';
import { button, byId, counted, element, fill, grouped, link, shown } from './dom.js';
import { choose, currentLine, showLines } from './editor.js';
import { markHits, visitHit } from './hits.js';
import { stampOf, zoneName } from './times.js';

let filters = {};
/** The number of the latest search. Results of earlier ones are dropped. */
let latest = 0;
let lines;
let page;

/** Starts the search box. */
export function startFilter(given) {
  page = given;
  let timer;
  byId('search').addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(applyFilter, 120);
  });
  byId('search').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && lines) visitHit(lines, event.shiftKey ? -1 : 1);
  });
}

/** Returns the lines that match; undefined without a filter. */
export const passing = () => lines;
export const isFiltered = () => lines !== undefined || Object.keys(filters).length > 0 || byId('search').value !== '';

const LABELS = {
  address: (value) => value, port: (value) => `port ${value}`, protocol: (value) => `protocol ${value}`, interface: (value) => value,
  action: (value) => value, errors: () => 'errors', cause: ({ words }) => words, from: (value) => `from ${stampOf(value * 1000)} to ${stampOf(filters.to * 1000)} ${zoneName(value * 1000)}`,
};

/** Adds a filter. Only lines that match all filters are shown. */
export function setFilter(more) {
  filters = { ...filters, ...more };
  applyFilter();
}

/** Removes the filter by a cause, since causes belong to one reading of the lines. */
export function forgetCause() {
  const { cause, ...kept } = filters;
  filters = kept;
}

/** Returns the filters and the text that is searched, for a link. */
export function filterState() {
  const { cause, ...kept } = filters;
  return { filters: kept, search: byId('search').value };
}

/** Shows the lines that match the filters and the text of a link; filters that the page does not have are left out. */
export function showFilter(given, search) {
  filters = Object.fromEntries(Object.entries(given).filter(([key]) => key === 'to' || Object.hasOwn(LABELS, key)));
  byId('search').value = search;
  applyFilter();
}

export function clearFilters() {
  filters = {};
  byId('search').value = '';
  markHits('');
  lines = undefined;
  byId('filters').hidden = true;
}

export async function applyFilter() {
  const text = byId('search').value;
  latest += 1;
  const [mine, reading] = [latest, generation];
  const found = await ask('filter', { filter: filters, text });
  if (mine !== latest || reading !== generation || text !== byId('search').value) return;
  lines = found;
  showLines(lines);
  const chips = Object.entries(filters).filter(([key]) => key !== 'to').map(([key, value]) => {
    const remove = () => {
      const { [key]: _, ...rest } = filters;
      if (key === 'from') delete rest.to;
      filters = rest;
      applyFilter();
    };
    return button(`${shown(String(LABELS[key](value)), 60)} ✕`, remove, { class: 'chip', title: 'Remove this filter' });
  });
  byId('filters').hidden = lines === undefined;
  const visits = text ? [['Previous', -1, 'Shift+Enter'], ['Next', 1, 'Enter']].map(([label, step, keys]) =>
    button(label, () => visitHit(lines, step), { class: 'small', disabled: lines?.length === 0, title: `${label} hit (${keys} in the search box)` })) : [];
  if (lines) fill(byId('filters'), element('span', { role: 'status' }, `${grouped(lines.length)} of ${counted(page.log()?.lines ?? 0, 'line')}`), ...chips, ...visits,
    link('Show all', () => (clearFilters(), applyFilter())));
  markHits(text);
  if (text) visitHit(lines, 1);
  else if (lines?.length && !lines.includes(currentLine())) choose(lines[0], { isFocused: false });
  page.onfilter();
}
