// The state of the page, compressed, in the fragment of the address, which browsers do not send to servers.

import { ask } from './client.js';
import { button, copy, element, grouped, openDialog } from './dom.js';

/** The longest address in characters that mail and chat programs keep intact. */
const LONGEST = 30_000;
/** The largest decompressed state in bytes. */
const MAX_UNPACKED = 4 << 20;

async function through(bytes, stream, most = Infinity) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer());
    parts.push(value);
    size += value.length;
    if (size > most) throw new Error('its content is too large');
  }
}

/** Returns the fragment for a state. */
export async function pack(state) {
  const bytes = await through(new TextEncoder().encode(JSON.stringify(state)), new CompressionStream('deflate-raw'));
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `s=${btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}

/** Returns the state of a fragment; undefined for other fragments. */
export async function unpack(fragment) {
  const [, packed] = /^#?s=([\w-]+)$/.exec(fragment) ?? [];
  if (!packed) return undefined;
  try {
    const bytes = Uint8Array.from(atob(packed.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
    const state = JSON.parse(new TextDecoder().decode(await through(bytes, new DecompressionStream('deflate-raw'), MAX_UNPACKED)));
    const texts = ['lines', 'format', 'shape', 'view'].filter((name) => typeof state[name] === 'string');
    return Object.fromEntries(texts.map((name) => [name, state[name]]));
  } catch (error) {
    throw new Error(`The shared address is corrupt (${error.message}).`);
  }
}

export const sharedState = () => unpack(globalThis.location?.hash ?? '');

/** Returns the fragment of the first lines, as many as an address can hold. */
async function fitting(state) {
  const lines = state.lines.split('\n');
  let [count, packed] = [lines.length, await pack(state)];
  while (packed.length > LONGEST && count > 1) {
    count = Math.max(1, Math.floor(count * Math.min(0.9, LONGEST / packed.length)));
    packed = await pack({ ...state, lines: lines.slice(0, count).join('\n') });
  }
  return { packed, count, all: lines.length };
}

export function openShare({ format, shape, view, isTyped, text }) {
  const redacted = element('input', { type: 'checkbox', checked: true, id: 'share-redacted' });
  const address = element('textarea', { readonly: true, rows: 5, 'aria-label': 'Address to share', class: 'code' });
  const said = element('p', { class: 'hint', role: 'status' });
  const make = async () => {
    const head = isTyped ? { text } : await ask('head', { most: 500 });
    const lines = redacted.checked ? await ask('redact', head) : head.text;
    const { packed, count, all } = await fitting({ lines, format, shape, view });
    address.value = `${location.href.split('#')[0]}#${packed}`;
    said.textContent = `${grouped(address.value.length)} characters. ${count < all || head.isAll === false ? `It holds the first ${grouped(count)} lines.` : 'It holds all lines.'}`;
  };
  redacted.addEventListener('change', make);
  openDialog('Share', 'share',
    element('p', {}, 'The address itself holds the lines, the format and the view, after the #. Browsers do not send that part to a server. Anyone who has the address can read it.'),
    element('p', {}, element('label', {}, redacted, ' Redact first: replace addresses, accounts, identifiers and names consistently')),
    address, said,
    element('p', {}, button('Copy address', () => copy(address.value), { class: 'primary' }), ' ',
      button('Save as case…', async () => (await import('./cases.js')).saveCase(), { title: 'A file with the expected documents, which vpcflow-ecs test runs' })));
  make();
}
