// All documents of a log as NDJSON. The text is parsed again in chunks, as `vpcflow-ecs` does, and not line by line.

import { hasDocument } from './log.js';
import { pause } from './pause.js';

const LINE_FEED = 10;
/** The number of the latest writing. An earlier one ends. */
let latest = 0;

export function cancelNdjson() {
  latest += 1;
}

/**
 * Returns the documents of a log; undefined if the writing was cancelled.
 *
 * @param {import('./log.js').Log} log
 * @param {import('../../js/index.js').Parser} parser a new one, for the schema of the documents; it is freed
 * @param {Uint8Array | undefined} marks a 1 for each line whose document is wanted; undefined for all
 * @param {{ isCurrent: () => boolean, onprogress: (bytes: number) => void }} writing
 * @returns {Promise<Blob | undefined>}
 */
export async function ndjsonOf(log, parser, marks, { isCurrent, onprogress }) {
  const mine = ++latest;
  const parts = [];
  let line = 0;
  const take = (output) => {
    if (!marks) return parts.push(new Blob([output]));
    const wanted = [];
    for (let at = 0, end; at < output.length; at = end) {
      end = output.indexOf(LINE_FEED, at) + 1;
      // Documents are in the order of their lines.
      while (line < log.lines && !hasDocument(log.state(line))) line += 1;
      if (marks[line]) wanted.push(output.subarray(at, end));
      line += 1;
    }
    return parts.push(new Blob(wanted));
  };
  let read = 0;
  try {
    for await (const chunk of log.store.chunks(log.bytes)) {
      take(parser.push(chunk));
      read += chunk.length;
      onprogress(read);
      // A request to cancel runs now.
      await pause();
      if (mine !== latest || !isCurrent()) return undefined;
    }
    if (!log.isWhole) parser.cut();
    take(parser.end());
  } catch (error) {
    // The error ended the reading of the log, too, and is reported there.
    if (!error.code) throw error;
    if (error.output) take(error.output);
  } finally {
    parser.free();
  }
  return new Blob(parts, { type: 'application/x-ndjson' });
}
