/**
 * The table of the command's options: what parses them, and what `--help` says of them.
 *
 * @module
 */

import { schemas } from '../node.js';

/**
 * @typedef {object} CommandOption
 * @property {'flag' | 'value' | 'list' | 'optional'} kind takes no value; one; one each time it is given; may take one
 *   after `=`
 * @property {string} [short]
 * @property {string} [value] what the value is called in the help
 * @property {string[]} [choices] the only values
 * @property {string} help one or more lines
 */

const FORMAT_HELP = `the fields of a line: the text AWS shows ('\${version} \${account-id} ...', in
single quotes), plain names, or a preset name (default, v3, ... v11, tgw,
nat-gateway, ...)`;

/** @type {Record<string, CommandOption>} */
export const OPTIONS = {
  format: {
    kind: 'list',
    short: 'f',
    value: 'FORMAT',
    help: `${FORMAT_HELP}. May be given several times: each line goes to the
format it satisfies. A header line in the input goes before it;
without either, the layouts that AWS documents decide, else the first
lines themselves: see vpcflow-ecs detect --help`,
  },
  'flow-log': {
    kind: 'value',
    value: 'ID',
    help: `the format of this flow log (fl-...), which AWS is asked for: records in
CloudWatch Logs and Firehose have no header. It needs @aws-sdk/client-ec2`,
  },
  accept: {
    kind: 'flag',
    help: `where the first lines leave the format open, read them by the likeliest
one instead of stopping; it is printed on standard error`,
  },
  schema: {
    kind: 'value',
    short: 's',
    value: 'SCHEMA',
    get choices() {
      return schemas().map(({ name }) => name);
    },
    get help() {
      return wrapped(`the form of the documents: ${withDefault(this.choices ?? [])}`);
    },
  },
  mode: {
    kind: 'value',
    short: 'm',
    value: 'MODE',
    get choices() {
      return [...new Set(schemas().flatMap(({ modes }) => modes))];
    },
    get help() {
      const names = schemas().filter(({ modes }) => modes.length > 1).map(({ name }) => name);
      return wrapped(`for the schemas ${names.join(' and ')}: ${withDefault(this.choices ?? [])}`);
    },
  },
  'preserve-original': {
    kind: 'flag',
    help: 'keep the line in event.original and add the tag preserve_original_event',
  },
  tag: { kind: 'list', short: 't', value: 'TAG', help: 'add a tag to every document. May be given several times' },
  fields: {
    kind: 'value',
    value: 'JSON',
    help: `merge a JSON object under each document, e.g. '{"host":{"name":"a"}}'`,
  },
  'data-stream': {
    kind: 'optional',
    value: 'NAMESPACE',
    help: 'add data_stream.*, event.module and event.dataset; the namespace is\n"default" if none is given',
  },
  'no-community-id': { kind: 'flag', help: 'leave network.community_id out' },
  'omit-log-status': {
    kind: 'list',
    value: 'STATUS',
    choices: ['NODATA', 'SKIPDATA'],
    help: 'write no documents for records of this log status, which have no traffic.\nMay be given several times',
  },
  'bulk-index': {
    kind: 'value',
    value: 'NAME',
    help: "write the body of Elasticsearch's bulk requests: before each document a line\nthat puts it into this index",
  },
  'bulk-data-stream': {
    kind: 'optional',
    value: 'NAME',
    help: 'the same for a data stream: logs-aws.vpcflow-default if none is given, or\nwith the namespace of --data-stream',
  },
  'bulk-op': {
    kind: 'value',
    value: 'OP',
    choices: ['create', 'index'],
    help: 'refuse (create, the default) or replace (index) a document that has the\nsame identifier',
  },
  'bulk-id': {
    kind: 'value',
    value: 'HOW',
    choices: ['fingerprint'],
    help: "identifiers from a hash of each record's text, so that what is sent twice\nis not added twice",
  },
  ingested: { kind: 'optional', value: 'TIME', help: 'add event.ingested: now, or the given RFC 3339 time' },
  'geo-city': {
    kind: 'value',
    value: 'FILE',
    help: 'a GeoLite2-City or GeoIP2-City database (.mmdb): add source.geo and\ndestination.geo',
  },
  'geo-country': { kind: 'value', value: 'FILE', help: 'the same from a Country database, for what the City database lacks' },
  'geo-asn': { kind: 'value', value: 'FILE', help: 'a GeoLite2-ASN database: add source.as and destination.as' },
  layer: {
    kind: 'list',
    value: 'LAYER',
    help: `what is around each record, from outside in: "json KEY", "prefix N" tokens,
"suffix N" tokens, syslog, number, "end ,", "end ;", quotes, label, spaces,
tabs, "records N", csv, "csv ;", "csv |" or tsv. May be given several times.
Without it, layers are found`,
  },
  transport: {
    kind: 'flag',
    help: 'add what the JSON or CSV around a record says of it: its log group\nand stream, the owner, the region, the identifier and time of the event',
  },
  'no-layers': { kind: 'flag', help: 'each line is a record, and nothing is around it' },
  strict: { kind: 'flag', help: 'refuse formats with field names that AWS does not document' },
  precedence: {
    kind: 'value',
    value: 'WHAT',
    choices: ['header', 'format'],
    help: 'what counts where a header and --format disagree: header (the default), or\nformat, which skips headers',
  },
  'on-error': {
    kind: 'value',
    value: 'WHAT',
    choices: ['fail', 'skip', 'document'],
    help: `what a bad line does: fail (the default) ends the run there, skip goes
on, document goes on and writes a document that says what is wrong`,
  },
  'max-errors': {
    kind: 'value',
    value: 'N',
    help: 'print at most this many bad lines and unreadable files, 100 by default; the\nothers are counted by kind',
  },
  'max-line-bytes': {
    kind: 'value',
    value: 'N',
    help: 'take lines of up to so many bytes, 1,048,576 by default, up to 67,108,864',
  },
  threads: {
    kind: 'value',
    short: 'j',
    value: 'N',
    help: 'convert so many files at the same time, each in a thread; 1 does without\nthreads. By default, as many as there are processors, if the files are\nlarge. The output is the same, in the order of the files',
  },
  output: { kind: 'value', short: 'o', value: 'FILE', help: 'write the documents to a file instead of standard output' },
  quiet: { kind: 'flag', short: 'q', help: 'print errors only: no summary, progress, layers and warnings' },
  color: {
    kind: 'value',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    help: 'colours: auto (the default) has them on a terminal unless NO_COLOR is set',
  },
  'summary-json': { kind: 'value', value: 'FILE', help: 'write the counts of the summary to a file, as a JSON object' },
  pretty: { kind: 'flag', short: 'p', help: 'indent the documents; in colour on a terminal' },
  help: { kind: 'flag', short: 'h', help: 'print this' },
  version: { kind: 'flag', short: 'V', help: 'print the version' },
};

