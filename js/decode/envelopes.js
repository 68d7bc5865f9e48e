/**
 * The envelopes of AWS around log events: opened, so that each event has a line of its own.
 *
 * The line of an event is a JSON object with the members of the event, and before them those of the envelopes around it.
 * They have AWS's names: `owner`, `logGroup`, `logStream`, `region`, `deliveryStreamArn`, `eventSourceARN`.
 *
 * Sources, in AWS's documentation:
 *
 * - CloudWatch Logs: *Subscription filters*, *FilterLogEvents*, *GetLogEvents*, *GetQueryResults*;
 * - Data Firehose: *Data transformation*, *HTTP endpoint delivery*;
 * - Lambda: *Using Lambda with Kinesis*; Athena: *GetQueryResults*;
 * - S3: *Event message structure*; SNS: *Parsing message formats*.
 *
 * @module
 */

import { Bytes, joined } from './bytes.js';
import { bytesOfBase64, isBase64 } from './encoding.js';
import { gunzip } from './gzip.js';
import { NotJson, itemsOf, membersOf, oneLine, stringOf } from './json.js';
import { MAGIC_BYTES, kindOf } from './magic.js';
import { tooLarge, unsupported } from './problem.js';
import { Values } from './values.js';

/** The most envelopes around each other. */
const MAX_DEPTH = 8;

/** Members of an envelope that say nothing about its events. */
const SILENT = ['messageType', 'nextToken', 'nextForwardToken', 'nextBackwardToken', 'NextToken', 'data', 'message'];

/** A member that an envelope has. An object without it is none, which is found faster than its members. */
const HINT = /"(?:messageType|logEvents|events|awslogs|records|Records|results|ResultSet|Event|detail|TopicArn|Messages)"\s*:/;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * The surroundings of a text: the names of the layers, and the members of envelopes, from outside in.
 *
 * @typedef {{ path: string[], context: Map<string, string> }} Around
 *
 * An envelope: the name of its layer, and its parts, each with the members that belong to it alone.
 *
 * @typedef {{ name: string, parts: { value?: string, data?: string, context?: Map<string, string> }[],
 *   context?: Map<string, string> }} Envelope
 *
 * @typedef {object} Settings
 * @property {import('./gzip.js').Zlib} zlib
 * @property {number} maxMemory
 * @property {(path: string[]) => void} found called with the layers around each event
 * @property {(warning: string) => void} warn
 */

/** Opens envelopes. */
export class Envelopes {
  #settings;
  /** The unpacked bytes of the records of the text being opened, whose lines are held together. */
  #unpackedBytes = 0;

  /** @param {Settings} settings */
  constructor(settings) {
    this.#settings = settings;
  }

  /**
   * True if a JSON text has to be opened. Others are lines for a parser.
   *
   * @param {string} text
   */
  opens(text) {
    return attempt(() => text.startsWith('[') || envelopeOf(membersOf(text)) !== undefined) ?? false;
  }

