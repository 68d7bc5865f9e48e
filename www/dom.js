// Small helpers to make elements. Text becomes text, never markup.

import { safeText } from './js/text/text.js';

export { byteSize, counted, grouped, safeText } from './js/text/text.js';

export const byId = (id) => document.getElementById(id);

/**
 * An element. Attributes whose name starts with `on` are listeners; `class`, `aria-*`, `data-*` and others are set as
 * they are; undefined, null and false are left out.
 */
export function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...content.filter((part) => part !== undefined && part !== null && part !== false));
  return made;
}

/** Puts this content, and nothing else, into an element. */
export function fill(node, ...content) {
  node.replaceChildren(...content.filter((part) => part !== undefined && part !== null && part !== false));
}

export function button(label, onclick, attributes = {}) {
  return element('button', { type: 'button', onclick, ...attributes }, label);
}

/** Text of a log, with what could hide or reorder it written as escapes. */
export const shown = (text, most = 200) => safeText(text.length > most ? `${text.slice(0, most)}…` : text);

/** Calls a function once before the next frame, however often it is asked to; soon, where no frame comes. */
export function beforeFrame(call) {
  let waits;
  const run = () => {
    if (!waits) return;
    cancelAnimationFrame(waits[0]);
    clearTimeout(waits[1]);
    waits = undefined;
    call();
  };
  return () => {
    waits ??= [requestAnimationFrame(run), setTimeout(run, 60)];
  };
}

let toastTimer;

/** Says a sentence for a moment. */
export function say(sentence) {
  const toast = byId('toast');
  toast.textContent = sentence;
  toast.classList.add('up');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => toast.classList.remove('up'), 4000);
}

/** Opens the one dialog with this content; closing it gives the focus back. */
export function openDialog(title, className, ...content) {
  const dialog = byId('dialog');
  byId('dialog-title').textContent = title;
  dialog.className = className;
  byId('dialog-body').replaceChildren(...content);
  dialog.showModal();
  return dialog;
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say('Copied.');
  } catch {
    say('The browser does not allow this page to copy. Select the text and copy it manually.');
  }
}

export function download(name, content) {
  const blob = content instanceof Blob ? content : new Blob([content], { type: 'text/plain' });
  const url = URL.createObjectURL(blob);
  element('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Arrow keys, Home and End move the focus within a group of which one element is a tab stop. */
export function rove(group, selector, { keys = ['ArrowLeft', 'ArrowRight'], onmove } = {}) {
  const all = () => [...group.querySelectorAll(selector)];
  const only = (chosen) => {
    for (const item of all()) item.tabIndex = item === chosen ? 0 : -1;
  };
  group.addEventListener('keydown', (event) => {
    const items = all();
    const at = items.indexOf(event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { [keys[0]]: -1, [keys[1]]: 1, Home: -at, End: items.length - 1 - at }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = items[(at + step + items.length) % items.length];
    only(next);
    next.focus();
    onmove?.(next);
  });
  group.addEventListener('focusin', (event) => {
    if (event.target.matches(selector)) only(event.target);
  });
  return { reset: () => only(all().find((item) => item.matches('[aria-selected=true]')) ?? all()[0]) };
}
