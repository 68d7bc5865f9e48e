// Files that were dropped or selected: logs and databases.

import { ask } from './client.js';
import { say } from './dom.js';
import { MAX_TYPED } from './editor.js';

/** The marker before the metadata at the end of a MaxMind database. */
const MARKER = '\xab\xcd\xefMaxMind.com';
const TAIL = 128 * 1024;
/** The size in bytes below which a plain text goes to the text box, where it can be edited. */
const SMALL = 400_000;

/**
 * Loads databases of places and autonomous systems, and returns the other files: logs, or the text of one small log.
 *
 * @param {File[]} files
 * @param {() => void} onenriched called when a database was loaded
 */
export async function acceptFiles(files, onenriched) {
  const logs = [];
  for (const file of files) {
    const kind = await databaseKind(file);
    if (!kind) logs.push(file);
    else await useDatabase(file, kind, onenriched);
  }
  if (logs.length === 1 && logs[0].size < SMALL) {
    const small = await ask('decode', { input: logs[0], most: SMALL });
    if (small?.layers.length || small?.warnings.length) small.original = (await ask('decode', { input: logs[0], most: SMALL, layers: false }))?.text ?? small.text;
    if (small) return { logs: [], small };
  }
  return { logs };
}

/** Returns a text decoded, if it looks like one with layers that lines do not have. */
export async function decodedText(text) {
  if (!/^\s*(?:[[{]|"?(?:H4sI|KLUv|ey[IJA-Z]|W3[si]|WyJ))|\t/i.test(text)) return undefined;
  const found = await ask('decode', { input: text, most: 4 * text.length + SMALL });
  return found?.layers.length || found?.warnings.length ? found : undefined;
}

/** Returns `city`, `asn` or `country` for a database, by its metadata. */
async function databaseKind(file) {
  const tail = await file.slice(-TAIL).arrayBuffer();
  const text = new TextDecoder('latin1').decode(tail);
  const at = text.lastIndexOf(MARKER);
  if (at < 0) return /\.mmdb$/i.test(file.name) ? 'city' : undefined;
  const [, type] = /database_type.([\w -]{3,40})/s.exec(text.slice(at)) ?? [];
  if (/ASN|ISP/i.test(type)) return 'asn';
  return /Country/i.test(type) ? 'country' : 'city';
}

async function useDatabase(file, kind, onenriched) {
  say(`Loading ${file.name} …`);
  try {
    const known = await ask('geo', { kind, bytes: new Uint8Array(await file.arrayBuffer()) });
    say(`Documents now have the ${known.map((name) => ({ city: 'cities', asn: 'autonomous systems', country: 'countries' })[name]).join(' and ')} of public addresses.`);
    onenriched();
  } catch (error) {
    say(`${file.name} cannot be used: ${error.message}`);
  }
}

/** True if a text is longer than the text box can hold. */
export const isLong = (text) =>
  text.length > MAX_TYPED.characters || countOf(text) > MAX_TYPED.lines || /[^\n]{20001}/.test(text);

/** Returns the number of lines of a text, or one more than the text box can hold. */
const countOf = (text) => {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0 && count <= MAX_TYPED.lines; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
};
