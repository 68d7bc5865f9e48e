/**
 * From the words of the command line to the options of a Parser and of the run.
 *
 * @module
 */

import { X509Certificate } from 'node:crypto';
import { parseArgs } from 'node:util';
import { nearest } from './nearest.js';
import { readFileSync } from 'node:fs';
import { DETECT_OPTIONS, EXPLAIN_OPTIONS, EXPORT_OPTIONS, INSTALL_OPTIONS, LIST_OPTIONS, OPTIONS, REDACT_OPTIONS, SHIP_OPTIONS, TEST_OPTIONS } from './options.js';
import { grouped, safeText } from '../text/text.js';

/** The command was used wrongly; the message says what is right. */
export class UsageError extends Error {
  /** @type {{ text: string, column: number, found?: string } | undefined} where in an argument */
  place;
}

/** @param {unknown} error @returns {string} */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The options that were given, by their names: of the kind `value` a text, `list` an array of them, `flag` true, and
 * `optional` a text or true. `readOption` has checked them.
 *
 * @typedef {Record<string, any>} Given
 */

const DEFAULT_MAX_ERRORS = 100;
/** As `detectFormat` allows. */
const MOST_LINES = 100_000;
/** As `parallel` allows. */
const MOST_THREADS = 256;
/** As `maxLineBytes` allows. */
const MOST_LINE_BYTES = 64 * 1024 * 1024;

/**
 * @typedef {object} Command
 * @property {boolean} help
 * @property {boolean} version
 * @property {string[]} files
 * @property {string | undefined} flowLogId whose format AWS is asked for
 * @property {boolean} pretty
 * @property {number} maxErrors most bad lines that are printed
 * @property {number | undefined} threads that convert files; undefined for as many as are useful
 * @property {string | undefined} output file of the documents; undefined for standard output
 * @property {boolean} quiet
 * @property {'auto' | 'always' | 'never'} color
 * @property {string | undefined} summaryFile
 * @property {boolean} accept whether an open format is read by its likeliest candidate
 * @property {import('../ingest/index.js').ParserOptions} parser options for `new Parser`
 * @property {Record<string, string>} geo files of databases, by kind
 */

/**
 * @param {string[]} args without the names of the program and the script
 * @returns {Command}
 * @throws {UsageError}
 */
export function readArguments(args) {
  const { files, given } = readWords(args, OPTIONS, 'vpcflow-ecs --help');
  if (given.accept && given.format) {
    throw new UsageError('--accept takes the format that the lines suggest: give it or --format, not both');
  }
  const output = given.output === '-' ? undefined : given.output;
  if (output !== undefined && files.includes(output)) {
    throw new UsageError(`"${safeText(output)}" is a file to read, and --output would write it: give another file`);
  }
  const maxLineBytes = given['max-line-bytes'];
  const line = maxLineBytes === undefined ? undefined : readCount('--max-line-bytes', maxLineBytes, 1, MOST_LINE_BYTES);
  return {
    help: given.help === true,
    version: given.version === true,
    files,
    threads: threadsOption(given, files),
    output,
    quiet: given.quiet === true,
    color: given.color ?? 'auto',
    summaryFile: given['summary-json'],
    flowLogId: flowLogOption(given),
    accept: given.accept === true,
    pretty: given.pretty === true,
    maxErrors: readCount('--max-errors', given['max-errors'] ?? String(DEFAULT_MAX_ERRORS)),
    parser: defined({ ...parserOptions(given), bulk: bulkOption(given), maxLineBytes: line }),
    geo: defined({ city: given['geo-city'], asn: given['geo-asn'], country: given['geo-country'] }),
  };
}

/** Returns the number of threads. @param {Given} given @param {string[]} files */
function threadsOption(given, files) {
  if (given.threads === undefined) return undefined;
  const threads = readCount('--threads', given.threads, 1, MOST_THREADS);
  const other = ['accept', 'geo-city', 'geo-country', 'geo-asn'].find((name) => name in given);
  if (threads > 1 && other !== undefined) throw new UsageError(`--threads and --${other}: with --${other}, files are read in one thread; leave one of them out`);
  if (threads > 1 && files.length > 1 && files.includes('-')) {
    throw new UsageError('--threads and "-": with standard input, files are read in one thread; leave one of them out');
  }
  return threads;
}

