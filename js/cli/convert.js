/**
 * The conversion of files: their documents to the output, and what there is to say of them to the terminal.
 *
 * @module
 */

import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { FlowLogError, compileFormat, fields } from '../node.js';
import { BOUNDS } from '../core/sample.js';
import { sizesOf } from './inputs.js';
import { Interrupted } from './interruption.js';
import { Input, inputName } from '../node/input.js';
import { partsOf } from '../node/parts.js';
import { candidatesOf, joined, readStart } from './sample.js';
import { FINE, SIGNALLED, SOME_FAILED } from './status.js';
import { openThreads, threadCount } from './threads.js';

/** The bounds of the lines that the parser infers a format from. */
const LOOK_AHEAD = { maxLines: BOUNDS.maxLines.lookAhead, maxBytes: BOUNDS.maxBytes.lookAhead };

/**
 * @typedef {import('../index.js').ParserStats & { files: number, unreadable: number }} Totals
 * @typedef {import('../ingest/index.js').ParserOptions} ParserOptions
 *
 * The package's class, or that of `vpcflow-ecs/ingest`.
 *
 * @typedef {{ Parser: new (options: ParserOptions) => import('../index.js').Parser }} Core
 *
 * @typedef {object} Surroundings
 * @property {Core} core
 * @property {NodeJS.ReadStream} stdin
 * @property {import('./output.js').Output} output
 * @property {import('./terminal.js').Terminal} terminal
 * @property {import('./interruption.js').Interruption} interruption
 */

/**
 * Converts files, in this thread or in others.
 *
 * @param {import('./arguments.js').Command} command
 * @param {Awaited<ReturnType<typeof import('./inputs.js').inputsOf>>} inputs
 * @param {Surroundings} surroundings
 * @returns {Promise<number>} the exit status
 */
export async function convert(command, { names, failures }, { core, stdin, output, terminal, interruption }) {
  terminal.maxErrors = command.maxErrors;
  const totals = {
    files: 0, unreadable: 0, lines: 0, records: 0, omitted: 0, headers: 0, blanks: 0, errors: 0, nodata: 0, skipdata: 0, withoutTime: 0,
  };
  for (const { file, error } of failures) {
    totals.files += 1;
    totals.unreadable += 1;
    terminal.inputError(file, 0, error);
  }
  const sizes = await sizesOf(names);
  const count = threadCount(command, sizes);
  const threads = count > 1 ? openThreads(names, { count, options: command.parser, signal: interruption.abortion }) : undefined;
  const bytes = { read: 0, total: sizes.total };
  let goesOn = true;
  try {
    threads?.start();
    for (const [index, file] of names.entries()) {
      if (interruption.signal !== undefined) break;
      const parts = threads?.partsOf(index) ?? await partsHere(file, command, { core, stdin, terminal, interruption });
      const number = { file: index + 1, files: names.length };
      goesOn = await convertFile(inputName(file), parts, { totals, bytes, number, output, terminal });
      if (!goesOn) break;
    }
  } finally {
    await threads?.close();
  }
  await output.flush();
  const { signal } = interruption;
  terminal.summary(totals, { isInterrupted: signal !== undefined });
  if (command.summaryFile !== undefined) {
    const summary = { ...totals, seconds: Number(terminal.seconds.toFixed(3)), interrupted: signal !== undefined };
    writeFileSync(command.summaryFile, `${JSON.stringify(summary)}\n`);
  }
  if (signal !== undefined) return SIGNALLED + constants.signals[signal];
  return !goesOn || totals.errors > 0 || totals.unreadable > 0 ? SOME_FAILED : FINE;
}

/**
 * Returns the parts of an input that is converted in this thread.
 *
 * @param {string} file
 * @param {import('./arguments.js').Command} command
 * @param {Omit<Surroundings, 'output'>} surroundings
 */
