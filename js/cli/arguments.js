/**
 * From the words of the command line to the options of a Parser and of the run.
 *
 * @module
 */

import { parseArgs } from 'node:util';
import { nearest } from './nearest.js';
import { DETECT_OPTIONS, OPTIONS } from './options.js';
import { grouped, safeText } from './text.js';

/** The command was used wrongly; the message says what is right. */
export class UsageError extends Error {}

const DEFAULT_MAX_ERRORS = 100;
/** As `detectFormat` allows. */
const MOST_LINES = 100_000;

/**
 * @typedef {object} Command
 * @property {boolean} help
 * @property {boolean} version
 * @property {string[]} files
 * @property {boolean} pretty
 * @property {number} maxErrors most bad lines that are printed
 * @property {object} parser options for `new Parser`
 */

/**
 * @param {string[]} args without the names of the program and the script
 * @returns {Command}
 * @throws {UsageError}
 */
export function readArguments(args) {
  const { files, given } = readWords(args, OPTIONS, 'vpcflow-ecs --help');
  return {
    help: given.help === true,
    version: given.version === true,
    files,
    pretty: given.pretty === true,
    maxErrors: readCount('--max-errors', given['max-errors'] ?? String(DEFAULT_MAX_ERRORS)),
    parser: parserOptions(given),
  };
}

/**
 * @typedef {object} DetectCommand
 * @property {boolean} help
 * @property {string | undefined} file
 * @property {boolean} json
 * @property {number | undefined} maxLines
 */

/**
 * @param {string[]} args the words after `detect`
 * @returns {DetectCommand}
 * @throws {UsageError}
 */
export function readDetectArguments(args) {
  const { files, given } = readWords(args, DETECT_OPTIONS, 'vpcflow-ecs detect --help');
  if (files.length > 1) throw new UsageError(`detect reads one file, not ${files.length}`);
  const maxLines = given['max-lines'];
  return {
    help: given.help === true,
    file: files[0],
    json: given.json === true,
    maxLines: maxLines === undefined ? undefined : readCount('--max-lines', maxLines, 1, MOST_LINES),
  };
}

/** The files and the options that were given, of those in the table. */
function readWords(args, table, help) {
  const options = {};
  for (const [name, { kind, short }] of Object.entries(table)) {
    options[name] = { type: kind === 'value' || kind === 'list' ? 'string' : 'boolean', ...(short && { short }) };
  }
  // Not strict: the checks below can say more than those of parseArgs.
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });

  const files = [];
  const given = {};
  for (const token of tokens) {
    if (token.kind === 'positional') files.push(token.value);
    if (token.kind === 'option') readOption(token, given, table, help);
  }
  return { files, given };
}

/** Checks one option and adds it to those given. */
function readOption({ name, rawName, value, inlineValue }, given, table, help) {
  const option = Object.hasOwn(table, name) ? table[name] : undefined;
  if (option === undefined) {
    const guess = nearest(name, Object.keys(table));
    const advice = guess ? `did you mean --${guess}?` : `see ${help}`;
    throw new UsageError(`there is no option ${safeText(rawName)}; ${advice}`);
  }
  const { kind, choices, value: valueName } = option;
  if (kind === 'flag' && value !== undefined) throw new UsageError(`--${name} takes no value`);
  // A value that looks like an option is a forgotten value, unless it is written with `=`.
  const isForgotten = value === undefined || (!inlineValue && value.length > 1 && value.startsWith('-'));
  if ((kind === 'value' || kind === 'list') && isForgotten) {
    throw new UsageError(`--${name} needs a value: --${name}=${valueName}`);
  }
  if (choices && !choices.includes(value)) {
    const guess = nearest(value, choices);
    throw new UsageError(`--${name} is one of ${listOf(choices)}, not "${safeText(value)}"` +
      (guess ? `; did you mean ${guess}?` : ''));
  }
  if (kind === 'list') given[name] = [...(given[name] ?? []), value];
  else if (kind === 'value' && name in given) throw new UsageError(`--${name} is given twice`);
  else given[name] = value ?? true;
}

function parserOptions(given) {
  const options = {
    schema: given.schema,
    mode: given.mode,
    strict: given.strict,
    preserveOriginal: given['preserve-original'],
    tags: given.tag,
    ingested: given.ingested,
    onError: { fail: 'throw', skip: 'skip', document: 'document' }[given['on-error'] ?? 'fail'],
  };
  if (given.format) options.format = given.format.length === 1 ? given.format[0] : given.format;
  if (given.fields !== undefined) options.fields = readObject('--fields', given.fields);
  const stream = given['data-stream'];
  if (stream !== undefined) options.dataStream = stream === true || { namespace: stream };
  // An option that was not given is left out, so that messages of the parser are about what the user wrote.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function readObject(name, text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${name} is not JSON: ${safeText(error.message)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${name} must be a JSON object such as {"host":{"name":"a"}}`);
  }
  return value;
}

function readCount(name, text, least = 0, most = Infinity) {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (count >= least && count <= most) return count;
  const range = most === Infinity ? '' : ` from ${grouped(least)} to ${grouped(most)}`;
  throw new UsageError(`${name} must be a whole number${range}, not "${safeText(text)}"`);
}

function listOf(words) {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