/** @type {Record<string, CommandOption>} */
export const DETECT_OPTIONS = {
  json: { kind: 'flag', help: 'print the candidates as a JSON array' },
  'max-lines': { kind: 'value', value: 'N', help: 'read at most this many lines, 2,000 by default, up to 100,000' },
  help: { kind: 'flag', short: 'h', help: 'print this' },
};

/** @type {Record<string, CommandOption>} */
const { schema, mode, 'preserve-original': preserveOriginal, tag, fields, ingested, strict, help } = OPTIONS;
const dataStream = OPTIONS['data-stream'];

/**
 * The options of a pipeline: those of the documents, but for one format only.
 *
 * @type {Record<string, CommandOption>}
 */
const PIPELINE_OPTIONS = {
  format: {
    kind: 'list',
    short: 'f',
    value: 'FORMAT',
    help: FORMAT_HELP,
  },
  schema,
  mode,
  'preserve-original': preserveOriginal,
  tag,
  fields,
  'data-stream': dataStream,
  ingested,
  strict,
  'no-community-id': { kind: 'flag', help: 'leave network.community_id out: its processor came with Elasticsearch 7.12' },
  geo: { kind: 'flag', help: "add source.geo, source.as and destination's, from the cluster's own databases" },
};

/** @type {CommandOption} */
const namespace = {
  kind: 'value',
  value: 'NAMESPACE',
  help: 'for the data stream logs-aws.vpcflow-NAMESPACE alone, not for all\nlogs-aws.vpcflow-*',
};

