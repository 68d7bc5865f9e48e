/**
 * The run of the command: arguments in, exit status out.
 *
 * @module
 */

import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { constants } from 'node:os';
import { FlowLogError, Parser, compileFormat, fields } from '../node.js';
import {
  UsageError, messageOf, readArguments, readDetectArguments, readExportArguments, readFactsArguments, readInstallArguments, readShipArguments,
  readRedactArguments, readTestArguments,
} from './arguments.js';
import { BOUNDS } from '../core/sample.js';
import { detect } from './detect.js';
import { ClusterError } from './elasticsearch.js';
import { exported, loadIngest } from './export.js';
import { facts } from './facts.js';
import { AwsError, askForFormat } from './flow-log.js';
import { install } from './install.js';
import { Input as Source, InputError, inputName } from '../node/input.js';
import { COMMANDS, DETECT_USAGE, USAGE, detectHelpText, exportHelpText, helpText, REDACT_USAGE, installHelpText, redactHelpText, shipHelpText, testHelpText } from './options.js';
import { ClosedPipe, Output } from './output.js';
import { RedactionRun } from './redact.js';
import { Sample, candidatesOf, joined, readStart } from './sample.js';
import { Interrupted, Interruption } from './interruption.js';
import { ship } from './ship.js';
import { ShipError } from '../ship/errors.js';
import { grouped, safeText } from '../text/text.js';
import { Terminal } from './terminal.js';
import { CaseRun } from './test.js';
import { SUFFIX } from '../cases/case.js';

/** Exit statuses. */
const FINE = 0;
const SOME_FAILED = 1;
const WRONG_USAGE = 2;
/** The status of a process that a signal ends is this and the signal's number. */
const SIGNALLED = 128;

const PIECE_BYTES = 64 * 1024;

/** Each piece is written before the parser is asked anything else. */
const VIEW = { view: true };

/** The bounds of the lines that the parser infers a format from. */
const LOOK_AHEAD = { maxLines: BOUNDS.maxLines.lookAhead, maxBytes: BOUNDS.maxBytes.lookAhead };

/**
 * @param {string[]} args
 * @param {Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr' | 'env'>} process
 * @param {import('node:events').EventEmitter} [signals] emits SIGINT and SIGTERM
 * @returns {Promise<number>} the exit status
 */
