// A document as a tree. Each key has its path, to be highlighted with its tokens. Numbers keep every digit.

import { copy, element } from './dom.js';
import { safeJson } from '../js/text/text.js';
import { lightNothing, lightPath } from './links.js';

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * Parses JSON, and keeps numbers as they are written.
 *
 * @returns {{ kind: string, raw?: string, items?: [string, object][] }}
 */
export function parseJson(text) {
  const tokens = text.match(TOKEN) ?? [];
  let at = 0;
  const value = () => {
    const token = tokens[at++];
    if (token === '{' || token === '[') {
      const items = [];
      const end = token === '{' ? '}' : ']';
      while (tokens[at] !== end) {
        let key = String(items.length);
        if (token === '{') {
          key = JSON.parse(tokens[at]);
          at += 2;
        }
        items.push([key, value()]);
        if (tokens[at] === ',') at += 1;
      }
      at += 1;
      return { kind: token === '{' ? 'object' : 'array', items };
    }
    const kind = token[0] === '"' ? 'string' : /^[-\d]/.test(token) ? 'number' : 'literal';
    return { kind, raw: token };
  };
  return value();
}

/** True if a node is an array of plain values. */
const isPlain = ({ kind, items }) => kind === 'array' && items.every(([, child]) => !child.items);

/** Returns all leaves by their dotted paths. An array of plain values is one leaf. */
export function leaves(node, path = '', found = new Map()) {
  if (isPlain(node)) found.set(path, `[${node.items.map(([, { raw }]) => raw).join(', ')}]`);
  else if (!node.items) found.set(path, node.raw);
  else for (const [key, child] of node.items) leaves(child, path ? `${path}.${key}` : key, found);
  return found;
}

/**
 * Returns the tree of a document, in which `marks` gives classes to leaves by their paths, with arrow keys. The key at the pointer highlights its tokens. A click on a key copies its
 * path, and a click on a value copies the value; `p` and `c` do that for the focused leaf.
 */
export function treeOf(json, marks = new Map()) {
  const root = element('ul.tree', { role: 'tree', 'aria-label': 'Document', 'aria-keyshortcuts': 'c p' }, ...branch(parseJson(safeJson(json)), '', 1, marks));
  const items = () => [...root.querySelectorAll('li')].filter((item) => !item.parentElement.closest('li[aria-expanded=false]'));
  root.querySelector('li')?.setAttribute('tabindex', '0');
  const focus = (item) => {
    root.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1');
    item.setAttribute('tabindex', '0');
    item.focus();
  };
  root.addEventListener('keydown', (event) => {
    const item = event.target.closest('li');
    const all = items();
    const at = all.indexOf(item);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isOpen = item.getAttribute('aria-expanded');
    if (event.key === 'ArrowDown' && all[at + 1]) focus(all[at + 1]);
    else if (event.key === 'ArrowUp' && at > 0) focus(all[at - 1]);
    else if (event.key === 'Home') focus(all[0]);
    else if (event.key === 'End') focus(all.at(-1));
    else if (event.key === 'ArrowLeft' && isOpen === 'true') item.setAttribute('aria-expanded', 'false');
    else if (event.key === 'ArrowLeft' && item.parentElement.closest('li')) focus(item.parentElement.closest('li'));
    else if (event.key === 'ArrowRight' && isOpen === 'false') item.setAttribute('aria-expanded', 'true');
    else if (event.key === 'ArrowRight' && isOpen && all[at + 1]) focus(all[at + 1]);
    else if (event.key === 'c' || event.key === 'p') copyPart(item.querySelector(':scope > .leaf'), event.key === 'p');
    else return;
    event.preventDefault();
  });
  root.addEventListener('click', (event) => {
    const item = event.target.closest('li');
    if (!item) return;
    if (item.hasAttribute('aria-expanded') && event.target.closest('.key, .count')?.closest('li') === item) {
      item.setAttribute('aria-expanded', String(item.getAttribute('aria-expanded') !== 'true'));
    }
    focus(item);
    // A selection by the pointer ends with a click, too.
    if (getSelection().isCollapsed) copyPart(event.target.closest('.leaf'), event.target.matches('.key'), event.target);
  });
  const light = ({ target }) => {
    const path = (target.closest('[data-path]') ?? target.querySelector(':scope > .leaf'))?.dataset.path;
    if (path) lightPath(path);
  };
  root.addEventListener('mouseover', light);
  root.addEventListener('focusin', light);
  root.addEventListener('mouseleave', lightNothing);
  return root;
}

/** Copies the path of a leaf, or its value: of an array, the one that was clicked. */
function copyPart(leaf, isPath, clicked) {
  const value = clicked?.matches('.string, .number, .literal') ? clicked : leaf?.querySelector('.string, .number, .literal');
  if (isPath && leaf) copy(leaf.dataset.path);
  else if (value && (!clicked || clicked === value)) copy(value.matches('.string') ? JSON.parse(value.textContent) : value.textContent);
}

function branch({ kind, items }, path, level, marks) {
  const leafClass = (own) => (marks.has(own) ? `leaf ${marks.get(own)}` : 'leaf');
  return items.map(([key, child]) => {
    const own = kind === 'array' ? path : path ? `${path}.${key}` : key;
    const attributes = { role: 'treeitem', tabindex: '-1', 'aria-level': level };
    const name = kind === 'array' ? undefined : element('span.key', key);
    if (!child.items) {
      return element('li', attributes, element('span', { class: leafClass(own), 'data-path': own }, name, name && ': ', element('span', { class: child.kind }, child.raw)));
    }
    if (isPlain(child)) {
      const values = child.items.flatMap(([, { kind: type, raw }], index) => [index ? ', ' : '', element('span', { class: type }, raw)]);
      return element('li', attributes, element('span', { class: leafClass(own), 'data-path': own }, name, name && ': ', '[', ...values, ']'));
    }
    return element('li', { ...attributes, 'aria-expanded': 'true' },
      name ?? element('span.key', key), element('span.count', ` ${child.items.length}`),
      element('ul', { role: 'group' }, ...branch(child, own, level + 1, marks)));
  });
}
