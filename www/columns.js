// The column strip above the lines: a cell for each column, with its field, its certainty, and a menu of all fields.

import { byId, element, fill, rove, shown } from './dom.js';
import { facts, kindOf } from './facts.js';

const [strip, scroller] = [byId('columns'), byId('scroller')];
const list = element('ol');
let handlers;
let cells = [];
let drawn = '';
let roving;

/**
 * Starts the strip.
 *
 * @param {{ assign: (index: number, name: string) => void, swap: (from: number, to: number) => void,
 *   likely: () => Map<number, string[]> | undefined, choices: () => Promise<string[][] | undefined> }} given
 */
export function startStrip(given) {
  handlers = given;
  strip.append(list);
  roving = rove(list, '.cell');
  list.addEventListener('click', ({ target }) => target.closest('.cell') && openMenu(indexOf(target)));
  list.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || !event.altKey) return;
    event.preventDefault();
    swap(indexOf(event.target), indexOf(event.target) + step);
  });
  list.addEventListener('pointerover', ({ target }) => light(target.closest('.cell') ? indexOf(target) : undefined));
  list.addEventListener('pointerleave', () => light(undefined));
  list.addEventListener('focusin', ({ target }) => light(indexOf(target)));
  list.addEventListener('focusout', () => light(undefined));
  startDrag();
  // The lines and the strip have other widths: their ends are reached together.
  scroller.addEventListener('scroll', follow, { passive: true });
}

function follow() {
  const [far, own] = [scroller.scrollWidth - scroller.clientWidth, strip.scrollWidth - strip.clientWidth];
  if (own > 0) strip.scrollLeft = far > 0 ? (scroller.scrollLeft / far) * own : 0;
}

const indexOf = (node) => Number(node.closest('.cell').dataset.index);

/** Marks the tokens of a column in all rows in view. */
function light(index) {
  for (const token of document.querySelectorAll('.rows .t')) token.classList.toggle('in-column', token.dataset.index === String(index));
}

/**
 * Shows columns.
 *
 * @param {{ name: string, words: string, certainty: 'sure' | 'open' | 'none', text?: string }[]} columns
 * @param {string[]} [other] the names of another candidate: cells that differ show them
 */
export function showStrip(columns, other) {
  const isOther = columns.length !== cells.length;
  cells = columns;
  const state = JSON.stringify([columns.map(({ name, words }) => [name, words]), other]);
  if (state === drawn) return;
  drawn = state;
  const focused = list.contains(document.activeElement) ? indexOf(document.activeElement) : undefined;
  strip.hidden = columns.length === 0;
  fill(list, ...columns.map((column, index) => cellOf(column, index, other)));
  if (columns.length) roving.reset();
  if (isOther) follow();
  if (focused !== undefined) focusCell(focused);
}

function cellOf({ name, words, certainty }, index, other) {
  const instead = other && other[index] !== name ? other[index] ?? 'none' : undefined;
  return element('li', element('button', {
    type: 'button', class: `cell ${certainty}${instead ? ' differs' : ''}`, 'data-index': index, 'aria-haspopup': 'dialog',
    title: facts.field(name)?.description, 'aria-description': 'Alt and an arrow key swap it with its neighbour.',
  }, element('small', `${index + 1}`),
  element('b', { class: `k-${kindOf({ field: name, text: '' })}` }, shown(name, 40)),
  element('small.words', instead ? `→ ${shown(instead, 40)}` : words)));
}

const focusCell = (index) => list.children[Math.min(index, cells.length - 1)]?.firstChild.focus();

function swap(from, to) {
  if (to < 0 || to >= cells.length || from === to) return;
  handlers.swap(from, to);
  requestAnimationFrame(() => focusCell(to));
}

/** Scrolls the strip to a column. */
export const revealColumn = (index) => list.children[index]?.scrollIntoView({ block: 'nearest', inline: 'center' });

/** Opens the menu of a column. */
export function openColumn(index) {
  revealColumn(index);
  if (list.children[index]) openMenu(index);
}

async function openMenu(index) {
  const { openFieldMenu } = await import('./fieldmenu.js');
  openFieldMenu(list.children[index].firstChild, {
    index, count: cells.length, ...cells[index], likely: handlers.likely()?.get(index) ?? [],
    choices: async () => (await handlers.choices())?.[index] ?? [],
    assign: (name) => (handlers.assign(index, name), focusCell(index)),
    swap: (step) => swap(index, index + step),
  });
}

/** Lets a pointer with buttons drag a cell onto another: their columns are swapped. A finger scrolls the strip. */
function startDrag() {
  let drag;
  const cellAt = ({ clientX, clientY }) => document.elementFromPoint(clientX, clientY)?.closest('#columns .cell');
  const mark = (over) => {
    for (const cell of list.querySelectorAll('.cell')) cell.classList.toggle('over', cell === over && indexOf(cell) !== drag.from);
  };
  list.addEventListener('pointerdown', (event) => {
    drag = event.button === 0 && event.pointerType !== 'touch' && event.target.closest('.cell')
      ? { from: indexOf(event.target), at: event.clientX, isMoving: false } : undefined;
  });
  addEventListener('pointermove', (event) => {
    if (!drag || (!drag.isMoving && Math.abs(event.clientX - drag.at) < 6)) return;
    drag.isMoving = true;
    strip.classList.add('dragging');
    mark(cellAt(event));
  });
  addEventListener('pointerup', (event) => {
    if (!drag) return;
    strip.classList.remove('dragging');
    const over = drag.isMoving && cellAt(event);
    const { from } = drag;
    if (over) swap(from, indexOf(over));
    mark(undefined);
    // The click that follows opens no menu.
    const stop = (click) => click.stopPropagation();
    if (drag.isMoving) addEventListener('click', stop, { capture: true });
    setTimeout(() => removeEventListener('click', stop, { capture: true }));
    drag = undefined;
  });
  addEventListener('pointercancel', () => {
    if (drag) mark(undefined);
    strip.classList.remove('dragging');
    drag = undefined;
  });
}
