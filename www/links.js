// Highlights tokens together with the keys of the document that they set.

const lit = (selector, test) => {
  for (const node of document.querySelectorAll(selector)) node.classList.toggle('lit', test(node));
};

let current;

/** Sets the row whose document is shown. */
export function linkRow(row) {
  current = row;
}

/** The keys of each token in another document than that of the row, and its line. */
let other;

/** Sets the keys that each token of a line has set, by its index; undefined for those of the row. */
export function linkPaths(line, paths) {
  other = paths && { line, paths };
}

/** Returns the indexes of the tokens that set each key, by its path. */
export function tokensByPath(tokens) {
  const found = new Map();
  for (const [index, { paths }] of tokens.entries()) for (const path of paths) found.set(path, [...(found.get(path) ?? []), index]);
  return found;
}

/** Returns the keys that a token of the row has set. */
const pathsOf = (index) => (other && other.line === current?.line ? other.paths[index] : current?.tokens[index]?.paths) ?? [];

const rowNodes = () => `#row-${current?.line} .t[data-index], #anatomy .token`;
const tokenAt = (node) => current?.tokens[Number(node.dataset.index)];

export function lightToken(token) {
  const isIt = (one) => Boolean(token) && one?.field === token.field && one.offset === token.offset;
  const paths = new Set(pathsOf(current?.tokens.findIndex(isIt)));
  lit('#panel [data-path]', ({ dataset }) => paths.has(dataset.path));
  lit('#panel [data-token]', ({ dataset }) => isIt(current?.tokens[dataset.token]));
  lit(rowNodes(), (node) => isIt(tokenAt(node)));
  const first = token && document.querySelector('#panel .tree .lit');
  if (first) scrollPanel(first.getBoundingClientRect());
}

/** Scrolls the documents to a key, and not the page: the pointer stays at its token. */
function scrollPanel({ top, bottom }) {
  const panel = document.querySelector('#panel');
  const box = panel.getBoundingClientRect();
  if (top < box.top) panel.scrollTop += top - box.top;
  else if (bottom > box.bottom) panel.scrollTop += bottom - box.bottom;
}

export function lightPath(path) {
  lit('#panel [data-token]', () => false);
  lit('#panel [data-path]', ({ dataset }) => path !== undefined && dataset.path === path);
  lit(rowNodes(), (node) => path !== undefined && pathsOf(node.dataset.index).includes(path));
}

export function lightNothing() {
  lightPath(undefined);
}
