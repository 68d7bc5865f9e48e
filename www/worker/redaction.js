/** Redacts a log line by line, with what is known of its fields. */

import { Redactor } from '../redact.js';

/** One for the life of the page: what was replaced once is replaced alike ever after. */
const redactor = new Redactor((values) => crypto.getRandomValues(values));
const FEW = 2000;

export async function redactBlob(bytes, api, log) {
  const parts = [];
  const lines = new TextDecoder().decode(bytes).split('\n');
  const names = new Map();
  const namesOf = (format) => {
    if (!format) return undefined;
    if (!names.has(format)) names.set(format, api.compileFormat(format).fields.map(({ name }) => name));
    return names.get(format);
  };
  for (const [index, line] of lines.entries()) {
    const [format] = log?.formatsOf(index) ?? [];
    const count = line.trim().split(/\s+/).length;
    const fields = namesOf(format) ?? (lines.length < FEW && count > 1 ? namesOf(api.explain(line.slice(0, 1 << 20)).format) : undefined);
    parts.push(redactor.line(line, fields?.length === count ? fields : undefined));
  }
  return new Blob([parts.join('\n')]);
}
