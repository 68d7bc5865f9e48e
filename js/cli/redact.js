/**
 * The command `vpcflow-ecs redact`: lines without what identifies the owner of a log.
 *
 * @module
 */

import { randomFillSync } from 'node:crypto';
import { compileFormat, explain, fields } from '../node.js';
import { Input, InputError, inputName } from '../node/input.js';
import { LineRedactor } from '../redact/lines.js';
import { Redactor } from '../redact/redactor.js';
import { candidatesOf, joined, readStart } from './sample.js';
import { counted, grouped, safeText } from '../text/text.js';

/** Most words of the list of what stays, and most characters of each. */
const MOST_WORDS = 200;
const MOST_CHARACTERS = 60;
/** The start of an input that its format is detected from. */
const SAMPLE = { maxLines: 1000, maxBytes: 256 * 1024 };
/** Longer lines are redacted in parts, so that memory is bounded. */
const MAX_LINE = 16 * 1024 * 1024;

const NAMES = new Map(Object.entries({ address: ['address', 'addresses'], 'MAC address': ['MAC address', 'MAC addresses'], number: ['other number', 'other numbers'] }));

/** A run, in which equal values of all inputs get equal replacements. */
export class RedactionRun {
  #redactor = new Redactor((values) => randomFillSync(values));
  #format;
  #output;
  #stdin;
  #lines = 0;

  /** @param {{ format: string | undefined, output: import('./output.js').Output, stdin: import('node:stream').Readable }} run `format` as `compileFormat` returns it */
  constructor({ format, output, stdin }) {
    this.#format = format;
    this.#output = output;
    this.#stdin = stdin;
  }

  /**
   * Redacts a file.
   *
   * @param {string} file a path, or `-`
   * @param {import('./terminal.js').Terminal} terminal
   * @returns {Promise<boolean>} false if it could not be read to its end
   */
  async file(file, terminal) {
    const input = new Input(file, this.#stdin);
    try {
      const chunks = input[Symbol.asyncIterator]();
      const start = await readStart(chunks, SAMPLE);
      // The start decides on the format, unless it is given.
      const [detected] = candidatesOf(Buffer.concat(start.chunks), SAMPLE);
      // Each line is read by a header above it, if there is one.
      const format = this.#format ?? (detected?.origin === 'header' ? undefined : detected?.format);
      const redactor = new LineRedactor(this.#redactor, { compileFormat, explain, fields }, { layers: detected?.layers });
      for await (const lines of linesOf(joined(start, chunks))) await this.#write(lines.map((line) => redactor.line(line, { format })));
      return true;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      terminal.inputError(inputName(file), this.#lines, error);
      return false;
    }
  }

  /** @param {string[]} lines */
  async #write(lines) {
    if (lines.length === 0) return;
    this.#lines += lines.length;
    await this.#output.writeText(`${lines.join('\n')}\n`);
  }

  /** Returns what was replaced, and the words that stay. */
  report() {
    const { counts, kept } = this.#redactor.report();
    const parts = counts.map(([kind, count]) => {
      const [one, several] = NAMES.get(kind) ?? [kind, `${kind}s`];
      return `${grouped(count)} ${count === 1 ? one : several}`;
    });
    const words = kept.slice(0, MOST_WORDS).map(([word, count]) => `${safeText(word.slice(0, MOST_CHARACTERS))} (${grouped(count)})`);
    return [
      `${counted(this.#lines, 'line')}: ${parts.length > 0 ? parts.join(', ') : 'nothing'} replaced`,
      `these words stay: ${words.join(', ') || 'none'}${kept.length > MOST_WORDS ? `, and ${kept.length - MOST_WORDS} more` : ''}`,
    ].join('\n');
  }
}

/**
 * Yields the lines of an input without their line feeds, those of a chunk together.
 *
 * @param {AsyncIterable<Uint8Array>} input
 * @returns {AsyncGenerator<string[], void, undefined>}
 */
async function* linesOf(input) {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) {
      lines.push(rest);
      rest = '';
    }
    yield lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield [rest];
}