/** Returns the flow log whose format AWS is asked for. @param {Given} given */
function flowLogOption({ 'flow-log': id, format, accept }) {
  if (id !== undefined && (format ?? accept) !== undefined) {
    throw new UsageError(`--flow-log gives the format: give it or --${format === undefined ? 'accept' : 'format'}, not both`);
  }
  return id;
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

/**
 * @typedef {object} FactsCommand
 * @property {boolean} help
 * @property {'explain' | 'presets' | 'fields'} what
 * @property {string} line
 * @property {import('../index.js').Format | undefined} format
 * @property {string | undefined} header
 * @property {import('../index.js').Schema | undefined} schema
 * @property {import('../index.js').Mode | undefined} mode
 * @property {boolean} json
 */

/**
 * @param {FactsCommand['what']} what
 * @param {string[]} args the words after it
 * @returns {FactsCommand}
 * @throws {UsageError}
 */
export function readFactsArguments(what, args) {
  const { files: words, given } = readWords(args, what === 'explain' ? EXPLAIN_OPTIONS : LIST_OPTIONS, `vpcflow-ecs ${what} --help`);
  const help = given.help === true;
  if (!help && what === 'explain' && words.length === 0) throw new UsageError('explain needs a line: vpcflow-ecs explain \'LINE\'');
  if (!help && what !== 'explain' && words.length > 0) throw new UsageError(`${what} takes no file`);
  const { format, header, schema, mode } = given;
  return {
    help, what, header, schema, mode,
    // A line without quotes is so many words.
    line: words.join(' '),
    format: format?.length === 1 ? format[0] : format,
    json: given.json === true,
  };
}

/**
 * @typedef {object} TestCommand
 * @property {boolean} help
 * @property {string[]} files
 * @property {boolean} update
 * @property {boolean} tap
 * @property {boolean} quiet
 * @property {'auto' | 'always' | 'never'} color
 */

/**
 * @param {string[]} args the words after `test`
 * @returns {TestCommand}
 * @throws {UsageError}
 */
export function readTestArguments(args) {
  const { files, given } = readWords(args, TEST_OPTIONS, 'vpcflow-ecs test --help');
  const { help = false, update = false, tap = false, quiet = false, color = 'auto' } = given;
  if (!help && files.length === 0) throw new UsageError("test needs a case: a file, a folder, a quoted pattern such as 'cases/*.json', or -");
  if (update && files.includes('-')) throw new UsageError('--update writes files, and standard input is not one');
  return { help, files, update, tap, quiet, color };
}

/**
 * @typedef {object} RedactCommand
 * @property {boolean} help
 * @property {string[]} files
 * @property {string | undefined} format
 * @property {string | undefined} output
 * @property {boolean} quiet
 */

/**
 * @param {string[]} args the words after `redact`
 * @returns {RedactCommand}
 * @throws {UsageError}
 */
export function readRedactArguments(args) {
  const { files, given } = readWords(args, REDACT_OPTIONS, 'vpcflow-ecs redact --help');
  const { help = false, format, output, quiet = false } = given;
  return { help, files, format, output: output === '-' ? undefined : output, quiet };
}

/** @typedef {import('../ingest/index.js').ExportOptions & { format: import('../index.js').Format }} PipelineOptions */

/**
 * @typedef {object} ExportCommand
 * @property {boolean} help
 * @property {'pipeline' | 'template'} what
 * @property {PipelineOptions} pipeline options for `toIngestPipeline`, `format` among them
 * @property {{ namespace?: string, pipeline?: string }} template options for `indexTemplate`
 */

/**
 * @param {string[]} args the words after `export`
 * @returns {ExportCommand}
 * @throws {UsageError}
 */
export function readExportArguments(args) {
  const { files: words, given } = readWords(args, EXPORT_OPTIONS, 'vpcflow-ecs export --help');
  const help = given.help === true;
  const [what, extra] = words;
  if (!help && (!['pipeline', 'template'].includes(what) || extra !== undefined)) {
    const found = words.length === 0 ? 'nothing' : `"${safeText(words.join(' '))}"`;
    throw new UsageError(`export prints a pipeline or a template: expected one of these words, found ${found}`);
  }
  if (!help && what === 'template') refuseOthers(given, ['namespace', 'pipeline', 'help'], 'export template');
  if (!help && what === 'pipeline') {
    refuseOthers(given, Object.keys(EXPORT_OPTIONS).filter((name) => name !== 'pipeline'), 'export pipeline');
    if (!given.format) throw new UsageError('a pipeline is for one format: --format=FORMAT');
  }
  return {
    help,
    what: what === 'template' ? what : 'pipeline',
    pipeline: pipelineOptions(given),
    template: defined({ namespace: given.namespace, pipeline: given.pipeline }),
  };
}

/**
 * @typedef {object} InstallCommand
 * @property {boolean} help
 * @property {boolean} dryRun
 * @property {URL | undefined} url without credentials
 * @property {string | undefined} authorization the header's value, a secret
 * @property {string | undefined} caFile
 * @property {string | undefined} namespace
 * @property {PipelineOptions | undefined} pipeline options for `toIngestPipeline`, if there shall be one
 */

/**
 * @param {string[]} args the words after `install`
 * @param {Record<string, string | undefined>} env
 * @returns {InstallCommand}
 * @throws {UsageError}
 */
export function readInstallArguments(args, env) {
  const { files: words, given } = readWords(args, INSTALL_OPTIONS, 'vpcflow-ecs install --help');
  const help = given.help === true;
  const dryRun = given['dry-run'] === true;
  // The word is not repeated: it may be a URL with a password, or a key.
  if (!help && words.length > 0) throw new UsageError('install takes no file; the cluster is --url=URL, or ELASTICSEARCH_URL');
  const text = given.url ?? env.ELASTICSEARCH_URL;
  if (!help && !dryRun && !text) throw new UsageError('install needs the cluster: --url=URL, or ELASTICSEARCH_URL');
  if (!given.format) {
    const own = ['url', 'api-key', 'user', 'ca-cert', 'dry-run', 'namespace', 'help'];
    refuseOthers(given, own, 'install', ' without --format: they are about the pipeline');
  }
  const { url, user } = text ? readUrl(text) : { url: undefined, user: undefined };
  return {
    help,
    dryRun,
    url,
    authorization: authorization(given, env, user),
    caFile: given['ca-cert'],
    namespace: given.namespace,
    pipeline: given.format && pipelineOptions(given),
  };
}

/**
 * @typedef {object} ShipCommand
 * @property {boolean} help
 * @property {string[]} sources
 * @property {string | undefined} flowLogId whose format AWS is asked for
 * @property {boolean} watch
 * @property {string | undefined} since
 * @property {string | undefined} until
 * @property {string | undefined} metricsFile
 * @property {number} maxErrors most bad lines that are printed
 * @property {Record<string, string>} geo files of databases, by kind
 * @property {{ path: string, maxBytes?: number, maxFiles?: number } | '-' | undefined} output instead of a cluster
 * @property {URL[]} urls
 * @property {Record<string, any>} options for `ship`, without the destination; among them secrets
 */

/**
 * @param {string[]} args the words after `ship`
 * @param {Record<string, string | undefined>} env
 * @returns {ShipCommand}
 * @throws {UsageError}
 */
export function readShipArguments(args, env) {
  const { files: sources, given } = readWords(args, SHIP_OPTIONS, 'vpcflow-ecs ship --help');
  const help = given.help === true;
  if (!help && sources.length === 0) throw new UsageError('ship needs a source: a file, a folder, s3://BUCKET/PREFIX, a queue, or -');
  const { output: path } = given;
  if (path !== undefined) {
    const others = ['url', 'api-key-file', 'user-file', 'ca-cert', 'bulk-index', 'bulk-data-stream', 'bulk-op', 'bulk-id', 'no-gzip', 'retries', 'timeout'];
    const other = others.find((name) => name in given);
    if (other !== undefined) throw new UsageError(`--${other} is about a cluster, and --output has no use for it`);
  }
  for (const name of ['since', 'until']) {
    const inS3 = sources.some((source) => source.startsWith('s3://'));
    if (name in given && !inS3) throw new UsageError(`--${name} is about objects in Amazon S3, and no source is there`);
  }
  for (const name of ['rotate-bytes', 'rotate-files']) {
    if (name in given && (path === undefined || path === '-')) throw new UsageError(`--${name} goes with --output FILE`);
  }
  const database = ['geo-city', 'geo-asn', 'geo-country'].find((name) => name in given);
  if (database !== undefined && 'threads' in given) throw new UsageError(`--threads and --${database}: threads have no databases; leave one of them out`);
  const own = sources.find((source) => source === given['dead-letter'] || source === path);
  if (own !== undefined && own !== '-') throw new UsageError(`"${safeText(own)}" is a source, and the run would write it: give another file`);
  const texts = given.url ?? (env.ELASTICSEARCH_URL ? [env.ELASTICSEARCH_URL] : []);
  if (!help && path === undefined && texts.length === 0) throw new UsageError('ship needs the cluster: --url=URL, or ELASTICSEARCH_URL; or --output=FILE');
  const nodes = path === undefined ? /** @type {string[]} */ (texts).map(readUrl) : [];
  const { onError, ...parser } = parserOptions(given);
  /** @param {string} name @param {number} least @param {number} [most] */
  const count = (name, least, most) => (given[name] === undefined ? undefined : readCount(`--${name}`, given[name], least, most));
  const timeout = count('timeout', 1, 3600);
  return {
    help,
    sources,
    flowLogId: flowLogOption(given),
    watch: given.watch === true,
    since: given.since,
    until: given.until,
    metricsFile: given['metrics-json'],
    maxErrors: readCount('--max-errors', given['max-errors'] ?? String(DEFAULT_MAX_ERRORS)),
    geo: defined({ city: given['geo-city'], asn: given['geo-asn'], country: given['geo-country'] }),
    output: path === undefined || path === '-' ? path : defined({ path, maxBytes: count('rotate-bytes', 1), maxFiles: count('rotate-files', 1, 10_000) }),
    urls: nodes.map(({ url }) => url),
    options: defined({
      parser: { ...parser, ...(given['on-error'] !== undefined && { onError }) },
      deadLetter: given['dead-letter'],
      checkpoint: given.checkpoint,
      concurrency: count('concurrency', 1, 256),
      readers: count('readers', 1, 256),
      threads: count('threads', 0, 256),
      maxBytes: count('max-bytes', 1, 1024 ** 3),
      maxDocs: count('max-docs', 1, 1_000_000),
      ...(path === undefined && {
        ...shipTarget(given),
        ...credentials(given, env, nodes[0]?.user),
        ca: given['ca-cert'] && readCertificate(given['ca-cert']),
        gzip: given['no-gzip'] ? false : undefined,
        retries: count('retries', 0),
        timeout: timeout === undefined ? undefined : 1000 * timeout,
      }),
    }),
  };
}

/** Returns the target of the documents. @param {Given} given */
function shipTarget(given) {
  const { 'bulk-index': index, 'bulk-data-stream': stream, 'data-stream': own, 'bulk-op': op, 'bulk-id': id = 'fingerprint' } = given;
  if (index !== undefined && stream !== undefined) throw new UsageError('--bulk-index and --bulk-data-stream are two targets: give one');
  const namespaced = typeof own === 'string' ? { namespace: own } : true;
  return { index, dataStream: index === undefined ? stream ?? namespaced : undefined, op, id: id === 'none' ? undefined : id };
}

/**
 * Returns the credentials for `ship`. A file precedes a variable, and both precede the URL.
 *
 * @param {Given} given
 * @param {Record<string, string | undefined>} env
 * @param {string | undefined} userOfUrl
 * @returns {{ apiKey?: string, basic?: string }}
 */
function credentials(given, env, userOfUrl) {
  if (given['api-key-file'] !== undefined && given['user-file'] !== undefined) {
    throw new UsageError('--api-key-file and --user-file are two ways to say the same: give one');
  }
  /** @param {string} name */
  const secretIn = (name) => readOptionFile(name, given[name]).toString().trim();
  if (given['api-key-file'] !== undefined) return { apiKey: checkKey(secretIn('api-key-file')) };
  if (given['user-file'] !== undefined) return { basic: checkUser(secretIn('user-file'), 'the content of --user-file') };
  if (env.ELASTICSEARCH_API_KEY) return { apiKey: checkKey(env.ELASTICSEARCH_API_KEY) };
  if (env.ELASTICSEARCH_USER) return { basic: checkUser(env.ELASTICSEARCH_USER, 'ELASTICSEARCH_USER') };
  return userOfUrl === undefined ? {} : { basic: userOfUrl };
}

/** Reads the file of `--ca-cert`. @param {string} file */
export function readCertificate(file) {
  const bytes = readOptionFile('ca-cert', file);
  try {
    new X509Certificate(bytes);
  } catch {
    throw new UsageError(`--ca-cert is not a certificate in PEM: ${safeText(file)}`);
  }
  return bytes;
}

/** Reads a file that an option names. @param {string} name @param {string} file */
function readOptionFile(name, file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`--${name} cannot be read: ${safeText(messageOf(error))}`);
  }
}