async function partsHere(file, { accept, parser: options }, { core, stdin, terminal, interruption }) {
  const input = new Input(file, stdin, { layers: options.layers !== false });
  const chunks = interruption.until(input[Symbol.asyncIterator]());
  const start = accept ? await readStart(chunks, LOOK_AHEAD) : { chunks: [] };
  const candidate = accept ? openCandidate(Buffer.concat(start.chunks)) : undefined;
  const isAccepted = candidate !== undefined && showsFlowLog(candidate);
  if (isAccepted) terminal.accepted(inputName(file), candidate);
  else if (candidate !== undefined) terminal.refused(inputName(file), candidate);
  const given = isAccepted ? { ...options, format: candidate.format } : options;
  return partsOf(input, {
    newParser: (report) => new core.Parser({ ...given, report }),
    chunks: joined(start, chunks),
    // Each is written before the parser is asked anything else.
    isView: true,
    keepsSample: given.format === undefined,
  });
}

/**
 * Writes the documents of one input.
 *
 * @param {string} name
 * @param {AsyncIterable<import('../node/parts.js').Part>} parts
 * @param {Pick<Surroundings, 'output' | 'terminal'> & { totals: Totals, bytes: { read: number, total: number | undefined },
 *   number: { file: number, files: number } }} run
 * @returns {Promise<boolean>} false if a bad line ends the run
 */
async function convertFile(name, parts, { totals, bytes, number, output, terminal }) {
  const before = { ...totals, read: bytes.read };
  let isTold = false;
  /** @param {import('../node/parts.js').State} state @param {boolean} isAtEnd */
  const tell = ({ stats, warnings, oddities, inferred, layers, bytesRead }, isAtEnd) => {
    bytes.read = before.read + bytesRead;
    for (const kind of /** @type {(keyof typeof stats)[]} */ (Object.keys(stats))) totals[kind] = before[kind] + stats[kind];
    for (const warning of warnings) terminal.warning(warning);
    for (const oddity of oddities) terminal.warning(`${name}: ${oddity}`);
    if (isTold || (stats.records === 0 && !isAtEnd)) return;
    isTold = true;
    if (layers.length > 0) terminal.layers(name, layers);
    if (inferred !== undefined) terminal.inferred(name, inferred);
  };
  totals.files += 1;
  try {
    for await (const { documents, reports, state, isAtEnd, error, sample } of parts) {
      for (const report of reports) terminal.lineError(name, /** @type {import('../index.js').FlowLogError} */ (report));
      try {
        await output.write(documents);
      } finally {
        tell(state(), isAtEnd);
      }
      if (!isAtEnd) terminal.progress({ ...bytes, events: totals.records, errors: totals.errors, ...number });
      if (error instanceof FlowLogError) {
        await output.write(error.output);
        terminal.lineError(name, error);
        if (sample !== undefined) terminal.candidates(candidatesOf(sample, LOOK_AHEAD));
        return false;
      }
      if (error instanceof Interrupted) throw error;
      if (error !== undefined) {
        totals.unreadable += 1;
        terminal.inputError(name, totals.lines - before.lines, error);
      }
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    totals.unreadable += 1;
  }
  return true;
}

/**
 * Returns the likeliest format of lines that leave it open; nothing if they do not.
 *
 * @param {Uint8Array} start
 */
function openCandidate(start) {
  const [best] = candidatesOf(start, LOOK_AHEAD);
  return best?.origin === 'inferred' && !best.isSettled ? best : undefined;
}

/** The kinds of values that no other log has. */
const TELLING_KINDS = ['id', 'az_id', 'word'];

/** The fields whose laws a log without such values has to keep: a record starts before it ends, and a packet has bytes. */
const LAWFUL = ['start', 'end', 'packets', 'bytes'];

/**
 * True if a format that was inferred shows that lines are a flow log. Either a column has values that no other log has; many
 * have OK. Or all columns have fields, and those with laws are among them.
 *
 * @param {import('../index.js').FormatCandidate} candidate
 */
function showsFlowLog({ format, unresolved }) {
  const known = new Map(fields().map((field) => [field.name, field]));
  const columns = compileFormat(format).fields.map(({ name }) => known.get(name));
  const isUnknown = unresolved.some(({ field }) => field === null);
  return columns.some((field) => field !== undefined && field.name !== 'log-status' && TELLING_KINDS.includes(field.kind))
    || (!isUnknown && columns.every(Boolean) && LAWFUL.every((name) => columns.some((field) => field?.name === name)));
}