export async function run(args, { stdin, stdout, stderr, env }, signals) {
  /** @param {NodeJS.WriteStream} stream */
  const hasColor = (stream) => Boolean(stream.isTTY) && !env.NO_COLOR && env.TERM !== 'dumb';
  // Documents that go to the same terminal would tear the progress line apart.
  const showProgress = Boolean(stderr.isTTY) && !stdout.isTTY;
  const terminal = new Terminal(stderr, { color: hasColor(stderr), showProgress });
  if (args[0] === 'help') args = COMMANDS.some(({ name }) => name === args[1]) ? [args[1], '--help'] : ['--help'];
  try {
    if (args[0] === 'detect') {
      return await runDetect(args.slice(1), { stdin, stdout, terminal, color: hasColor(stdout) });
    }
    const [word, ...rest] = args;
    if (word === 'explain' || word === 'presets' || word === 'fields') return await runFacts(word, rest, { stdout });
    if (args[0] === 'export') return await runExport(args.slice(1), { stdout });
    if (args[0] === 'install') return await runInstall(args.slice(1), { stdout, terminal, env });
    if (args[0] === 'ship') return await runShip(args.slice(1), { stdin, stdout, terminal, env, signals });
    if (args[0] === 'test') return await runTest(args.slice(1), { stdin, stdout, isColored: hasColor(stdout) });
    if (args[0] === 'redact') return await runRedact(args.slice(1), { stdin, stdout, terminal });
    const command = readArguments(args);
    /** @param {NodeJS.WriteStream} stream */
    const isColored = (stream) => (command.color === 'auto' ? hasColor(stream) : command.color === 'always');
    const isFile = command.output !== undefined;
    terminal.restyle({ color: isColored(stderr), showProgress: Boolean(stderr.isTTY) && (isFile || !stdout.isTTY) });
    terminal.isQuiet = command.quiet;
    if (command.help || command.version) {
      return await printText(stdout, command.help ? helpText() : `${packageVersion()}\n`);
    }
    // Databases are read by the module of vpcflow-ecs/ingest, which nothing else here needs.
    const geo = readDatabases(command.geo);
    const core = geo === undefined ? { Parser, FlowLogError } : await loadIngest();
    if (geo !== undefined) command.parser.geo = geo;
    await askForFormat(command.parser, command.flowLogId);
    await checkParserOptions(command.parser, core);
    if (command.files.length === 0 && stdin.isTTY) {
      terminal.print(`${USAGE}\nGive a file, or pipe a flow log in; vpcflow-ecs --help says more.`);
      return WRONG_USAGE;
    }
    const inputs = await inputsOf(command.files);
    // Before a file is opened to be written, which empties it.
    await checkWritten({ '--output': command.output, '--summary-json': command.summaryFile }, inputs.names);
    const documents = command.output === undefined ? stdout : createWriteStream(command.output);
    const output = new Output(documents, { pretty: command.pretty, color: isColored(stdout) && (!isFile || command.color === 'always') });
    const interruption = new Interruption(signals);
    try {
      const status = await convert(command, inputs, { core, stdin, output, terminal, interruption });
      if (isFile) await output.close();
      return status;
    } finally {
      interruption.release();
      // Its end may be far away.
      if (interruption.signal !== undefined) stdin.destroy();
    }
  } catch (error) {
    if (error instanceof ClosedPipe) return FINE;
    if (error instanceof UsageError) {
      terminal.commandError(error.message, error.place);
      return WRONG_USAGE;
    }
    if (error instanceof ClusterError || error instanceof ShipError || error instanceof AwsError) {
      terminal.commandError(error.message);
      return SOME_FAILED;
    }
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    terminal.commandError(`cannot write: ${error.message}`);
    return SOME_FAILED;
  }
}

/**
 * The streams of a run.
 *
 * @typedef {object} Streams
 * @property {NodeJS.ReadStream} stdin
 * @property {NodeJS.WriteStream} stdout
 * @property {Terminal} terminal
 */

/** Prints a text, such as a help. @param {NodeJS.WriteStream} stdout @param {string} text */
async function printText(stdout, text) {
  const output = new Output(stdout, { pretty: false, color: false });
  await output.writeText(text);
  await output.flush();
  return FINE;
}

/**
 * Runs the command `detect`.
 *
 * @param {string[]} args
 * @param {Streams & { color: boolean }} streams
 */
async function runDetect(args, { stdin, stdout, terminal, color }) {
  const command = readDetectArguments(args);
  if (command.help) return printText(stdout, detectHelpText());
  if (command.file === undefined && stdin.isTTY) {
    terminal.print(`${DETECT_USAGE}\nGive a file, or pipe a flow log in; vpcflow-ecs detect --help says more.`);
    return WRONG_USAGE;
  }
  const output = new Output(stdout, { pretty: true, color });
  const isFound = await detect({ ...command, file: command.file ?? '-' }, { stdin, output, terminal, color });
  return isFound ? FINE : SOME_FAILED;
}

/**
 * Runs the commands `explain`, `presets` and `fields`.
 *
 * @param {'explain' | 'presets' | 'fields'} what
 * @param {string[]} args
 * @param {Pick<Streams, 'stdout'>} streams
 */
async function runFacts(what, args, { stdout }) {
  const command = readFactsArguments(what, args);
  const { text, isFine } = command.help
    ? { text: COMMANDS.find(({ name }) => name === what)?.help() ?? '', isFine: true }
    : await blaming(command.format, () => facts(command));
  await printText(stdout, text);
  return isFine ? FINE : SOME_FAILED;
}

