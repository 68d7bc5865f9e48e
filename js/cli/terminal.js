/**
 * Standard error: located errors, the progress line, the summary.
 *
 * @module
 */

import { candidatesText, percent } from './candidates.js';
import { excerpt } from './excerpt.js';
import { styled } from './style.js';
import { byteSize, counted, grouped, safeText } from '../text/text.js';

/** Milliseconds before the progress line appears, and between two of its states. */
const PROGRESS_DELAY = 500;
const PROGRESS_INTERVAL = 100;
const PLAIN_PROGRESS_INTERVAL = 10_000;

const MAX_WIDTH = 160;
const CLEAR_LINE = '\r\x1b[2K';

export class Terminal {
  #stream;
  #color;
  #showProgress;
  /** Most bad lines that are printed. */
  maxErrors = Infinity;
  /** True to print a line of progress every ten seconds where there is no terminal. */
  plainProgress = false;
  /** True to print errors only. */
  isQuiet = false;
  #errorCount = 0;
  /** @type {Map<string, number>} the errors that are not printed, by their codes */
  #hidden = new Map();
  #hiddenInputs = 0;
  /** @type {Set<string>} */
  #warnings = new Set();
  #started = performance.now();
  #nextProgress = PROGRESS_DELAY;
  #hasProgressLine = false;

  /**
   * @param {import('node:stream').Writable & { isTTY?: boolean, columns?: number }} stream
   * @param {{ color: boolean, showProgress: boolean }} style
   */
  constructor(stream, { color, showProgress }) {
    this.#stream = stream;
    this.#color = color;
    this.#showProgress = showProgress;
    // Nobody reads the errors: no reason to stop.
    stream.on('error', () => {});
  }

  /** Sets colours and the progress line otherwise. @param {{ color: boolean, showProgress: boolean }} style */
  restyle({ color, showProgress }) {
    this.#color = color;
    this.#showProgress = showProgress;
  }