  /**
   * Returns the lines of a JSON text, without line feeds.
   *
   * @param {string} text
   * @param {Around} [around]
   * @returns {string[] | Promise<string[]>}
   */
  linesOf(text, around = { path: [], context: new Map() }) {
    if (around.path.length === 0) this.#unpackedBytes = 0;
    const isObject = text.startsWith('{');
    const mayOpen = !isObject || HINT.test(text);
    if (!mayOpen && around.context.size === 0) return [this.#lineOf(text, undefined, around)];
    const members = isObject ? attempt(() => membersOf(text)) : undefined;
    const envelope = attempt(() => (members === undefined ? listOf(text) : envelopeOf(members)));
    return envelope === undefined ? [this.#lineOf(text, members, around)] : this.#envelopeLines(envelope, around);
  }

  /** @param {Envelope} envelope @param {Around} around */
  async #envelopeLines(envelope, around) {
    if (around.path.length > MAX_DEPTH) throw unsupported(`there are more than ${MAX_DEPTH} envelopes around each other`);
    const context = new Map([...around.context, ...envelope.context ?? []]);
    const path = [...around.path, envelope.name];
    /** @type {string[]} */
    const lines = [];
    for (const part of envelope.parts) {
      const inner = { path, context: part.context === undefined ? context : new Map([...context, ...part.context]) };
      const found = part.data === undefined ? this.#valueLines(part.value ?? '', inner) : this.#bytesLines(bytesOfBase64(part.data), inner);
      for (const line of Array.isArray(found) ? found : await found) lines.push(line);
    }
    return lines;
  }

  /** Returns the lines of a part of an envelope. @param {string} value a JSON text @param {Around} around */
  #valueLines(value, around) {
    if (!value.startsWith('"')) return this.linesOf(value, around);
    const text = stringOf(value);
    if (isBase64(encoder.encode(text.slice(0, 64)))) return this.#bytesLines(bytesOfBase64(text), around);
    return this.#textLines(text, around);
  }

  /**
   * @param {Uint8Array} bytes
   * @param {Around} around
   * @returns {Promise<string[]>}
   */
  async #bytesLines(bytes, { path, context }) {
    const kind = kindOf(bytes.subarray(0, MAGIC_BYTES));
    if (kind === undefined) return this.#textLines(decoder.decode(bytes), { path, context });
    if (kind.name !== 'gzip') throw unsupported(`a record is ${kind.name}, which is not text: ${kind.advice ?? 'write it to a file first'}`);
    if (path.length > MAX_DEPTH) throw unsupported(`there are more than ${MAX_DEPTH} layers around a record`);
    return this.#bytesLines(await this.#unpacked(bytes), { path: [...path, 'gzip'], context });
  }

  /** @param {Uint8Array} bytes */
  async #unpacked(bytes) {
    const { zlib, warn, maxMemory } = this.#settings;
    const pieces = [];
    for await (const piece of gunzip(new Bytes(once(bytes)), zlib, warn)) {
      this.#unpackedBytes += piece.length;
      if (this.#unpackedBytes > maxMemory) {
        throw tooLarge(`the records of an envelope become more than ${maxMemory} bytes, as the option "maxMemory" allows`);
      }
      pieces.push(piece);
    }
    return joined(pieces);
  }

  /**
   * Returns the lines of a text in an envelope.
   *
   * @param {string} text
   * @param {Around} around
   * @returns {string[] | Promise<string[]>}
   */
  #textLines(text, around) {
    if (/^\s*[{[]/.test(text)) return this.#jsonLines(text, around);
    return text.split(/\r?\n/).filter((line) => line.trim() !== '').map((line) => this.#messageOf(line, around));
  }

  /** @param {string} text @param {Around} around */
  async #jsonLines(text, around) {
    const values = new Values(this.#settings);
    /** @type {string[]} */
    const lines = [];
    for (const parts of [values.push(encoder.encode(text)), values.end()]) {
      for (const part of parts) {
        const found = 'value' in part
          ? this.linesOf(decoder.decode(part.value), around)
          : [decoder.decode(part.text).replace(/\r?\n$/, '')];
        for (const line of Array.isArray(found) ? found : await found) lines.push(line);
      }
    }
    return lines;
  }

  /** Returns a text with the members of the envelopes around it. @param {string} line @param {Around} around */
  #messageOf(line, { path, context }) {
    this.#settings.found(path);
    return context.size === 0 ? line : `{${members(context)},"message":${JSON.stringify(line)}}`;
  }

  /**
   * Returns a JSON text as a line, with the members of the envelopes around it.
   *
   * @param {string} text
   * @param {Map<string, string> | undefined} own the members of the text, if it is an object
   * @param {Around} around
   */
  #lineOf(text, own, { path, context }) {
    this.#settings.found(path);
    if (context.size === 0) return oneLine(text);
    // The names of an object without a message may be fields, to which those of an envelope do not belong.
    if (!own?.get('message')?.startsWith('"')) return `{${members(context)},"event":${oneLine(text)}}`;
    const overlaps = [...context.keys()].some((name) => own.has(name));
    const others = overlaps ? new Map([...context].filter(([name]) => !own.has(name))) : context;
    return others.size === 0 ? oneLine(text) : `{${members(others)},${oneLine(text.slice(1))}`;
  }
}