/** @type {Record<string, CommandOption>} */
export const EXPORT_OPTIONS = {
  ...PIPELINE_OPTIONS,
  namespace,
  pipeline: { kind: 'value', value: 'NAME', help: 'with template: the pipeline that documents go through by default' },
  help,
};

/** @type {Record<string, CommandOption>} */
export const INSTALL_OPTIONS = {
  url: { kind: 'value', value: 'URL', help: 'the cluster, e.g. https://localhost:9200; or ELASTICSEARCH_URL' },
  'api-key': { kind: 'value', value: 'KEY', help: 'the API key, encoded or as id:key; better in ELASTICSEARCH_API_KEY' },
  user: { kind: 'value', short: 'u', value: 'NAME:PASSWORD', help: 'the user; better in ELASTICSEARCH_USER' },
  'ca-cert': { kind: 'value', value: 'FILE', help: "the certificate of the cluster's authority, as PEM" },
  'dry-run': { kind: 'flag', help: 'send nothing: print the requests, as the Console in Kibana takes them' },
  ...PIPELINE_OPTIONS,
  namespace,
  help,
};

const { 'geo-city': geoCity, 'geo-country': geoCountry, 'geo-asn': geoAsn, layer, precedence } = OPTIONS;

/** @type {Record<string, CommandOption>} */
export const SHIP_OPTIONS = {
  url: {
    kind: 'list',
    value: 'URL',
    help: 'the cluster, e.g. https://localhost:9200; or ELASTICSEARCH_URL. May be\ngiven several times: one is used until it fails',
  },
  'api-key-file': { kind: 'value', value: 'FILE', help: 'a file with the API key, encoded or as id:key; or it is in\nELASTICSEARCH_API_KEY' },
  'user-file': { kind: 'value', value: 'FILE', help: 'a file with NAME:PASSWORD; or it is in ELASTICSEARCH_USER' },
  'ca-cert': INSTALL_OPTIONS['ca-cert'],
  'bulk-index': { kind: 'value', value: 'NAME', help: 'send the documents to this index or alias' },
  'bulk-data-stream': {
    kind: 'value',
    value: 'NAME',
    help: 'send them to this data stream: logs-aws.vpcflow-default if neither is\ngiven, or with the namespace of --data-stream',
  },
  'bulk-op': OPTIONS['bulk-op'],
  'bulk-id': {
    kind: 'value',
    value: 'HOW',
    choices: ['fingerprint', 'none'],
    help: "identifiers from a hash of each record's text (the default), so that what\nis sent twice is not added twice; or none",
  },
  output: {
    kind: 'value',
    short: 'o',
    value: 'FILE',
    help: 'append NDJSON to a file instead, or write it to standard output for "-"',
  },
  'rotate-bytes': { kind: 'value', value: 'N', help: 'begin a new file of --output after so many bytes; the old one is FILE.1' },
  'rotate-files': { kind: 'value', value: 'N', help: 'keep at most so many files of --output, 10 by default' },
  checkpoint: {
    kind: 'value',
    value: 'FILE',
    help: 'keep in a file which lines and bytes are acknowledged; a later run goes on\nfrom there',
  },
  'dead-letter': {
    kind: 'value',
    value: 'FILE',
    help: 'append bad lines and refused documents to a file, with the reasons;\nwithout it, a refused document ends the run. It can be a SOURCE again',
  },
  watch: { kind: 'flag', help: 'follow folders and queues until the command is interrupted' },
  since: { kind: 'value', value: 'TIME', help: 'leave out older objects of S3, e.g. 2026-01-31 or 2026-01-31T12:00Z' },
  until: { kind: 'value', value: 'TIME', help: 'leave out objects of S3 from then on' },
  concurrency: { kind: 'value', value: 'N', help: 'send at most so many requests at the same time, 4 by default' },
  readers: { kind: 'value', value: 'N', help: 'read at most so many objects at the same time, 2 by default' },
  threads: {
    kind: 'value',
    value: 'N',
    help: 'parse in so many threads, 0 by default; each reads one object at a time, and\nthis process sends',
  },
  'max-bytes': { kind: 'value', value: 'N', help: 'cut requests after so many bytes before compression, 5,242,880 by\ndefault' },
  'max-docs': { kind: 'value', value: 'N', help: 'cut requests after so many documents, 5,000 by default' },
  retries: { kind: 'value', value: 'N', help: 'try a request again at most so many times, 8 by default' },
  timeout: { kind: 'value', value: 'SECONDS', help: 'wait at most so long for an answer, 60 by default' },
  'no-gzip': { kind: 'flag', help: 'send requests without compression' },
  'metrics-json': { kind: 'value', value: 'FILE', help: 'write the counts as JSON to a file, every ten seconds and at the end' },
  format: OPTIONS.format,
  'flow-log': OPTIONS['flow-log'],
  schema,
  mode,
  'preserve-original': preserveOriginal,
  tag,
  fields,
  'data-stream': dataStream,
  'no-community-id': OPTIONS['no-community-id'],
  'omit-log-status': OPTIONS['omit-log-status'],
  ingested,
  'geo-city': geoCity,
  'geo-country': geoCountry,
  'geo-asn': geoAsn,
  layer,
  'no-layers': OPTIONS['no-layers'],
  transport: OPTIONS.transport,
  strict,
  precedence,
  'on-error': {
    kind: 'value',
    value: 'WHAT',
    choices: ['fail', 'skip', 'document'],
    help: `what a bad line does: fail ends its object there (the default without
--dead-letter), skip goes on, and the dead letter has the line (the default
with it), document sends a document that says what is wrong`,
  },
  'max-errors': OPTIONS['max-errors'],
  help,
};

