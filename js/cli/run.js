/**
 * The run of the command: arguments in, exit status out.
 *
 * @module
 */

import { createWriteStream, readFileSync } from 'node:fs';
import { Parser, compileFormat } from '../node.js';
import {
  UsageError, messageOf, readArguments, readDetectArguments, readExportArguments, readFactsArguments, readInstallArguments, readShipArguments,
  readRedactArguments, readTestArguments,
} from './arguments.js';
import { convert } from './convert.js';
import { detect } from './detect.js';
import { ClusterError } from './elasticsearch.js';
import { exported, loadIngest } from './export.js';
import { facts } from './facts.js';
import { AwsError, askForFormat } from './flow-log.js';
import { install } from './install.js';
import { checkWritten, inputsOf } from './inputs.js';
import { COMMANDS, DETECT_USAGE, USAGE, detectHelpText, exportHelpText, helpText, REDACT_USAGE, installHelpText, redactHelpText, shipHelpText, testHelpText } from './options.js';
import { ClosedPipe, Output } from './output.js';
import { RedactionRun } from './redact.js';
import { Interruption } from './interruption.js';
import { ship } from './ship.js';
import { FINE, SOME_FAILED, WRONG_USAGE } from './status.js';
import { ShipError } from '../ship/errors.js';
import { Terminal } from './terminal.js';
import { CaseRun } from './test.js';
import { SUFFIX } from '../cases/case.js';

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
    const core = geo === undefined ? { Parser } : await loadIngest();
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
  const core = geo === undefined ? { Parser } : await loadIngest();
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
 * @param {import('../ingest/index.js').ParserOptions} options
 * @param {import('./convert.js').Core} core
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

function packageVersion() {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}
