// All documents at once, copied or downloaded: as NDJSON, or as a table. The writing has a progress, and can be cancelled.

import { ask, on } from './client.js';
import { button, byteSize, copy, download, element, say } from './dom.js';
import { chunksOf } from './fragment.js';
import { leaves, parseJson } from './tree.js';

/** The most that goes to the clipboard, in bytes. */
const MAX_COPIED = 8 << 20;
/** The number of documents after which the page can draw. */
const ROWS = 1000;

let progress;
on('writing', ({ share }) => {
  if (progress) progress.value = share;
});

/**
 * Returns the buttons to copy and to download all documents of the lines that are shown.
 *
 * @param {{ name: () => string, convert?: (ndjson: Blob, isCopy: boolean, isCurrent: () => boolean) => Promise<Blob | undefined> }} file
 */
export function writingTools({ name, convert = async (ndjson) => ndjson }) {
  let latest = 0;
  const bar = element('progress', { max: 1, 'aria-label': 'Writing' });
  const stop = () => {
    latest += 1;
    ask('cancelNdjson');
    end();
    say('Cancelled.');
  };
  const busy = element('span.writing', { hidden: true }, bar, button('Cancel', stop, { class: 'small' }));
  const write = async (isCopy) => {
    const mine = ++latest;
    const isCurrent = () => mine === latest && busy.isConnected;
    bar.value = 0;
    progress = bar;
    const shows = setTimeout(() => (busy.hidden = !isCurrent()), 150);
    try {
      const ndjson = await ask('ndjson');
      bar.removeAttribute('value');
      const made = ndjson && isCurrent() ? await convert(ndjson, isCopy, isCurrent) : undefined;
      if (!made || !isCurrent()) return;
      if (isCopy && made.size <= MAX_COPIED) return copy(await made.text());
      download(name(), made);
      if (isCopy) say(`${byteSize(made.size)} are too much for the clipboard, and were saved as a file.`);
    } catch (error) {
      say(`The documents could not be written: ${error.message}`);
    } finally {
      clearTimeout(shows);
      if (mine === latest) end();
    }
  };
  const end = () => (busy.hidden = true);
  return [busy, button('Copy', () => write(true), { class: 'small' }), button('Download', () => write(false), { class: 'small' })];
}

/** Yields the lines of a blob. */
async function* linesOf(blob) {
  let rest = '';
  for await (const chunk of chunksOf(blob.stream().pipeThrough(new TextDecoderStream()))) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    yield* lines;
  }
  if (rest) yield rest;
}

/** Calls a function with the leaves of each document. Returns false if that was cancelled. */
async function eachDocument(ndjson, isCurrent, use) {
  let count = 0;
  for await (const line of linesOf(ndjson)) {
    use(leaves(parseJson(line)));
    if (++count % ROWS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (!isCurrent()) return false;
  }
  return true;
}

/** Returns a value as a cell: without the quotes of JSON, and never as a formula, which a spreadsheet would run. */
function cell(raw, separator) {
  if (raw === undefined) return '';
  const text = raw[0] === '"' ? JSON.parse(raw) : raw;
  // A text such as -2+3 is a formula, too, and -2 is not.
  const safe = /^[=+@\t\r]|^-(?![\d.]+$)/.test(text) ? `'${text}` : text;
  return safe.includes(separator) || /["\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * Returns documents as a table with a column for each key: separated by tabs for the clipboard, else by commas.
 *
 * @param {(paths: string[]) => string[]} ordered puts the columns in order
 */
export const asTable = (ordered) => async (ndjson, isCopy, isCurrent) => {
  const separator = isCopy ? '\t' : ',';
  const found = new Set();
  if (!(await eachDocument(ndjson, isCurrent, (values) => { for (const path of values.keys()) found.add(path); }))) return undefined;
  const columns = ordered([...found]);
  const parts = [`${columns.join(separator)}\r\n`];
  const add = (values) => {
    parts.push(`${columns.map((path) => cell(values.get(path), separator)).join(separator)}\r\n`);
    if (parts.length > ROWS) parts.splice(0, parts.length, new Blob(parts));
  };
  return (await eachDocument(ndjson, isCurrent, add)) ? new Blob(parts, { type: isCopy ? 'text/plain' : 'text/csv' }) : undefined;
};