/** @param {string} user @param {string} name */
function checkUser(user, name) {
  if (!user.includes(':')) throw new UsageError(`${name} must be NAME:PASSWORD`);
  return user;
}

/** @param {string} key */
function checkKey(key) {
  if (/[^\x20-\x7e]/.test(key)) throw new UsageError('an API key has no such characters');
  return key;
}

/**
 * Returns the header with the credentials. An option precedes a variable, and both precede the URL.
 *
 * @param {Given} given
 * @param {Record<string, string | undefined>} env
 * @param {string | undefined} userOfUrl
 */
function authorization(given, env, userOfUrl) {
  if (given['api-key'] !== undefined && given.user !== undefined) {
    throw new UsageError('--api-key and --user are two ways to say the same: give one');
  }
  /** @param {string} secret */
  const base64 = (secret) => Buffer.from(secret).toString('base64');
  /** @param {string} key */
  const ofKey = (key) => `ApiKey ${key.includes(':') ? base64(key) : key}`;
  /** @param {string} user @param {string} name */
  const ofUser = (user, name) => `Basic ${base64(checkUser(user, name))}`;
  if (given['api-key'] !== undefined) return ofKey(checkKey(given['api-key']));
  if (given.user !== undefined) return ofUser(given.user, '--user');
  if (env.ELASTICSEARCH_API_KEY) return ofKey(checkKey(env.ELASTICSEARCH_API_KEY));
  if (env.ELASTICSEARCH_USER) return ofUser(env.ELASTICSEARCH_USER, 'ELASTICSEARCH_USER');
  return userOfUrl === undefined ? undefined : ofUser(userOfUrl, 'the user in --url');
}