/**
 * Runs the command `export`.
 *
 * @param {string[]} args
 * @param {Pick<Streams, 'stdout'>} streams
 */
async function runExport(args, { stdout }) {
  const command = readExportArguments(args);
  return printText(stdout, command.help ? exportHelpText() : await blaming(command.pipeline.format, () => exported(command)));
}

/**
 * Runs the command `install`.
 *
 * @param {string[]} args
 * @param {Omit<Streams, 'stdin'> & { env: NodeJS.ProcessEnv }} streams
 */
async function runInstall(args, { stdout, terminal, env }) {
  const command = readInstallArguments(args, env);
  if (command.help) return printText(stdout, installHelpText());
  const output = new Output(stdout, { pretty: false, color: false });
  await blaming(command.pipeline?.format, () => install(command, { output, terminal }));
  await output.flush();
  return FINE;
}

/**
 * Runs the command `test`.
 *
 * @param {string[]} args
 * @param {Omit<Streams, 'terminal'> & { isColored: boolean }} streams
 */
async function runTest(args, { stdin, stdout, isColored }) {
  const command = readTestArguments(args);
  if (command.help) return printText(stdout, testHelpText());
  const output = new Output(stdout, { pretty: false, color: false });
  const color = command.color === 'auto' ? isColored : command.color === 'always';
  const run = new CaseRun({ stdin, output, ...command, color });
  const { names, failures } = await inputsOf(command.files, (name) => name.endsWith(SUFFIX));
  for (const { file, error } of failures) await run.unreadable(file, error.message);
  for (const name of names) await run.file(name);
  await run.end();
  await output.flush();
  return run.isFine ? FINE : SOME_FAILED;
}

/**
 * Runs the command `redact`.
 *
 * @param {string[]} args
 * @param {Streams} streams
 */
async function runRedact(args, { stdin, stdout, terminal }) {
  const command = readRedactArguments(args);
  if (command.help) return printText(stdout, redactHelpText());
  if (command.files.length === 0 && stdin.isTTY) {
    terminal.print(`${REDACT_USAGE}\nGive a file, or pipe a flow log in; vpcflow-ecs redact --help says more.`);
    return WRONG_USAGE;
  }
  const { names, failures } = await inputsOf(command.files);
  const format = await blaming(command.format, () => (command.format === undefined ? undefined : compileFormat(command.format).format));
  await checkWritten({ '--output': command.output }, names);
  const output = new Output(command.output === undefined ? stdout : createWriteStream(command.output), { pretty: false, color: false });
  const run = new RedactionRun({ stdin, output, format });
  let isWhole = failures.length === 0;
  for (const { file, error } of failures) terminal.inputError(file, 0, error);
  for (const name of names) isWhole = await run.file(name, terminal) && isWhole;
  if (command.output === undefined) await output.flush();
  else await output.close();
  if (!command.quiet) terminal.print(run.report());
  return isWhole ? FINE : SOME_FAILED;
}

/**
 * Runs the command `ship`.
 *
 * @param {string[]} args
 * @param {Streams & { env: NodeJS.ProcessEnv, signals: import('node:events').EventEmitter | undefined }} streams
 */