/** @type {Record<string, CommandOption>} */
export const EXPLAIN_OPTIONS = {
  format: { ...OPTIONS.format, help: FORMAT_HELP },
  header: { kind: 'value', value: 'LINE', help: 'the header line before it, whose names are the fields' },
  schema,
  mode,
  json: { kind: 'flag', help: 'print the explanation as JSON' },
  help,
};

/** @type {Record<string, CommandOption>} */
export const LIST_OPTIONS = { json: { kind: 'flag', help: 'print a JSON array' }, help };

/** @type {Record<string, CommandOption>} */
export const TEST_OPTIONS = {
  update: { kind: 'flag', short: 'u', help: 'write what was found into the files that differ: read the changes before you\ncommit them' },
  tap: { kind: 'flag', help: 'print the results in the Test Anything Protocol (TAP), version 14' },
  quiet: { kind: 'flag', short: 'q', help: 'print failures only' },
  color: OPTIONS.color,
  help,
};

/** @type {Record<string, CommandOption>} */
export const REDACT_OPTIONS = {
  format: { ...OPTIONS.format, kind: 'value', help: `${FORMAT_HELP}. Without it, headers and the lines determine it` },
  output: { kind: 'value', short: 'o', value: 'FILE', help: 'write the lines to a file instead of standard output' },
  quiet: { kind: 'flag', short: 'q', help: 'do not print what was replaced and what stays' },
  help,
};

