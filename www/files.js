// Files that were dropped or selected: logs and databases.

import { ask } from './client.js';
import { say } from './dom.js';

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
    const bytes = new Uint8Array(await logs[0].arrayBuffer());
    const isText = !bytes.subarray(0, 4096).some((byte) => byte === 0) && !(bytes[0] === 0x1f && bytes[1] === 0x8b);
    const text = isText && new TextDecoder().decode(bytes);
    if (text && !/^PK|^PAR1/.test(text) && !/\r(?!\n)/.test(text)) return { logs: [], small: text.replaceAll('\r\n', '\n') };
  }
  return { logs };
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