/**
 * Returns the cluster's URL, and apart from it the user that it may name. Errors do not repeat it: it may hold a password.
 *
 * @param {string} text
 * @returns {{ url: URL, user: string | undefined }}
 */
function readUrl(text) {
  let url;
  let user;
  try {
    url = new URL(text);
    const { username, password } = url;
    if (username || password) user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  } catch {
    throw new UsageError('--url is not a URL such as https://localhost:9200');
  }
  if (!['http:', 'https:'].includes(url.protocol)) throw new UsageError('--url must begin with https:// or http://');
  Object.assign(url, { username: '', password: '', search: '', hash: '' });
  return { url, user };
}

/**
 * @param {Given} given
 * @returns {PipelineOptions}
 */
function pipelineOptions(given) {
  const { onError: _, ...options } = parserOptions(given);
  if (given.geo) options.geo = true;
  // Its documents are for that data stream.
  if (given.namespace !== undefined && options.dataStream === undefined) options.dataStream = { namespace: given.namespace };
  return options;
}

/**
 * @param {Given} given
 * @param {string[]} names
 * @param {string} command
 * @param {string} [why]
 */
function refuseOthers(given, names, command, why = '') {
  const other = Object.keys(given).find((name) => !names.includes(name));
  if (other !== undefined) throw new UsageError(`${command} has no use for --${other}${why}`);
}