async function runShip(args, { stdin, stdout, terminal, env, signals }) {
  const command = readShipArguments(args, env);
  if (command.help) return printText(stdout, shipHelpText());
  const { output, metricsFile, options: { deadLetter, checkpoint } } = command;
  await checkWritten({
    '--output': typeof output === 'object' ? output.path : undefined,
    '--dead-letter': deadLetter,
    '--checkpoint': checkpoint,
    '--metrics-json': metricsFile,
  }, command.sources);
  terminal.plainProgress = true;
  const geo = readDatabases(command.geo);
  const core = geo === undefined ? { Parser, FlowLogError } : await loadIngest();
  if (geo !== undefined) command.options.parser.geo = geo;
  await askForFormat(command.options.parser, command.flowLogId);
  await checkParserOptions(command.options.parser, core);
  const stop = new AbortController();
  const interruption = new Interruption(signals, () => {
    terminal.print('stopping after the requests under way; interrupt again to stop at once');
    stop.abort();
  });
  try {
    const { signal } = stop;
    const result = await ship(command, { stdin, stdout, terminal, Parser: geo && core.Parser, signal });
    const isWhole = result.failed.length === 0 && result.errors === 0 && result.rejected === 0 && result.warnings === 0;
    return isWhole ? FINE : SOME_FAILED;
  } catch (error) {
    // A source that cannot be read, such as a file that does not exist.
    if (!(error instanceof Error) || error instanceof UsageError || error instanceof ShipError || !('code' in error)) throw error;
    if (error.code === 'invalid_option') throw new UsageError(error.message);
    terminal.commandError(error.message);
    return SOME_FAILED;
  } finally {
    interruption.release();
  }
}

/**
 * Checks before the first byte is read that the formats and options are good.
 *
 * @param {ParserOptions} options
 * @param {Core} core
 */
async function checkParserOptions(options, core) {
  await blaming(options.format, () => new core.Parser(options).free());
}

/**
 * Reads databases; undefined if there are none.
 *
 * @param {Record<string, string>} files
 * @returns {import('../ingest/index.js').GeoDatabases | undefined}
 */
function readDatabases(files) {
  /** @param {[string, string]} entry @returns {[string, Uint8Array]} */
  const read = ([kind, file]) => {
    try {
      return [kind, readFileSync(file)];
    } catch (error) {
      throw new UsageError(`--geo-${kind} cannot be read: ${messageOf(error)}`);
    }
  };
  const bytes = Object.entries(files).map(read);
  return bytes.length > 0 ? Object.fromEntries(bytes) : undefined;
}

/**
 * Makes errors of a format or an option usage errors.
 *
 * @template T
 * @param {import('../index.js').Format | null | undefined} format
 * @param {() => T} call
 */
async function blaming(format, call) {
  try {
    return await call();
  } catch (error) {
    // By name: the module of the exporters has a class of its own.
    if (!isFlowLogError(error)) throw error;
    const isOption = ['invalid_option', 'invalid_database'].includes(error.code);
    const usage = new UsageError(isOption ? error.message : `--format: ${error.message}`);
    if (error.code === 'empty_format') {
      usage.message += '; in a shell, a format with ${...} belongs in single quotes';
    }
    if (typeof format === 'string' && error.column !== undefined) {
      usage.place = { text: format, column: error.column, ...(error.found !== undefined && { found: error.found }) };
    }
    throw usage;
  }
}

/** @param {unknown} error @returns {error is import('../index.js').FlowLogError} */
function isFlowLogError(error) {
  return error instanceof Error && error.name === 'FlowLogError';
}

/**
 * @typedef {import('../index.js').ParserStats & { files: number, unreadable: number }} Totals
 * @typedef {import('../ingest/index.js').ParserOptions} ParserOptions
 *
 * The package's classes, or those of `vpcflow-ecs/ingest`.
 *
 * @typedef {{ Parser: new (options: ParserOptions) => import('../index.js').Parser, FlowLogError: typeof FlowLogError }} Core
 *
 * @typedef {object} Input
 * @property {Core} core
 * @property {NodeJS.ReadStream} stdin
 * @property {Output} output
 * @property {Terminal} terminal
 * @property {Interruption} interruption
 */

/**
 * @param {import('./arguments.js').Command} command
 * @param {Awaited<ReturnType<typeof inputsOf>>} inputs
 * @param {Input} input
 */