export const REDACT_USAGE = 'usage: vpcflow-ecs redact [OPTION...] [FILE...|-]';
export const TEST_USAGE = 'usage: vpcflow-ecs test [OPTION...] FILE...';
export const EXPLAIN_USAGE = 'usage: vpcflow-ecs explain [OPTION...] LINE';
export const PRESETS_USAGE = 'usage: vpcflow-ecs presets [OPTION...]';
export const FIELDS_USAGE = 'usage: vpcflow-ecs fields [OPTION...]';
export const USAGE = 'usage: vpcflow-ecs [OPTION...] [FILE...|-]';
export const DETECT_USAGE = 'usage: vpcflow-ecs detect [OPTION...] [FILE|-]';
export const EXPORT_USAGE = 'usage: vpcflow-ecs export pipeline|template [OPTION...]';
export const SHIP_USAGE = 'usage: vpcflow-ecs ship SOURCE... --url URL [OPTION...]';
export const INSTALL_USAGE = 'usage: vpcflow-ecs install --url URL [OPTION...]';

/**
 * Returns the words of a choice as the help lists them.
 *
 * @param {string[]} words the first is the default
 */
function withDefault([first, ...others]) {
  const last = others.pop();
  return `${[`${first} (the default)`, ...others].join(', ')}, or ${last}`;
}

/**
 * Wraps a text in lines of the help.
 *
 * @param {string} text
 */
function wrapped(text) {
  return (text.match(/\S.{0,71}(?=\s|$)/g) ?? []).join('\n');
}

/** @param {Record<string, CommandOption>} options */
function entriesOf(options) {
  const entries = Object.entries(options).map(([name, { kind, short, value, help }]) => {
    const argument = { flag: '', value: ` ${value}`, list: ` ${value}`, optional: `[=${value}]` }[kind];
    const names = `  ${short ? `-${short},` : '   '} --${name}${argument}`;
    const lines = help.split('\n').map((line) => `          ${line}`);
    return [names, ...lines].join('\n');
  });
  return entries.join('\n');
}

/** @returns {string} the text of `detect --help` */
export function detectHelpText() {
  return `${DETECT_USAGE}

Reads the start of a flow log, 2,000 lines or 4 MiB at most, and prints the
formats that it may have, the likeliest first: what each column is, what else it
may be, what speaks for it, and the text that AWS takes as --log-format and
vpcflow-ecs as --format. Reads standard input if there is no file or for "-". Inputs
are decoded as vpcflow-ecs does.

Options:
${entriesOf(DETECT_OPTIONS)}

Exit status: 0 if there is a candidate, also if the lines leave some of its columns
open, 1 if it is not a flow log or could not be read, 2 if the command was used
wrongly. In JSON, isSettled says whether anything that matters is open.

Examples:
  vpcflow-ecs detect flow.log.gz
  vpcflow-ecs detect --json flow.log | jq -r '.[0] | select(.isSettled) | .format'
`;
}

/** @returns {string} the text of `explain --help` */
export function explainHelpText() {
  return `${EXPLAIN_USAGE}

Explains a line token by token: its field, what its value means or what is wrong
with it, and the keys of the document that it becomes. Put the line in quotes, or
after --.

Options:
${entriesOf(EXPLAIN_OPTIONS)}

Exit status: 0 if all is well, 1 if something is wrong with the line, 2 if the
command was used wrongly.

Examples:
  vpcflow-ecs explain --format 'srcaddr dstport' '192.0.2.44 443'
`;
}

/** @returns {string} the text of `test --help` */
export function testHelpText() {
  return `${TEST_USAGE}

Runs cases: lines of a flow log, a format, options, and the document or the error
that is expected of each line. The playground saves them as files. A FILE is a case,
a folder with files named *.case.json, a quoted pattern such as 'cases/*.json', or -
for standard input. Each line that differs is printed, with the keys that differ.

Options:
${entriesOf(TEST_OPTIONS)}

Exit status: 0 if every line is as expected, or was updated, 1 if one differs or a
file is not a case, 2 if the command was used wrongly.

Examples:
  vpcflow-ecs test cases/
  vpcflow-ecs test --update cases/nat-gateway.case.json
`;
}