/**
 * Returns an object without the members that are undefined.
 *
 * @param {Given} object
 * @returns {any}
 */
function defined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/**
 * Returns the files and the options of a command line.
 *
 * @param {string[]} args
 * @param {Table} table
 * @param {string} help the command that explains them
 * @returns {{ files: string[], given: Given }}
 */
function readWords(args, table, help) {
  /** @type {Record<string, { type: 'string' | 'boolean', short?: string }>} */
  const options = {};
  for (const [name, { kind, short }] of Object.entries(table)) {
    options[name] = { type: kind === 'value' || kind === 'list' ? 'string' : 'boolean', ...(short && { short }) };
  }
  // Not strict: the checks below can say more than those of parseArgs.
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });

  /** @type {string[]} */
  const files = [];
  /** @type {Given} */
  const given = {};
  for (const token of tokens) {
    if (token.kind === 'positional') files.push(token.value);
    if (token.kind === 'option') readOption(token, given, table, help);
  }
  return { files, given };
}

/**
 * Checks one option and adds it to those given.
 *
 * @typedef {Record<string, import('./options.js').CommandOption>} Table
 *
 * @param {{ name: string, rawName: string, value?: string | undefined, inlineValue?: boolean | undefined }} token
 * @param {Given} given
 * @param {Table} table
 * @param {string} help
 */
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
  if (choices && value !== undefined && !choices.includes(value)) {
    const guess = nearest(value, choices);
    throw new UsageError(`--${name} is one of ${listOf(choices)}, not "${safeText(value)}"` +
      (guess ? `; did you mean ${guess}?` : ''));
  }
  if (kind === 'list') given[name] = [...(given[name] ?? []), value];
  else if (kind === 'value' && name in given) throw new UsageError(`--${name} is given twice`);
  else given[name] = value ?? true;
}