async function convert({ maxErrors, accept, summaryFile, parser: options }, { names, failures }, { core, stdin, output, terminal, interruption }) {
  terminal.maxErrors = maxErrors;
  const totals = {
    files: 0, unreadable: 0, lines: 0, records: 0, omitted: 0, headers: 0, blanks: 0, errors: 0, nodata: 0, skipdata: 0, withoutTime: 0,
  };
  for (const { file, error } of failures) {
    totals.files += 1;
    totals.unreadable += 1;
    terminal.inputError(file, 0, error);
  }
  const bytes = { read: 0, total: await totalSize(names) };
  let goesOn = true;
  for (const [index, file] of names.entries()) {
    if (interruption.signal !== undefined) break;
    const count = { file: index + 1, files: names.length };
    goesOn = await convertFile(file, { core, options, accept, totals, bytes, count, stdin, output, terminal, interruption });
    if (!goesOn) break;
  }
  await output.flush();
  const { signal } = interruption;
  terminal.summary(totals, { isInterrupted: signal !== undefined });
  if (summaryFile !== undefined) {
    const summary = { ...totals, seconds: Number(terminal.seconds.toFixed(3)), interrupted: signal !== undefined };
    writeFileSync(summaryFile, `${JSON.stringify(summary)}\n`);
  }
  if (signal !== undefined) return SIGNALLED + constants.signals[signal];
  return !goesOn || totals.errors > 0 || totals.unreadable > 0 ? SOME_FAILED : FINE;
}

/**
 * Returns the files of all arguments, and the arguments that have none.
 *
 * @param {string[]} files
 * @param {(name: string) => boolean} [isWanted] of the files of a folder
 */
async function inputsOf(files, isWanted) {
  /** @type {string[]} */
  const names = [];
  /** @type {{ file: string, error: Error }[]} */
  const failures = [];
  for (const file of files.length > 0 ? files : ['-']) {
    try {
      names.push(...await filesOf(file, isWanted));
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
      // Messages have the name of the file in front of them.
      const start = `${file}: `;
      failures.push({ file, error: error.message.startsWith(start) ? new Error(error.message.slice(start.length), { cause: error }) : error });
    }
  }
  return { names, failures };
}

/**
 * Checks that no file to be written is one to be read, by whatever path.
 *
 * @param {Record<string, string | undefined>} written by option
 * @param {string[]} names of the files to be read
 * @throws {UsageError}
 */
async function checkWritten(written, names) {
  /** @param {string} path */
  const identityOf = async (path) => {
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    return found?.isFile() ? `${found.dev} ${found.ino}` : undefined;
  };
  for (const [option, path] of Object.entries(written)) {
    const identity = path === undefined ? undefined : await identityOf(path);
    if (identity === undefined) continue;
    for (const name of names) {
      if (name === '-' || await identityOf(name) !== identity) continue;
      throw new UsageError(`"${safeText(name)}" is a file to read, and ${option} would write it: give another file`);
    }
  }
}

/**
 * Returns the files of an argument: itself, those below a folder, or those that a pattern matches.
 *
 * @param {string} file
 * @param {(name: string) => boolean} [isWanted] of the files of a folder
 */
