/** Redacts the lines of a log, by the formats that it was read by. */

import { LineRedactor } from '../../js/redact/lines.js';
import { Redactor } from '../../js/redact/redactor.js';
import { HEADER } from './log.js';

/** One for the life of the page, so that all texts get equal replacements. */
const redactor = new Redactor((values) => crypto.getRandomValues(values));

/** Lines before and after that are shown, and the characters of each. */
const SAMPLES = { lines: 6, characters: 600 };

/** The latest redaction. The next one waits for it, since they share the report. */
let latest = Promise.resolve();

/**
 * Redacts a log, or those of its lines with the given numbers. `likely` is the format of ambiguous lines.
 *
 * @param {Iterable<Uint8Array> | AsyncIterable<Uint8Array>} chunks
 * @returns {Promise<{ blob: Blob, report: { counts: [string, number][], kept: [string, number][], samples: [string, string][] } }>}
 */
export function redact(chunks, api, log, known) {
  const next = latest.then(() => redactAll(chunks, api, log, known));
  latest = next.catch(() => {});
  return next;
}

async function redactAll(chunks, api, log, { likely, lines } = {}) {
  const lineRedactor = new LineRedactor(redactor, api, { layers: log?.layers });
  redactor.begin();
  const samples = [];
  let index = 0;
  const redacted = (text) => {
    const line = lines ? lines[index] : index;
    index += 1;
    const made = lineRedactor.line(text, { format: log?.formatsOf(line)[0] ?? likely, isHeader: log?.state(line) === HEADER });
    if (made !== text && samples.length < SAMPLES.lines) samples.push([text, made].map((one) => one.slice(0, SAMPLES.characters)));
    return made;
  };
  const decoder = new TextDecoder();
  const parts = [];
  let rest = '';
  for await (const chunk of chunks) {
    const texts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = texts.pop();
    parts.push(new Blob(texts.map((text) => `${redacted(text)}\n`)));
  }
  parts.push(redacted(rest + decoder.decode()));
  return { blob: new Blob(parts), report: { ...redactor.report(), samples } };
}