/** The texts of members, which all events of an envelope share. */
const texts = new WeakMap();

/** Returns members as text. @param {Map<string, string>} context @returns {string} */
function members(context) {
  let text = texts.get(context);
  if (text === undefined) {
    text = [...context].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',');
    texts.set(context, text);
  }
  return text;
}

/**
 * Returns what a call returns; undefined for a text that is not JSON, of which the parser reports the error.
 *
 * @template T
 * @param {() => T} call
 */
function attempt(call) {
  try {
    return call();
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

/** @param {Uint8Array} bytes */
async function* once(bytes) {
  yield bytes;
}

/**
 * Returns a list as an envelope: of texts, of objects, or of lists that are the columns of a line. A list of columns is a
 * line itself: a text that is one has blanks, or the separators of CSV.
 *
 * @param {string} text
 * @returns {Envelope | undefined}
 */
function listOf(text) {
  if (!text.startsWith('[')) return undefined;
  const items = itemsOf(text);
  if (items.length > 1 && items.every((item) => /^[\d"-]|^null$/.test(item) && !/[\s,;|]/.test(textOf(item)))) {
    return { name: 'list', parts: [{ value: lineOf(items) }] };
  }
  return { name: 'list', parts: items.map((value) => ({ value: value.startsWith('[') ? lineOf(itemsOf(value)) : value })) };
}

/** Returns the line of columns, as JSON. @param {string[]} columns */
function lineOf(columns) {
  return JSON.stringify(columns.map(textOf).map((text) => (text === '' || text === 'null' ? '-' : text)).join(' '));
}

/** Returns the text of a JSON value. @param {string} value */
function textOf(value) {
  return value.startsWith('"') ? stringOf(value) : value;
}

/**
 * Returns the envelope that an object is; undefined if it is none.
 *
 * @param {Map<string, string>} own its members
 * @returns {Envelope | undefined}
 * @throws {import('../core/error.js').FlowLogError} if it names objects and has no records
 */
function envelopeOf(own) {
  refuseNotification(own);
  if (own.get('messageType') === '"CONTROL_MESSAGE"') return { name: 'cloudwatch-subscription', parts: [] };
  const logEvents = own.get('logEvents');
  if (logEvents?.startsWith('[')) {
    return { name: 'cloudwatch-subscription', parts: valuesOf(logEvents), context: scalarsOf(own) };
  }
  const events = own.get('events');
  if (events?.startsWith('[')) {
    const parts = valuesOf(events);
    const isOfLogs = parts.length === 0 ? hasToken(own) : objectOf(parts[0].value)?.has('message');
    return isOfLogs ? { name: 'log-events', parts } : undefined;
  }
  const data = objectOf(own.get('awslogs'))?.get('data');
  if (data?.startsWith('"')) return { name: 'awslogs', parts: [{ data: stringOf(data) }] };
  return recordsOf(own) ?? resultsOf(own);
}

/** @param {Map<string, string>} own */
function hasToken(own) {
  return ['nextToken', 'nextForwardToken', 'searchedLogStreams'].some((name) => own.has(name));
}

/**
 * Returns the records of Firehose or Kinesis.
 *
 * @param {Map<string, string>} own
 * @returns {Envelope | undefined}
 */
function recordsOf(own) {
  const list = own.get('records') ?? own.get('Records');
  if (!list?.startsWith('[')) return undefined;
  const context = scalarsOf(own);
  let name = 'firehose';
  const parts = [];
  for (const item of itemsOf(list)) {
    const record = objectOf(item);
    if (record === undefined) return undefined;
    refuseRecord(record);
    const kinesis = objectOf(record.get('kinesis'));
    const data = kinesis?.get('data') ?? record.get('data') ?? record.get('Data') ?? record.get('kafkaRecordValue');
    if (!data?.startsWith('"')) return undefined;
    if (!record.has('data') && !record.has('kafkaRecordValue')) name = 'kinesis';
    const known = ['eventSourceARN', 'awsRegion', 'approximateArrivalTimestamp', 'ApproximateArrivalTimestamp'];
    parts.push({ data: stringOf(data), context: new Map([...record].filter(([key]) => known.includes(key))) });
  }
  return { name, parts, context };
}

/**
 * Returns the results of a query: of CloudWatch Logs Insights, or of Athena.
 *
 * @param {Map<string, string>} own
 * @returns {Envelope | undefined}
 */
function resultsOf(own) {
  const results = own.get('results');
  if (results?.startsWith('[') && own.has('statistics')) {
    const parts = itemsOf(results).map((row) => {
      const cells = itemsOf(row).map(objectOf).filter((cell) => cell?.has('field') && cell.get('field') !== '"@ptr"');
      return { value: `{${cells.map((cell) => `${cell?.get('field')}:${cell?.get('value') ?? 'null'}`).join(',')}}` };
    });
    return { name: 'insights-results', parts };
  }
  const rows = objectOf(own.get('ResultSet'))?.get('Rows');
  if (!rows?.startsWith('[')) return undefined;
  const cells = itemsOf(rows).map((row) => itemsOf(objectOf(row)?.get('Data') ?? '[]').map((cell) => objectOf(cell)?.get('VarCharValue')));
  const [names = [], ...values] = cells;
  const parts = values.map((row) => {
    const named = row.map((value, index) => [names[index], value]).filter(([name, value]) => name && value);
    return { value: `{${named.map(([name, value]) => `${name}:${value}`).join(',')}}` };
  });
  return { name: 'athena-results', parts };
}

/** Throws for a notification: it names objects, and has no records. @param {Map<string, string>} own */
function refuseNotification(own) {
  if (own.get('Event') === '"s3:TestEvent"') throw notification('a test message of S3');
  if (own.get('source') === '"aws.s3"' && own.has('detail')) throw notification('an event of S3 through EventBridge');
  if (own.get('Type')?.startsWith('"') && own.has('TopicArn')) throw notification('a message of SNS');
  if (own.get('Messages')?.startsWith('[') && own.get('Messages')?.includes('"ReceiptHandle"')) throw notification('messages of SQS');
}

/** Throws for one of several records, likewise. @param {Map<string, string>} record */
function refuseRecord(record) {
  const source = record.get('eventSource') ?? record.get('EventSource');
  if (source === '"aws:s3"') throw notification('an event of S3');
  if (source === '"aws:sqs"') throw notification('an event of SQS');
  if (source === '"aws:sns"') throw notification('an event of SNS');
}

/** @param {string} what */
function notification(what) {
  const reader = 'readNotification of vpcflow-ecs/sources and the functions of vpcflow-ecs/lambda read it';
  return unsupported(`this is ${what}, which names objects and has no records: ${reader}`);
}

/** @param {string} list @returns {{ value: string }[]} */
function valuesOf(list) {
  return itemsOf(list).map((value) => ({ value }));
}

/** Returns the members of an object; undefined for another value. @param {string | undefined} text */
function objectOf(text) {
  return text?.startsWith('{') ? membersOf(text) : undefined;
}

/** Returns the members that are texts and numbers. @param {Map<string, string>} own */
function scalarsOf(own) {
  return new Map([...own].filter(([name, value]) => !SILENT.includes(name) && /^["\d-]/.test(value)));
}
