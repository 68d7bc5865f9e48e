/**
 * The command `vpcflow-ecs test`: cases, and how their results differ from what they expect.
 *
 * @module
 */

import { isUtf8 } from 'node:buffer';
import { createReadStream, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { FlowLogError, Parser } from '../node.js';
import { messageOf } from './arguments.js';
import { LIMITS, caseText, readCase } from '../cases/case.js';
import { differencesOf } from '../cases/differences.js';
import { CaseError, placeOf } from '../cases/json.js';
import { accepted, resultsOf } from '../cases/results.js';
import { styled } from './style.js';
import { counted, safeText } from '../text/text.js';

/** Most lines of a case that are printed, and most keys of a line; the others are counted. */
const MOST_LINES = 20;
const MOST_KEYS = 50;
/** Most characters of a value. */
const MOST_TEXT = 300;

/** A run of cases, which prints their results one after the other. */
export class CaseRun {
  #stdin;
  #output;
  #isQuiet;
  #updates;
  #isTap;
  #color;
  #started = performance.now();
  #number = 0;
  #counts = { cases: 0, lines: 0, failed: 0, differing: 0, unreadable: 0, updated: 0 };

  /**
   * @param {object} run
   * @param {NodeJS.ReadStream} run.stdin
   * @param {import('./output.js').Output} run.output
   * @param {boolean} run.update
   * @param {boolean} run.tap
   * @param {boolean} run.quiet
   * @param {boolean} run.color
   */
  constructor({ stdin, output, update, tap, quiet, color }) {
    this.#stdin = stdin;
    this.#output = output;
    this.#updates = update;
    this.#isTap = tap;
    this.#isQuiet = quiet;
    this.#color = color && !tap;
  }

  /** True if every case is as expected, or was updated. */
  get isFine() {
    return this.#counts.failed === 0 && this.#counts.unreadable === 0;
  }

  /** Runs the case of a file. @param {string} path */
  async file(path) {
    const name = path === '-' ? 'standard input' : path;
    let text;
    try {
      text = await this.#read(path);
    } catch (error) {
      const isKnown = error instanceof CaseError || (error instanceof Error && 'syscall' in error);
      if (!isKnown) throw error;
      return this.unreadable(name, error instanceof CaseError ? error.problem : `cannot be read: ${messageOf(error)}`);
    }
    try {
      return await this.#run(path, name, readCase(text), text);
    } catch (error) {
      if (!(error instanceof CaseError)) throw error;
      return this.unreadable(`${name}:${error.line}:${error.column}`, error.problem);
    }
  }

  /** Prints that a file is not a case or cannot be read. @param {string} name @param {string} problem */
  async unreadable(name, problem) {
    this.#counts.unreadable += 1;
    const message = safeText(problem);
    if (this.#isTap) await this.#point(false, name, { lines: [message] });
    else await this.#print(`${this.#painted('bold', `${safeText(name)}:`)} ${message}`);
  }

  /** Prints the counts. */
  async end() {
    const { cases, lines, failed, differing, unreadable, updated } = this.#counts;
    if (this.#isTap) return this.#print(`1..${this.#number}`);
    const parts = [
      `${cases - failed - updated} passed`, `${failed} failed`,
      ...(updated > 0 ? [`${updated} updated`] : []), ...(unreadable > 0 ? [`${unreadable} could not be read`] : []),
    ];
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(2);
    const difference = differing > 0 ? ` (${counted(differing, 'line')} ${differing === 1 ? 'differs' : 'differ'})` : '';
    if (this.#isQuiet && this.isFine) return undefined;
    return this.#print(`${counted(cases, 'case')}, ${counted(lines, 'line')}: ${parts.join(', ')}${difference} in ${seconds} s`);
  }

  /** @param {string} path @param {string} name @param {ReturnType<typeof readCase>} given @param {string} text of the file */
  async #run(path, name, { offsets, ...given }, text) {
    let found;
    try {
      found = resultsOf({ Parser, FlowLogError }, given);
    } catch (error) {
      if (!(error instanceof FlowLogError)) throw error;
      const member = error.code === 'invalid_option' ? 'options' : 'format';
      const column = error.column === undefined ? '' : `, column ${error.column} of it`;
      throw new CaseError(`${member}${column}: ${error.problem}`, placeOf(text, offsets.get(member) ?? 0));
    }
    const differing = differencesOf(given, found);
    this.#counts.cases += 1;
    this.#counts.lines += given.lines.length;
    const title = given.name === undefined ? name : `${name} (${given.name})`;
    if (differing.length === 0) return this.#isTap ? this.#point(true, title) : undefined;
    if (this.#updates) {
      replaceFile(path, caseText(accepted(given, found)));
      this.#counts.updated += 1;
      if (this.#isTap) return this.#point(true, title, { comment: ' # updated' });
      return this.#isQuiet ? undefined : this.#print(`${this.#painted('bold', `${safeText(name)}:`)} updated: ${counted(differing.length, 'line')}`);
    }
    this.#counts.failed += 1;
    this.#counts.differing += differing.length;
    const lines = this.#differencesText(differing);
    if (this.#isTap) return this.#point(false, title, { lines });
    return this.#print([`${this.#painted('bold', `${safeText(title)}:`)} ${counted(differing.length, 'line')} of ${given.lines.length} ${differing.length === 1 ? 'differs' : 'differ'}`, ...lines].join('\n'));
  }

  /** @param {ReturnType<typeof differencesOf>} differing @returns {string[]} */
  #differencesText(differing) {
    const shown = differing.slice(0, MOST_LINES).flatMap(({ line, text, differences }) => [
      line === 0 ? '  the input as a whole' : `  line ${line}: ${this.#painted('dim', cut(text, 120))}`,
      ...differences.slice(0, MOST_KEYS).flatMap(({ path, expected, found }) => [
        `    ${safeText(path)}`,
        `      expected ${this.#painted('green', cut(expected))}`,
        `      found    ${this.#painted('red', cut(found))}`,
      ]),
      ...(differences.length > MOST_KEYS ? [`    ${differences.length - MOST_KEYS} more keys`] : []),
    ]);
    return differing.length > MOST_LINES ? [...shown, `  ${differing.length - MOST_LINES} more lines`] : shown;
  }

  /** Prints a test point of TAP. @param {boolean} isGood @param {string} title @param {{ lines?: string[], comment?: string }} [more] */
  async #point(isGood, title, { lines = [], comment = '' } = {}) {
    if (this.#number === 0) await this.#print('TAP version 14');
    this.#number += 1;
    const description = safeText(title).replace(/[\\#]/g, '\\$&') + comment;
    const details = lines.length > 0 ? ['  ---', '  message: |', ...lines.map((line) => `    ${line}`), '  ...'] : [];
    await this.#print([`${isGood ? 'ok' : 'not ok'} ${this.#number} - ${description}`, ...details].join('\n'));
  }

  /** @param {string} text */
  async #print(text) {
    await this.#output.writeText(`${text}\n`);
  }

  /** @param {import('./style.js').Style} style @param {string} text */
  #painted(style, text) {
    return styled(text, style, this.#color);
  }

  /** Reads a file, but no more than a case may have. @param {string} path */
  async #read(path) {
    const parts = [];
    let bytes = 0;
    for await (const chunk of path === '-' ? this.#stdin : createReadStream(path)) {
      const part = Buffer.from(chunk);
      parts.push(part);
      bytes += part.length;
      if (bytes > LIMITS.bytes) throw new CaseError(`a case file has at most ${LIMITS.bytes} bytes`, { line: 1, column: 1 });
    }
    return textOf(Buffer.concat(parts));
  }
}

/** Decodes a file. @param {Buffer} bytes @returns {string} */
function textOf(bytes) {
  if (isUtf8(bytes)) return bytes.toString();
  // Up to the first wrong byte, the text has the same bytes again.
  const again = Buffer.from(bytes.toString());
  let offset = bytes.findIndex((byte, index) => byte !== again[index]);
  if (offset < 0) offset = bytes.length;
  while (!isUtf8(bytes.subarray(0, offset))) offset -= 1;
  throw new CaseError(`is not UTF-8: the byte at offset ${offset} is wrong`, { line: 1, column: 1 });
}

/** Replaces the text of a file, which is whole at each time: the new one is written beside it. @param {string} path @param {string} text */
function replaceFile(path, text) {
  const target = realpathSync(path);
  const made = `${target}.${process.pid}.new`;
  try {
    writeFileSync(made, text, { mode: statSync(target).mode, flag: 'wx' });
    renameSync(made, target);
  } catch (error) {
    rmSync(made, { force: true });
    throw error;
  }
}

/** Returns a text that is safe to show and not too long. @param {string} text @param {number} [most] in characters */
function cut(text, most = MOST_TEXT) {
  const characters = [...text.slice(0, 2 * most)];
  return safeText(characters.length > most || text.length > 2 * most ? `${characters.slice(0, most).join('')}…` : text);
}