/** @param {Given} given */
function parserOptions(given) {
  const policy = { fail: 'throw', skip: 'skip', document: 'document' };
  /** @type {Given} */
  const options = {
    schema: given.schema,
    mode: given.mode,
    strict: given.strict,
    preserveOriginal: given['preserve-original'],
    communityId: given['no-community-id'] ? false : undefined,
    precedence: given.precedence,
    omitLogStatus: given['omit-log-status'],
    layers: given['no-layers'] ? false : given.layer,
    transport: given.transport,
    tags: given.tag,
    ingested: given.ingested,
    onError: policy[/** @type {keyof typeof policy} */ (given['on-error'] ?? 'fail')],
  };
  if (given.format) options.format = given.format.length === 1 ? given.format[0] : given.format;
  if (given.fields !== undefined) options.fields = readObject('--fields', given.fields);
  const stream = given['data-stream'];
  if (stream !== undefined) options.dataStream = stream === true || { namespace: stream };
  // An option that was not given is left out, so that messages of the parser are about what the user wrote.
  return defined(options);
}

/** Returns the target of bulk requests; undefined without them. @param {Given} given */
function bulkOption(given) {
  const { 'bulk-index': index, 'bulk-data-stream': stream, 'data-stream': own, 'bulk-op': op, 'bulk-id': id } = given;
  if (index === undefined && stream === undefined) {
    for (const name of ['bulk-op', 'bulk-id']) {
      if (name in given) throw new UsageError(`--${name} goes with --bulk-index or --bulk-data-stream`);
    }
    return undefined;
  }
  if (given.pretty) throw new UsageError('bulk requests have one document a line: leave out --pretty');
  const namespaced = typeof own === 'string' ? { namespace: own } : true;
  return defined({ index, dataStream: stream === true ? namespaced : stream, op, id });
}

/** @param {string} name @param {string} text @returns {object} */
function readObject(name, text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${name} is not JSON: ${safeText(messageOf(error))}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${name} must be a JSON object such as {"host":{"name":"a"}}`);
  }
  return value;
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} [least]
 * @param {number} [most]
 */
function readCount(name, text, least = 0, most = Infinity) {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (count >= least && count <= most) return count;
  const range = most === Infinity ? '' : ` from ${grouped(least)} to ${grouped(most)}`;
  throw new UsageError(`${name} must be a whole number${range}, not "${safeText(text)}"`);
}

/** @param {string[]} words */
function listOf(words) {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
