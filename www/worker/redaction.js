/** Redacts the lines of a log, by the formats that it was read by. */

import { LineRedactor } from '../js/redact/lines.js';
import { Redactor } from '../js/redact/redactor.js';
import { HEADER } from './log.js';

/** One for the life of the page, so that all texts get equal replacements. */
const redactor = new Redactor((values) => crypto.getRandomValues(values));

/** Lines before and after that are shown, and the characters of each. */
const SAMPLES = { lines: 6, characters: 600 };

/**
 * Redacts a log, or those of its lines with the given numbers. `likely` is the format of ambiguous lines.
 *
 * @returns {{ blob: Blob, report: { counts: [string, number][], kept: [string, number][], samples: [string, string][] } }}
 */
export function redact(bytes, api, log, { likely, lines } = {}) {
  const lineRedactor = new LineRedactor(redactor, api, { layers: log?.layers });
  redactor.begin();
  const samples = [];
  const redacted = new TextDecoder().decode(bytes).split('\n').map((text, index) => {
    const line = lines ? lines[index] : index;
    const made = lineRedactor.line(text, { format: log?.formatsOf(line)[0] ?? likely, isHeader: log?.state(line) === HEADER });
    if (made !== text && samples.length < SAMPLES.lines) samples.push([text, made].map((one) => one.slice(0, SAMPLES.characters)));
    return made;
  });
  return { blob: new Blob([redacted.join('\n')]), report: { ...redactor.report(), samples } };
}