/** @returns {string} the text of `redact --help` */
export function redactHelpText() {
  return `${REDACT_USAGE}

Replaces what identifies the owner of a log: addresses, accounts, identifiers, keys,
names, tags and other words, also in broken lines and around records. Replacements
are random, and equal for equal values of all files of the run. Addresses keep their
common prefixes. Lines parse as they did. Inputs are decoded as vpcflow-ecs does.
Standard error has the counts and the words that stay: look for one that names
somebody.

Options:
${entriesOf(REDACT_OPTIONS)}

Exit status: 0 if all is well, 1 if a file could not be read, 2 if the command was
used wrongly.

Examples:
  vpcflow-ecs redact flow.log.gz > redacted.log
`;
}

/** @returns {string} the text of `presets --help` */
export function presetsHelpText() {
  return listHelpText(PRESETS_USAGE, 'Prints the formats that have a name, which --format takes.', 'presets');
}

/** @returns {string} the text of `fields --help` */
export function fieldsHelpText() {
  return listHelpText(FIELDS_USAGE, 'Prints the fields that AWS documents, with the version that each came with.', 'fields');
}

/** @param {string} usage @param {string} what @param {string} name */
function listHelpText(usage, what, name) {
  return `${usage}

${what}

Options:
${entriesOf(LIST_OPTIONS)}

Exit status: 0 if all is well, 2 if the command was used wrongly.

Examples:
  vpcflow-ecs ${name} --json
`;
}

/** @returns {string} the text of `export --help` */
export function exportHelpText() {
  return `${EXPORT_USAGE}

Prints JSON for Elasticsearch. "pipeline" is an ingest pipeline of Elasticsearch's
own processors, the body of PUT _ingest/pipeline: of documents with a line in
"message" it makes the documents that vpcflow-ecs makes of the lines, for one format.
"template" has the component templates and the index template for the data streams
logs-aws.vpcflow-*, with a mapping for every field.

Options:
${entriesOf(EXPORT_OPTIONS)}

Exit status: 0 if all is well, 2 if the command was used wrongly.

Examples:
  vpcflow-ecs export pipeline --format v5 > pipeline.json
  vpcflow-ecs export template --pipeline my-pipeline
`;
}

/** @returns {string} the text of `install --help` */
export function installHelpText() {
  return `${INSTALL_USAGE}

Puts into an Elasticsearch cluster what "vpcflow-ecs export" prints: the component
templates, the index template for the data streams logs-aws.vpcflow-*, and, with
--format, the pipeline, which then is the default one of those data streams. What
has been there under these names is replaced: vpcflow-ecs@aws, vpcflow-ecs@ecs, and
vpcflow-ecs (with --namespace, vpcflow-ecs-NAMESPACE).

Options:
${entriesOf(INSTALL_OPTIONS)}

Exit status: 0 if all is well, 1 if the cluster did not take it, 2 if the command
was used wrongly.

Examples:
  vpcflow-ecs install --url https://localhost:9200 --format v5 --dry-run
  ELASTICSEARCH_API_KEY=... vpcflow-ecs install --url https://localhost:9200
`;
}

/** @returns {string} the text of `ship --help` */
export function shipHelpText() {
  return `${SHIP_USAGE}

Sends the documents of flow logs to Elasticsearch or OpenSearch, and what fails
again until it is accepted or refused for good. A SOURCE is a file, a folder, a
pattern such as 'logs/*.gz', s3://BUCKET/PREFIX, the URL of a queue of Amazon SQS
with notifications of S3, or - for standard input; also a dead-letter file.

Objects are acknowledged when all their events are; that is at least once. With
--checkpoint, a run that was ended in any way goes on where it was. An interrupt
ends the run after the requests under way; a second one ends it at once.

Options:
${entriesOf(SHIP_OPTIONS)}

Exit status: 0 if every event is delivered, or was before, or if the run was
interrupted; 1 if lines or documents are in the dead letter, an object or a message
could not be read or the run has failed; 2 if the command was used wrongly.

Examples:
  ELASTICSEARCH_API_KEY=... vpcflow-ecs ship logs/ --url https://localhost:9200
  vpcflow-ecs ship s3://bucket/AWSLogs/ --since 2026-01-01 --url https://es:9200 \\
    --user-file user.txt --checkpoint ship.json --dead-letter dead.ndjson
  vpcflow-ecs ship logs/ --watch --checkpoint ship.json -o documents.ndjson
`;
}