  /** Prints something that is not an error. @param {string} text one or more lines */
  #note(text) {
    if (!this.isQuiet) this.print(text);
  }

  /** @param {string} text one or more lines */
  print(text) {
    if (this.#hasProgressLine) this.#stream.write(CLEAR_LINE);
    this.#hasProgressLine = false;
    this.#stream.write(`${text}\n`);
  }

  /**
   * Prints the error of a bad line, and the line with carets.
   *
   * @param {string} name of the input
   * @param {import('../index.js').FlowLogError} error
   */
  lineError(name, error) {
    this.#errorCount += 1;
    if (this.#errorCount > this.maxErrors) {
      this.#hidden.set(error.code, (this.#hidden.get(error.code) ?? 0) + 1);
      return;
    }
    this.print(`${this.#bold(`${safeText(name)}:`)} ${safeText(error.message)}`);
    if (error.input !== undefined) this.#printExcerpt(error.input, error.column, error.found);
  }

  /**
   * Prints the formats that an input may have, and how to choose one.
   *
   * @param {import('../index.js').FormatCandidate[]} candidates
   */
  candidates(candidates) {
    if (candidates.length === 0) return;
    this.print(`\n${candidatesText(candidates, { color: this.#color, option: '--format' })}
Choose with the option --format: copy the text above, names corrected where they are wrong.
Or take the first candidate with --accept. vpcflow-ecs detect shows this again; its --max-lines takes more lines into account.\n`);
  }

  /**
   * Prints the format that was inferred from an input's lines.
   *
   * @param {string} name of the input
   * @param {string} format as AWS writes it
   */
  inferred(name, format) {
    this.#note(`${this.#bold(`${safeText(name)}:`)} read by the format of its lines: '${safeText(format)}'`);
  }

  /**
   * Prints the layers around an input's records.
   *
   * @param {string} name of the input
   * @param {string[]} layers from outside in
   */
  layers(name, layers) {
    this.#note(`${this.#bold(`${safeText(name)}:`)} records inside ${safeText(layers.join(' › '))}`);
  }

  /**
   * Prints the open format that an input is read by because the user accepts it.
   *
   * @param {string} name of the input
   * @param {import('../index.js').FormatCandidate} candidate
   */
  accepted(name, { format, confidence, unresolved }) {
    const open = unresolved.filter(({ alternatives }) => alternatives.length > 0).map(({ index }) => index + 1);
    const columns = open.length > 0 ? `, columns ${open.join(', ')} open` : '';
    this.#note(`${this.#bold(`${safeText(name)}:`)} accepted the likeliest format (${percent(confidence)}${columns}): '${safeText(format)}'`);
  }

  /**
   * Prints that the likeliest format of lines is not accepted.
   *
   * @param {string} name
   * @param {import('../index.js').FormatCandidate} candidate
   */
  refused(name, { confidence }) {
    this.print(`${this.#bold(`${safeText(name)}:`)} did not accept the likeliest format (${percent(confidence)}): no column has values that only flow logs have`);
  }

  /**
   * Prints why an input could not be read to its end.
   *
   * @param {string} name
   * @param {number} lines that were read
   * @param {Error} error
   */
  inputError(name, lines, error) {
    this.#errorCount += 1;
    if (this.#errorCount > this.maxErrors) {
      this.#hiddenInputs += 1;
      return;
    }
    const place = lines > 0 ? `after line ${lines}: ` : '';
    this.print(`${this.#bold(`${safeText(name)}:`)} ${place}${safeText(error.message)}`);
  }

  /**
   * Prints why the command was used wrongly, or cannot continue.
   *
   * @param {string} message
   * @param {{ text: string, column: number, found?: string }} [place] where in an argument
   */
  commandError(message, place) {
    this.print(`${this.#bold('vpcflow-ecs:')} ${safeText(message)}`);
    if (place) this.#printExcerpt(place.text, place.column, place.found);
  }

  /**
   * Prints a warning, unless it has been printed.
   *
   * @param {string} message
   */
  warning(message) {
    if (this.#warnings.has(message)) return;
    this.#warnings.add(message);
    if (!this.isQuiet) this.commandError(`warning: ${message}`);
  }

  /**
   * Shows how far the work is: as a line that is replaced on a terminal, else as a line now and then where `plainProgress` asks
   * for it.
   *
   * @param {Progress} progress
   */
  progress(progress) {
    if (this.isQuiet || (!this.#showProgress && !this.plainProgress)) return;
    const elapsed = performance.now() - this.#started;
    if (elapsed < this.#nextProgress) return;
    const parts = progressParts(progress, elapsed);
    if (!this.#showProgress) {
      // The first one, too, comes after a while.
      if (this.#nextProgress > PROGRESS_DELAY) this.print(parts.join(', '));
      this.#nextProgress = elapsed + PLAIN_PROGRESS_INTERVAL;
      return;
    }
    this.#nextProgress = elapsed + PROGRESS_INTERVAL;
    const { read, total } = progress;
    const text = [...(total ? [bar(read / total)] : []), ...parts].join('  ').slice(0, (this.#stream.columns || 80) - 1);
    this.#stream.write(CLEAR_LINE + text);
    this.#hasProgressLine = true;
  }

  /** Prints the counts of shipping. @param {import('../ship/index.js').ShipResult} result */
  shipped({ objects, skipped, failed, events, created, duplicates, rejected, errors, retries, bytesSent, seconds, isStopped }) {
    this.#printHidden();
    /** @type {[number, string][]} */
    const notes = [
      [skipped, 'acknowledged before'], [failed.length, 'failed'],
    ];
    const noted = notes.filter(([count]) => count > 0).map(([count, note]) => `${grouped(count)} ${note}`).join(', ');
    const outcomes = [`${grouped(created)} created`];
    if (duplicates > 0) outcomes.push(counted(duplicates, 'duplicate'));
    if (rejected > 0) outcomes.push(`${grouped(rejected)} refused`);
    if (errors > 0) outcomes.push(counted(errors, 'bad line'));
    if (retries > 0) outcomes.push(retriesText(retries));
    const sent = bytesSent > 0 ? `, ${byteSize(bytesSent)} sent` : '';
    const start = `${isStopped ? 'stopped: ' : ''}${counted(objects, 'object')}${noted && ` (${noted})`}`;
    this.print(`${start}, ${counted(events, 'event')}: ${outcomes.join(', ')}${sent} in ${seconds.toFixed(2)} s`);
  }

  /** The seconds since the start. */
  get seconds() {
    return (performance.now() - this.#started) / 1000;
  }

  /** @param {import('./convert.js').Totals} totals @param {{ isInterrupted?: boolean }} [end] */
  summary({ files, unreadable, lines, records, omitted, headers, blanks, errors, nodata, skipdata, withoutTime }, { isInterrupted = false } = {}) {
    this.#printHidden();
    const seconds = this.seconds.toFixed(2);
    const inputs = counted(files, 'file') + (unreadable > 0 ? ` (${unreadable} not read to the end)` : '');
    /** @type {[number, string][]} */
    const kinds = [[records, 'record'], [headers, 'header'], [blanks, 'blank'], [errors, 'error']];
    const counts = kinds.map(([count, noun]) => counted(count, noun)).join(', ');
    /** @type {[number, string][]} */
    const notes = [[nodata, 'NODATA'], [skipdata, 'SKIPDATA'], [omitted, 'omitted'], [withoutTime, 'without a time']];
    const noted = notes.filter(([count]) => count > 0).map(([count, note]) => `${counted(count, 'record')} ${note}`).join(', ');
    this.#note(`${isInterrupted ? 'interrupted: ' : ''}${inputs}, ${counted(lines, 'line')}: ${counts}${noted && `; ${noted}`} in ${seconds} s`);
  }

  /** Prints how many errors were not printed, those of bad lines by their codes. */
  #printHidden() {
    const kinds = [...this.#hidden].sort(([, a], [, b]) => b - a);
    const lines = kinds.reduce((sum, [, count]) => sum + count, 0);
    const list = kinds.map(([code, count]) => `${grouped(count)} ${code}`).join(', ');
    if (lines > 0) this.print(`${counted(lines, 'more bad line')} not shown (--max-errors): ${list}`);
    const inputs = counted(this.#hiddenInputs, 'more input');
    if (this.#hiddenInputs > 0) this.print(`${inputs} that cannot be read not shown (--max-errors)`);
  }

  /**
   * @param {string} line
   * @param {number} [column]
   * @param {string} [found]
   */
  #printExcerpt(line, column, found) {
    const width = Math.min(this.#stream.columns || MAX_WIDTH, MAX_WIDTH) - 4;
    const { text, carets } = excerpt(line, column, found, Math.max(width, 20));
    this.print(`  ${text}`);
    if (carets) this.print(`  ${this.#red(carets)}`);
  }

  /** @param {string} text */
  #bold(text) {
    return styled(text, 'bold', this.#color);
  }

  /** @param {string} text */
  #red(text) {
    const blanks = text.length - text.trimStart().length;
    return text.slice(0, blanks) + styled(text.slice(blanks), 'bold red', this.#color);
  }
}

/**
 * The state of the work. `total` is unknown for a pipe.
 *
 * @typedef {{ read: number, total: number | undefined, events: number, errors: number, retries?: number,
 *   file?: number, files?: number }} Progress `file`: the number of the file, from 1, of so many
 */

/**
 * Returns the parts of a line of progress.
 *
 * @param {Progress} progress
 * @param {number} elapsed milliseconds
 */
function progressParts({ read, total, events, errors, retries = 0, file = 1, files = 1 }, elapsed) {
  const parts = [
    ...(files > 1 ? [`file ${grouped(file)} of ${grouped(files)}`] : []),
    total ? `${byteSize(read)} of ${byteSize(total)}` : byteSize(read),
    counted(events, 'event'),
    `${grouped(Math.round((events * 1000) / elapsed))}/s`,
  ];
  if (errors > 0) parts.push(counted(errors, 'error'));
  if (retries > 0) parts.push(retriesText(retries));
  if (total && read > 0 && read < total) parts.push(`ETA ${clock(((total - read) / read) * (elapsed / 1000))}`);
  return parts;
}

/** @param {number} retries */
function retriesText(retries) {
  return `${grouped(retries)} ${retries === 1 ? 'retry' : 'retries'}`;
}

/** Returns a duration such as `0:07` or `1:02:03`. @param {number} seconds */
function clock(seconds) {
  const whole = Math.ceil(seconds);
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** @param {number} fraction */
function bar(fraction) {
  const width = 16;
  const done = Math.min(width, Math.floor(fraction * width));
  const percent = `${Math.min(100, Math.floor(fraction * 100))}%`;
  return `[${'='.repeat(done)}${' '.repeat(width - done)}] ${percent.padStart(4)}`;
}
