// Highlights tokens together with the keys of the document that they set.

const lit = (selector, test) => {
  for (const node of document.querySelectorAll(selector)) node.classList.toggle('lit', test(node));
};

let current;

/** Sets the row whose document is shown. */
export function linkRow(row) {
  current = row;
}

const rowNodes = () => `#row-${current?.line} .t[data-index], #anatomy .token`;
const tokenAt = (node) => current?.tokens[Number(node.dataset.index)];

export function lightToken(token) {
  const paths = new Set(token?.paths);
  const isIt = (other) => Boolean(token) && other?.field === token.field && other.offset === token.offset;
  lit('#panel [data-path]', ({ dataset }) => paths.has(dataset.path));
  lit('#panel [data-token]', ({ dataset }) => isIt(current?.tokens[dataset.token]));
  lit(rowNodes(), (node) => isIt(tokenAt(node)));
  const first = token && document.querySelector('#panel .tree .lit');
  first?.scrollIntoView({ block: 'nearest' });
}

export function lightPath(path) {
  lit('#panel [data-token]', () => false);
  lit('#panel [data-path]', ({ dataset }) => path !== undefined && dataset.path === path);
  lit(rowNodes(), (node) => path !== undefined && Boolean(tokenAt(node)?.paths.includes(path)));
}

export function lightNothing() {
  lightPath(undefined);
}