/** @returns {string} the text of `--help` */
export function helpText() {
  return `${USAGE}
       ${DETECT_USAGE.replace('usage: ', '')}
       ${EXPLAIN_USAGE.replace('usage: ', '')}
       ${PRESETS_USAGE.replace('usage: ', '')}
       ${FIELDS_USAGE.replace('usage: ', '')}
       ${EXPORT_USAGE.replace('usage: ', '')}
       ${INSTALL_USAGE.replace('usage: ', '')}
       ${SHIP_USAGE.replace('usage: ', '')}
       ${TEST_USAGE.replace('usage: ', '')}
       ${REDACT_USAGE.replace('usage: ', '')}

Turns AWS VPC and transit gateway flow logs into Elastic Common Schema (ECS)
documents, one JSON object per line. Reads the files in order, all files of a
folder, those of a quoted pattern such as 'logs/*.gz', or standard input if there is
none or for "-". Text, gzip, zstd, Parquet (with the package hyparquet), UTF-16 and
the envelopes of CloudWatch, Firehose and Athena are told apart by content.
Documents go to standard output, errors, layers and a summary to standard error.

With the first word "detect", prints the formats that a log may have instead:
see vpcflow-ecs detect --help. (A file of that name is "./detect".) With "export" or
"install", prints pipelines and templates for Elasticsearch, or puts them there.
With "ship", sends the documents there. "explain" explains a line, and "presets" and
"fields" list what formats are made of. "test" compares documents with expected ones.
"redact" replaces what identifies the owner of a log. "help" and one of these words
explains it.

Options:
${entriesOf(OPTIONS)}

Exit status: 0 if all is well, 1 if a line was bad or a file could not be read,
2 if the command was used wrongly, 130 or 143 if it was interrupted (SIGINT, SIGTERM).

Examples:
  vpcflow-ecs flow.log.gz > documents.ndjson
  vpcflow-ecs detect flow.log.gz
  vpcflow-ecs --format v5 --on-error skip *.log.gz
  zcat flow.log.gz | vpcflow-ecs --format '\${srcaddr} \${dstaddr}' --pretty
  vpcflow-ecs --bulk-data-stream --bulk-id fingerprint flow.log.gz > body.ndjson
`;
}

/**
 * The commands, for the manual page and completions: the first word, the options and the text of `--help`. The first one has no
 * word.
 *
 * @type {{ name: string, options: Record<string, CommandOption>, help: () => string }[]}
 */
export const COMMANDS = [
  { name: '', options: OPTIONS, help: helpText },
  { name: 'detect', options: DETECT_OPTIONS, help: detectHelpText },
  { name: 'explain', options: EXPLAIN_OPTIONS, help: explainHelpText },
  { name: 'presets', options: LIST_OPTIONS, help: presetsHelpText },
  { name: 'fields', options: LIST_OPTIONS, help: fieldsHelpText },
  { name: 'export', options: EXPORT_OPTIONS, help: exportHelpText },
  { name: 'install', options: INSTALL_OPTIONS, help: installHelpText },
  { name: 'ship', options: SHIP_OPTIONS, help: shipHelpText },
  { name: 'test', options: TEST_OPTIONS, help: testHelpText },
  { name: 'redact', options: REDACT_OPTIONS, help: redactHelpText },
];
