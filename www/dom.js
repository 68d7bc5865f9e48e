// Functions that create elements. Text becomes text, never markup.

import { safeText } from '../js/text/text.js';

export { byteSize, counted, grouped, safeText } from '../js/text/text.js';

export const byId = (id) => document.getElementById(id);

/**
 * Creates an element. Its name may have classes: `p.hint`. Attributes, if any, are before the content. Those whose name starts
 * with `on` are listeners. Others are set as they are, except undefined, null and false.
 */
export function element(name, ...content) {
  const attributes = content[0]?.constructor === Object ? content.shift() : {};
  const [tag, ...classes] = name.split('.');
  const made = document.createElement(tag);
  made.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...present(content));
  return made;
}

/** Returns content without undefined, null and false. */
const present = (content) => content.filter((part) => (part ?? false) !== false);

/** Replaces the content of an element. */
export function fill(node, ...content) {
  node.replaceChildren(...present(content));
}

export function button(label, onclick, attributes = {}) {
  return element('button', { type: 'button', onclick, ...attributes }, label);
}

/** Creates a button that looks like a link. */
export const link = (label, onclick) => button(label, onclick, { class: 'link' });

/** Creates a paragraph in a quiet colour. */
export const hint = (...content) => element('p.hint', ...content);

/** True if the user points with a finger. */
export const isCoarse = () => matchMedia('(pointer: coarse)').matches;

/** Returns text of a log in a form that is safe to show: escapes replace characters that could hide or reorder it. */
export const shown = (text, most = 200) => safeText(text.length > most ? `${text.slice(0, most)}…` : text);

/** Returns a function that calls another one once before the next frame, or soon if there is no frame. */
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

/** Shows a message for four seconds. */
export function say(sentence) {
  const toast = byId('toast');
  toast.textContent = sentence;
  toast.classList.add('up');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => toast.classList.remove('up'), 4000);
}

/** Opens the dialog with this content. */
export function openDialog(title, className, ...content) {
  const dialog = byId('dialog');
  byId('dialog-title').textContent = title;
  dialog.className = className;
  fill(byId('dialog-body'), ...content);
  dialog.showModal();
  return dialog;
}

/** Copies a text, and says so. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say(text.length > 80 || text.includes('\n') ? 'Copied.' : `Copied: ${shown(text)}`);
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

/** Lets the arrow keys, Home and End move the focus within a group, in which one element is a tab stop. */
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
