// A session as the fragment of an address, compressed. Browsers do not send fragments to servers.

/** The largest decompressed session in bytes. */
const MAX_UNPACKED = 4 << 20;

const text = (most) => (value) => typeof value === 'string' && value.length <= most;
const number = (value) => Number.isFinite(value) && value >= 0 && value < 1e12;

const FILTERS = { address: text(200), interface: text(200), action: text(20), port: number, protocol: number, errors: (value) => value === true, from: number, to: number };
const isLayers = (value) => value === false || (Array.isArray(value) && value.length <= 20 && value.every(text(100)));
const MEMBERS = {
  lines: text(4 << 20), format: text(20_000), precedence: (value) => value === 'format', layers: isLayers, shape: text(100), view: text(100), pipeline: text(1 << 20),
  search: text(1000), filters: (value) => typeof value === 'object' && value !== null, line: Number.isSafeInteger,
};

const matching = (given, tests) => Object.fromEntries(Object.entries(tests).filter(([name, test]) => Object.hasOwn(given, name) && test(given[name])).map(([name]) => [name, given[name]]));

/** Returns the known members of a session that have the right types. A link can come from anybody. */
export function checked(given) {
  const found = matching(Object(given), MEMBERS);
  if (found.filters) found.filters = matching(found.filters, FILTERS);
  if (found.filters && !('from' in found.filters && 'to' in found.filters)) {
    delete found.filters.from;
    delete found.filters.to;
  }
  return found;
}

/** Yields the chunks of a stream, also where streams cannot be iterated over. @param {ReadableStream} stream */
export async function* chunksOf(stream) {
  const reader = stream.getReader();
  try {
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) yield value;
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function through(bytes, stream, most = Infinity) {
  const parts = [];
  let size = 0;
  for await (const chunk of chunksOf(new Blob([bytes]).stream().pipeThrough(stream))) {
    parts.push(chunk);
    size += chunk.length;
    if (size > most) throw new Error('its content is too large');
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Returns the fragment for a session. */
export async function pack(session) {
  const bytes = await through(new TextEncoder().encode(JSON.stringify(session)), new CompressionStream('deflate-raw'));
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `s=${btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}

/** Returns the session of a fragment, with the members that the page has; undefined for other fragments. */
export async function unpack(fragment) {
  const [, packed] = /^#?s=([\w-]+)$/.exec(fragment) ?? [];
  if (!packed) return undefined;
  try {
    const bytes = Uint8Array.from(atob(packed.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
    return checked(JSON.parse(new TextDecoder().decode(await through(bytes, new DecompressionStream('deflate-raw'), MAX_UNPACKED))));
  } catch (error) {
    throw new Error(`The shared address is corrupt (${error.message}).`);
  }
}
