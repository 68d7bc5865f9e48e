// The editor of a definition: a text box over a copy of its text, which shows marks, and a list of completions at the caret.

import { element, fill } from '../dom.js';
import { placeOf } from '../../js/cases/json.js';
import { contextAt, insertionOf } from './context.js';

const MOST = 12;

/** Returns the number of UTF-16 code units of the first characters. */
export const unitsOf = (text, characters) => (/[\ud800-\udbff]/.test(text) ? [...text].slice(0, characters).join('').length : characters);

/**
 * Creates the editor.
 *
 * @param {{ value: string, onchange: (text: string) => void, types: () => { name: string, options?: string[], instead?: string }[] }} given
 */
export function codeBox({ value, onchange, types }) {
  const list = element('ul', { id: 'completions', class: 'completions', role: 'listbox', 'aria-label': 'Completions', hidden: true });
  const copy = element('pre', { 'aria-hidden': 'true' });
  const area = element('textarea', {
    'aria-label': 'Ingest pipeline, as JSON or YAML', 'aria-autocomplete': 'list', 'aria-controls': 'completions', spellcheck: 'false', wrap: 'off', rows: 13,
    oninput: () => (changed(), open()), onscroll: follow, onkeydown, onblur: close, onclick: close,
  });
  area.value = value;
  let marks = [];
  let context;
  let chosen = -1;

  function changed() {
    marks = [];
    draw();
    onchange(area.value);
  }

  function follow() {
    copy.scrollTop = area.scrollTop;
    copy.scrollLeft = area.scrollLeft;
  }

  /** Draws the copy of the text, cut at the ends of the marks. */
  function draw() {
    const text = area.value;
    const cuts = [...new Set([0, text.length, ...marks.flatMap(({ start, end }) => [start, end])])].filter((cut) => cut <= text.length).sort((a, b) => a - b);
    fill(copy, ...cuts.slice(0, -1).map((start, index) => {
      const kinds = marks.filter((mark) => mark.start <= start && mark.end >= cuts[index + 1]).map(({ kind }) => kind);
      const part = text.slice(start, cuts[index + 1]);
      return kinds.length ? element('mark', { class: kinds.join(' ') }, part) : part;
    }), '\n');
    follow();
  }

  /** Returns the lower left corner of a character on the screen, relative to the editor. */
  function cornerOf(index) {
    const walker = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
    let left = index;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (left > node.length) {
        left -= node.length;
        continue;
      }
      const range = document.createRange();
      range.setStart(node, left);
      const [box] = range.getClientRects();
      const frame = root.getBoundingClientRect();
      return box && { left: box.left - frame.left, top: box.bottom - frame.top };
    }
    return undefined;
  }

  function close() {
    list.hidden = true;
    area.removeAttribute('aria-activedescendant');
    chosen = -1;
  }

  /** Opens the list of names that begin as the one at the caret. */
  function open({ isAsked = false } = {}) {
    close();
    if (area.selectionStart !== area.selectionEnd) return;
    context = contextAt(area.value, area.selectionStart);
    if (!context || (!context.name && !isAsked)) return;
    const { kind, type, name, used } = context;
    const all = types();
    const names = kind === 'processor'
      ? [...all.filter(({ options }) => options), ...(name.length > 1 ? all.filter(({ instead }) => instead) : [])]
      : (all.find((known) => known.name === type)?.options ?? []).filter((option) => !used.includes(option)).map((option) => ({ name: option }));
    const fitting = names.filter((known) => known.name.startsWith(name.toLowerCase()) && (known.name !== name || known.instead)).slice(0, MOST);
    if (fitting.length === 0) return;
    fill(list, ...fitting.map((known, index) => element('li', {
      id: `completion-${index}`, role: 'option', 'aria-selected': 'false', 'aria-disabled': known.instead ? 'true' : undefined, 'data-name': known.name,
      onpointerdown: (event) => (event.preventDefault(), known.instead || take(known.name)),
    }, known.name, known.instead && element('small', ` not supported here: ${known.instead}`))));
    list.hidden = false;
    const corner = cornerOf(context.start) ?? { left: 0, top: 0 };
    list.style.left = `${Math.max(0, Math.min(corner.left, root.clientWidth - list.offsetWidth))}px`;
    list.style.top = `${corner.top}px`;
    const first = fitting.findIndex(({ instead }) => !instead);
    if (first >= 0) select(first);
  }

  function select(index) {
    const items = [...list.children];
    chosen = (index + items.length) % items.length;
    for (const [at, item] of items.entries()) item.setAttribute('aria-selected', String(at === chosen));
    area.setAttribute('aria-activedescendant', items[chosen].id);
    items[chosen].scrollIntoView({ block: 'nearest' });
  }

  function take(name) {
    // An insertion is an input, which finds another context.
    const own = context;
    const after = area.value.slice(area.selectionEnd);
    // The rest of the name, if the caret is in it.
    const [rest] = own.start < area.selectionEnd ? /^\w*["']?/.exec(after) : [''];
    const { text, caret } = insertionOf(own, name, after.slice(rest.length));
    area.setSelectionRange(own.start, area.selectionEnd + rest.length);
    // Unlike a change of the value, this can be undone by the keyboard.
    if (!document.execCommand('insertText', false, text)) area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
    const end = own.start + caret;
    area.setSelectionRange(end, end);
    changed();
    open({ isAsked: own.kind === 'processor' });
  }

  function onkeydown(event) {
    if (event.key === ' ' && event.ctrlKey) open({ isAsked: true });
    else if (list.hidden) return;
    else if (event.key === 'ArrowDown') select(chosen + 1);
    else if (event.key === 'ArrowUp') select(chosen - 1);
    else if (event.key === 'Escape') close();
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen >= 0) {
      if (list.children[chosen].getAttribute('aria-disabled')) return;
      take(list.children[chosen].dataset.name);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const root = element('div.code', copy, area, list);
  draw();
  return {
    node: root,
    get text() {
      return area.value;
    },
    set text(next) {
      area.value = next;
      marks = [];
      draw();
    },
    /** Marks parts of the text, `{ start, end, kind }`. */
    mark(next) {
      marks = next.filter(({ start, end }) => end > start);
      draw();
    },
    /** Selects a part of the text and scrolls to it. */
    reveal(start, end) {
      area.focus();
      area.setSelectionRange(start, end);
      const { line } = placeOf(area.value, start);
      const height = area.scrollHeight / area.value.split('\n').length;
      area.scrollTop = Math.max(0, (line - 4) * height);
    },
  };
}
