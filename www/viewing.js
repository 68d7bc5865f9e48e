// How lines are shown, as the user chose: wrapped, in one line, with times of the own zone; and the width of the panes.

import { byId, element } from './dom.js';
import { onPreference, preference, setPreference } from './preferences.js';

/** The choices of the menu: the preference, its label, and its values when it is not chosen and when it is. */
const CHOICES = [
  ['wrap', 'Wrap long lines', false, true],
  ['compact', 'One row per line, without the words beneath', false, true],
  ['zone', 'Times in your zone, not in UTC', 'utc', 'local'],
  ['folded', 'Without the panel of tokens', false, true],
];

function startMenu() {
  const menu = byId('viewing');
  const boxes = CHOICES.map(([name, label, off, on]) => {
    const box = element('input', { type: 'checkbox', onchange: () => setPreference(name, box.checked ? on : off) });
    onPreference(name, (value) => (box.checked = value === on));
    return element('label', box, ` ${label}`);
  });
  menu.append(element('div.menu', ...boxes));
  const close = () => (menu.open = false);
  menu.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !menu.open) return;
    close();
    menu.querySelector('summary').focus();
  });
  document.addEventListener('pointerdown', ({ target }) => menu.contains(target) || close());
}

const [LEAST, MOST, USUAL] = [20, 80, 55];

/** Lets the pointer and the keyboard set the width of the panes, in per cent. */
function startSplit() {
  const split = byId('split');
  const main = split.parentElement;
  const show = (share = preference('split') || USUAL) => {
    main.style.setProperty('--left', `${share}fr`);
    main.style.setProperty('--right', `${100 - share}fr`);
    split.setAttribute('aria-valuenow', Math.round(share));
  };
  onPreference('split', () => show());
  const shareAt = ({ clientX }) => {
    const { left, width } = main.getBoundingClientRect();
    return Math.min(MOST, Math.max(LEAST, ((clientX - left) / width) * 100));
  };
  split.addEventListener('pointerdown', (event) => {
    split.setPointerCapture(event.pointerId);
    event.preventDefault();
    split.focus();
  });
  split.addEventListener('pointermove', (event) => split.hasPointerCapture(event.pointerId) && show(shareAt(event)));
  split.addEventListener('pointerup', (event) => split.hasPointerCapture(event.pointerId) && setPreference('split', shareAt(event)));
  split.addEventListener('dblclick', () => setPreference('split', 0));
  split.addEventListener('keydown', (event) => {
    const now = preference('split') || USUAL;
    const next = { ArrowLeft: now - 2, ArrowRight: now + 2, Home: LEAST, End: MOST, Enter: USUAL }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setPreference('split', Math.min(MOST, Math.max(LEAST, next)));
  });
}

export function startViewing() {
  startMenu();
  startSplit();
}