async function filesOf(file, isWanted = () => true) {
  const found = file === '-' ? undefined : await stat(file).catch(() => undefined);
  if (file === '-' || (found ? !found.isDirectory() : !/[*?[{]/.test(file))) return [file];
  const { localObjects } = await import('../sources/local.js');
  const names = [];
  for await (const { name } of localObjects(file)) if (!found || isWanted(name)) names.push(name);
  if (found && names.length === 0 && !isWanted('')) throw Object.assign(new Error(`${file}: no file of this folder is a case`), { code: 'no_case' });
  return names;
}

/**
 * Writes the documents of one input.
 *
 * @param {string} file
 * @param {Input & { options: ParserOptions, accept: boolean, totals: Totals,
 *   bytes: { read: number, total: number | undefined }, count: { file: number, files: number } }} input
 * @returns {Promise<boolean>} false if a bad line ends the run
 */
async function convertFile(file, { core, options, accept, totals, bytes, count: number, stdin, output, terminal, interruption }) {
  const name = inputName(file);
  const sample = new Sample();
  /** @param {ParserOptions} given */
  const newParser = (given) => new core.Parser({ ...given, report: (error) => terminal.lineError(name, error) });
  let parser = newParser(options);
  const before = { ...totals };
  const count = () => {
    const { stats } = parser;
    for (const kind of /** @type {(keyof typeof stats)[]} */ (Object.keys(stats))) totals[kind] = before[kind] + stats[kind];
  };
  totals.files += 1;
  const source = new Source(file, stdin, { layers: options.layers !== false });
  let isTold = false;
  const tell = ({ isAtEnd = false } = {}) => {
    for (const warning of parser.warnings) terminal.warning(warning);
    for (const oddity of source.warnings) terminal.warning(`${name}: ${oddity}`);
    if (isTold || (parser.stats.records === 0 && !isAtEnd)) return;
    isTold = true;
    const { inferred } = parser;
    const layers = source.layersAround(parser.layers);
    if (layers.length > 0) terminal.layers(name, layers);
    if (inferred !== undefined) terminal.inferred(name, inferred);
  };
  try {
    tell();
    const chunks = interruption.until(source[Symbol.asyncIterator]());
    const start = accept ? await readStart(chunks, LOOK_AHEAD) : { chunks: [] };
    const candidate = accept ? openCandidate(Buffer.concat(start.chunks)) : undefined;
    if (candidate !== undefined && !showsFlowLog(candidate)) terminal.refused(name, candidate);
    else if (candidate !== undefined) {
      terminal.accepted(name, candidate);
      parser.free();
      parser = newParser({ ...options, format: candidate.format });
    }
    for await (const chunk of joined(start, chunks)) {
      if (options.format === undefined && parser.stats.records === 0) sample.add(chunk);
      else sample.clear();
      // Short lines can make long documents, and WASM memory has to hold those of a piece.
      for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
        // Good until the parser is asked anything else.
        await output.write(parser.push(chunk.subarray(start, start + PIECE_BYTES), VIEW));
      }
      tell();
      count();
      terminal.progress({ read: bytes.read + source.bytesRead, total: bytes.total, events: totals.records, errors: totals.errors, ...number });
    }
    await output.write(parser.end(VIEW));
    tell({ isAtEnd: true });
    return true;
  } catch (error) {
    if (error instanceof core.FlowLogError) {
      tell({ isAtEnd: true });
      await output.write(error.output);
      terminal.lineError(name, error);
      if (error.code === 'unresolved_format') terminal.candidates(candidatesOf(sample.from(error.offset ?? 0), LOOK_AHEAD));
      return false;
    }
    if (error instanceof InputError || error instanceof Interrupted) {
      // The last line is incomplete, and not a record even if it looks like one. Those that are held back are whole.
      parser.cut();
      await output.write(endOf(parser, core));
      tell({ isAtEnd: true });
      totals.unreadable += 1;
      if (error instanceof InputError) terminal.inputError(name, parser.stats.lines, error);
      return true;
    }
    tell({ isAtEnd: true });
    throw error;
  } finally {
    bytes.read += source.bytesRead;
    count();
    parser.free();
  }
}

/**
 * Returns the documents of the lines that a parser holds back.
 *
 * @param {import('../index.js').Parser} parser
 * @param {Core} core
 */
function endOf(parser, core) {
  try {
    return parser.end(VIEW);
  } catch (error) {
    // The damage of the input is the error that counts.
    if (error instanceof core.FlowLogError) return error.output;
    throw error;
  }
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

/** Returns the size of all files together; undefined if it cannot be known. @param {string[]} files */
async function totalSize(files) {
  let total = 0;
  for (const file of files) {
    const found = file === '-' ? undefined : await stat(file).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    total += found.size;
  }
  return total;
}

function packageVersion() {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}
