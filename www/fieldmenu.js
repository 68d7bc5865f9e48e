// The menu of a column: all fields, the likeliest first, with a search; and its neighbours, to swap it with.

import { button, element, fill, isCoarse, shown } from './dom.js';
import { facts } from './facts.js';

/**
 * Opens the menu of a column at its cell.
 *
 * @param {HTMLElement} cell
 * @param {{ index: number, count: number, name: string, text?: string, likely: string[],
 *   choices: () => Promise<string[]>, assign: (name: string) => void, swap: (step: -1 | 1) => void }} column
 */
export async function openFieldMenu(cell, { index, count, name, text, likely, choices, assign, swap }) {
  let fitting = likely;
  let active = 0;
  /** True once the user has chosen or searched. */
  let isMoved = false;
  const options = element('div', { id: 'field-options', role: 'listbox', 'aria-label': `Fields for column ${index + 1}` });
  const search = element('input', {
    type: 'search', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'field-options', 'aria-label': 'Search fields', placeholder: 'Search fields',
    oninput: () => ((isMoved = true), draw(0)),
    onkeydown: (event) => {
      const all = options.querySelectorAll('[role=option]');
      const step = { ArrowDown: 1, ArrowUp: -1, Home: -all.length, End: all.length }[event.key];
      if (event.key === 'Enter') all[active]?.click();
      else if (step) (isMoved = true), choose(Math.max(0, Math.min(all.length - 1, active + step)));
      else return;
      event.preventDefault();
    },
  });
  const menu = element('div', { id: 'field-menu', popover: 'auto', role: 'dialog', tabindex: -1, 'aria-label': `Column ${index + 1}` },
    element('p', `Column ${index + 1} of ${count}`, text !== undefined && element('code', ` ${shown(text, 60)}`)),
    element('p.swaps', ...[[-1, '⇄ left', 'left'], [1, 'right ⇄', 'right']].map(([step, label, side]) =>
      button(label, () => (menu.hidePopover(), swap(step)), { class: 'small', disabled: index + step < 0 || index + step >= count, 'aria-label': `Swap with the column to the ${side}` }))),
    search, options);

  const choose = (next) => {
    active = next;
    for (const [at, option] of options.querySelectorAll('[role=option]').entries()) option.setAttribute('aria-selected', String(at === active));
    const chosen = options.querySelector('[aria-selected=true]');
    chosen?.scrollIntoView({ block: 'nearest' });
    if (chosen) search.setAttribute('aria-activedescendant', chosen.id);
    else search.removeAttribute('aria-activedescendant');
  };

  function draw(next) {
    const wanted = search.value.trim().toLowerCase();
    const none = `column-${index + 1}`;
    const others = facts.fields.map((field) => field.name);
    const groups = [
      ['The lines leave open', likely],
      ['Its values fit', fitting.filter((field) => !likely.includes(field))],
      ['', [none]],
      ['Its values do not fit', others.filter((field) => !likely.includes(field) && !fitting.includes(field))],
    ];
    let id = 0;
    const matches = (field) => `${field} ${field === none ? 'no field' : facts.field(field)?.description ?? ''}`.toLowerCase().includes(wanted);
    fill(options, ...groups.map(([title, fields]) => [title, fields.filter(matches)]).filter(([, fields]) => fields.length).map(([title, fields]) =>
      element('div', { role: 'group', 'aria-label': title || 'None of the fields' }, title && element('small', { 'aria-hidden': 'true' }, title), ...fields.map((field) => element('div', {
        role: 'option', id: `field-option-${id++}`, 'data-name': field, 'aria-selected': 'false', class: field === name ? 'is-now' : '',
        onclick: () => (menu.hidePopover(), assign(field)),
      }, element('code', field === none ? 'no field' : field), element('span', field === none ? 'Its text is kept under a name of its own' : facts.field(field)?.description ?? ''))))));
    if (!options.firstChild) fill(options, element('div', { role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false', id: 'field-option-none' }, 'No field matches the search.'));
    const now = isMoved ? -1 : [...options.querySelectorAll('[role=option]')].findIndex((option) => option.className === 'is-now');
    choose(now < 0 ? Math.min(next, Math.max(0, id - 1)) : now);
  }

  menu.addEventListener('toggle', ({ newState }) => {
    if (newState === 'closed') menu.remove();
  });
  document.body.append(menu);
  draw(0);
  menu.showPopover();
  const { left, bottom } = cell.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(bottom + 4, innerHeight - menu.offsetHeight - 8))}px`;
  // On a phone, the keyboard would cover the fields.
  (isCoarse() ? menu : search).focus();
  fitting = await choices();
  if (menu.isConnected) draw(active);
}
