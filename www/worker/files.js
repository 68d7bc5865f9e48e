// Files and pasted texts, decoded to lines.

import { joined } from '../../js/decode/bytes.js';
import { pause } from './pause.js';

/** Compressed files stay files: their text cannot be edited. */
const PACKED = ['gzip', 'zstd', 'parquet'];

/** The length of the text that a format is detected from. */
const SAMPLE_BYTES = 256 * 1024;
const PROGRESS_INTERVAL = 100;
/** A script of its own on the site, which is not joined with the others because it has no literal name here. */
const PARQUET = './parquet.js';

const decoder = new TextDecoder();

/** Decodes an input. Without layers, only compression and UTF-16 are decoded. */
export const decoded = (api, input, layers) => api.decode(input, { layers, parquet: () => import(PARQUET) });

/** Returns the text of a small input and its layers; undefined for others, and for those that cannot be decoded. */
export async function smallText(api, input, most, layers = true) {
  const found = decoded(api, input, layers);
  const chunks = [];
  let length = 0;
  try {
    for await (const chunk of found) {
      length += chunk.length;
      if (length > most || chunk.includes(0)) return undefined;
      chunks.push(chunk.slice());
    }
  } catch (error) {
    if (typeof input !== 'string') return undefined;
    return { text: input, layers: [], warnings: [error.message] };
  }
  const { layers: outer, warnings } = found;
  if (PACKED.includes(outer[0])) return undefined;
  const text = decoder.decode(joined(chunks)).replaceAll('\r\n', '\n');
  if (text.includes('\r')) return undefined;
  return layers ? { ...apart(api, text, outer), warnings } : { text, layers: outer, warnings };
}

/** Puts records with tabs between them on lines of their own. */
function apart(api, text, layers) {
  if (!text.includes('\t')) return { text, layers };
  const parser = new api.Parser({ onError: 'skip' });
  try {
    parser.toNdjson(text);
    return parser.layers.includes('tabs') ? { text: text.replaceAll('\t', '\n'), layers: [...layers, 'tabs'] } : { text, layers };
  } catch {
    return { text, layers };
  } finally {
    parser.free();
  }
}

/**
 * Reads files into a log, one after the other.
 *
 * @param {import('./log.js').Log} log
 * @param {{ layers?: boolean, isCurrent: () => boolean, onprogress: (read: number, outer: string[]) => void }} reading ends as
 *   soon as it is not current
 */
export async function readInto(log, api, files, { layers, isCurrent, onprogress }) {
  const around = { outer: [], oddities: [], sample: '', warning: undefined };
  let [before, reported] = [0, 0];
  let isPlain;
  const take = (bytes) => {
    if (around.sample.length < SAMPLE_BYTES) around.sample += new TextDecoder().decode(bytes.subarray(0, SAMPLE_BYTES));
    if (!isPlain) log.store.add(bytes.slice());
    log.feed(bytes);
  };
  for (const file of files) {
    let last = 10;
    const found = decoded(api, file, layers);
    try {
      for await (const bytes of found) {
        if (!isCurrent()) break;
        // The text of a file without layers is not copied.
        if (isPlain === undefined && (isPlain = files.length === 1 && found.layers.length === 0)) log.store.addBlob(file);
        if (around.outer.length === 0) around.outer = found.layers;
        take(bytes);
        last = bytes.at(-1) ?? last;
        if (performance.now() - reported < PROGRESS_INTERVAL) continue;
        reported = performance.now();
        onprogress(before + found.bytesRead, around.outer);
        await pause();
      }
    } catch (error) {
      around.warning = `${files.length > 1 ? file.name : 'It'} could not be read to its end: ${error.message}`;
    }
    before += file.size;
    around.oddities.push(...found.warnings.map((oddity) => `${file.name}: ${oddity}`));
    if (!isCurrent()) break;
    if (last !== 10 && files.length > 1) take(Uint8Array.of(10));
  }
  return around;
}
