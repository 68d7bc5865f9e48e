/**
 * A file of lines that were not delivered: bad lines, and those whose documents were refused. It is NDJSON that can be
 * shipped again.
 *
 * @module
 */

import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { compileFormat } from 'vpcflow-ecs';
import { ShipError } from './errors.js';
import { entryOf } from './letters.js';
import { lastHeader } from './replay.js';

const TAIL_BYTES = 64 * 1024;
const LINE_FEED = 10;

export class DeadLetter {
  #path;
  #file;
  #size;
  #isFile;
  /** @type {Set<string>} lines that an earlier run has written and not acknowledged */
  #known;
  #Parser;
  /** @type {Promise<void>} */
  #last = Promise.resolve();

  /**
   * @param {string} path
   * @param {object} facts
   * @param {import('node:fs/promises').FileHandle} facts.file
   * @param {number} facts.size
   * @param {boolean} facts.isFile
   * @param {Set<string>} facts.known
   * @param {new (options: any) => import('../index.js').Parser} facts.Parser
   */
  constructor(path, { file, size, isFile, known, Parser }) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
    this.#isFile = isFile;
    this.#known = known;
    this.#Parser = Parser;
  }

  /**
   * Opens a file to append to. A last line that an earlier run did not finish is removed: it will be written again.
   *
   * @param {string} path
   * @param {{ checkpoint?: import('./checkpoint.js').Checkpoint | undefined, Parser: new (options: any) => import('../index.js').Parser }} options
   *   with a checkpoint, lines that are written and not acknowledged are not written twice
   */
  static async open(path, { checkpoint, Parser }) {
    try {
      const file = await open(path, 'a+');
      const stat = await file.stat();
      const size = stat.isFile() ? await repair(file, stat.size) : 0;
      const known = checkpoint && size > 0 ? await pendingIn(path, checkpoint) : new Set();
      return new DeadLetter(path, { file, size, isFile: stat.isFile(), known: /** @type {Set<string>} */ (known), Parser });
    } catch (error) {
      throw failure(path, 'opened', error);
    }
  }

  /**
   * Writes bad lines of a segment.
   *
   * @param {import('./lines.js').Segment} segment
   * @param {import('../index.js').FlowLogError[]} bad
   */
  async writeBad(segment, bad) {
    const lines = segment.lines();
    await this.#write(bad.map((error) => {
      const index = (error.lineNumber ?? 0) - segment.firstLine;
      const line = lines[index] ?? Buffer.from(error.input ?? '');
      const header = segment.hasHeader
        ? lastHeader(Buffer.concat(lines.slice(0, index).flatMap((each) => [each, Buffer.from('\n')])), this.#Parser, segment.options)
        : undefined;
      const isCut = segment.isTruncated && index >= lines.length - 1;
      return {
        segment, line, isCut, lineNumber: error.lineNumber, header: header ?? segment.header(), type: error.code, reason: error.message,
      };
    }));
  }

  /**
   * Writes lines whose documents were refused.
   *
   * @param {ReturnType<typeof import('./replay.js').originsOf>} origins
   */
  async writeRejected(origins) {
    await this.#write(origins.map(({ rejection, ...origin }) => ({ ...origin, ...rejection })));
  }

  /**
   * @param {{ segment: import('./lines.js').Segment, line: Buffer | undefined, lineNumber: number | undefined,
   *   header: string | undefined, type: string, reason: string, status?: number, document?: Buffer, isCut?: boolean }[]} items
   */
  async #write(items) {
    const time = new Date().toISOString();
    const text = items.map(({ segment, line, lineNumber, header, type, status, reason, document, isCut }) => {
      const { name } = segment.object.object;
      if (lineNumber !== undefined && this.#known.delete(keyOf(name, lineNumber))) return '';
      const format = header === undefined ? segment.inferred : formatOf(header);
      /** @type {import('./letters.js').Entry} */
      const entry = {
        dead_letter: {
          object: name,
          ...(lineNumber !== undefined && { line: lineNumber }),
          time, type, reason,
          ...(status !== undefined && { status }),
          ...(format !== undefined && { format }),
          ...(segment.layers.length > 0 && { layers: segment.layers }),
          ...(isCut && { cut: true }),
        },
        ...(line !== undefined ? textOf(line) : { document: String(document) }),
      };
      return `${JSON.stringify(entry)}\n`;
    }).join('');
    if (text === '') return;
    const written = this.#last.then(() => this.#append(Buffer.from(text)));
    // The next one does not fail because this one did.
    this.#last = written.catch(() => {});
    await written;
  }

  /** @param {Buffer} bytes */
  async #append(bytes) {
    try {
      for (let start = 0; start < bytes.length;) start += (await this.#file.write(bytes, start)).bytesWritten;
      if (this.#isFile) await this.#file.datasync();
      this.#size += bytes.length;
    } catch (error) {
      if (this.#isFile) await this.#file.truncate(this.#size).catch(() => {});
      throw failure(this.#path, 'written', error);
    }
  }

  async close() {
    await this.#last;
    await this.#file.close();
  }
}

/** @param {string} path @param {string} what @param {unknown} error */
function failure(path, what, error) {
  const reason = error instanceof Error ? error.message : String(error);
  return new ShipError(`the dead-letter file ${path} cannot be ${what}: ${reason}`, { code: 'dead_letter', cause: error });
}

/** @param {string} name @param {number} line */
function keyOf(name, line) {
  return `${line} ${name}`;
}

/** Returns a line as text, or as base64 if it is not UTF-8. @param {Buffer} line */
function textOf(line) {
  const message = line.toString();
  return Buffer.from(message).equals(line) ? { message } : { message_base64: line.toString('base64') };
}

/** Returns the format of a header, as AWS writes it. @param {string} header */
function formatOf(header) {
  try {
    return compileFormat(header.trim()).format;
  } catch {
    return undefined;
  }
}

/**
 * Removes a line that has no end; returns the size without it.
 *
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} size
 */
async function repair(file, size) {
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    const feed = buffer.lastIndexOf(LINE_FEED);
    end = start + feed + 1;
    if (feed >= 0) break;
  }
  if (end < size) await file.truncate(end);
  return end;
}

/**
 * Returns the lines of a file that belong to objects that are not acknowledged up to there.
 *
 * @param {string} path
 * @param {import('./checkpoint.js').Checkpoint} checkpoint
 */
async function pendingIn(path, checkpoint) {
  /** @type {Set<string>} */
  const keys = new Set();
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const { object, line } = entryOf(text).dead_letter;
    if (line !== undefined && line > checkpoint.reached(object)) keys.add(keyOf(object, line));
  }
  return keys;
}
