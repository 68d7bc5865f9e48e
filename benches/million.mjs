// The tables of docs/scale.md: a worker as it was measured, and what a million events a second takes by that.

/** Events a second that the second table is about. */
const RATE = 1_000_000;

/** The part of its time in which a function works. The rest is for the peaks of a day and for starts. */
const LOAD = 0.7;

/** A whole processor (page "Configure Lambda function memory" of the AWS Lambda Developer Guide), in MB. */
const MEMORY = 1769;

/** Seconds of a month of 30 days. */
const MONTH = 30 * 86_400;

/** Bytes of a line of version 5, as in `npm run bench`. */
const LINE_BYTES = 245;

/** Objects of this many events, as in the measurement. */
const OBJECT_EVENTS = 100_000;

/** List prices in US dollars of the region us-east-1; docs/scale.md says of which date and from which pages. */
export const PRICES = {
  /** AWS Lambda on x86: for a GB-second, and for a request. */
  lambda: { gigabyteSecond: 0.000_016_666_7, request: 0.2 / 1e6 },
  /** Amazon S3: for a GET request, and for a GB-month of the first tier. */
  s3: { get: 0.4 / 1e6, gigabyteMonth: 0.023 },
  /** Amazon SQS, standard queue: for a request. */
  sqs: { request: 0.4 / 1e6 },
  /** Vended logs to Amazon S3: for a GB, by tiers of TB in a month. */
  vended: [[10, 0.25], [20, 0.15], [20, 0.075], [Infinity, 0.05]],
};

/**
 * A measured worker.
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {number} rate events a second
 * @property {number} processor seconds for a million events
 * @property {number} memory MB at most
 * @property {number} read MB for a million events
 * @property {number} sent the same
 */

const columns = ['Worker', 'Events/s', 'Processor seconds per million events', 'Peak MB', 'MB read per million', 'MB sent per million'];

/** Returns the first table. @param {Row[]} rows */
export function workerTable(rows) {
  const lines = rows.map(({ name, rate, processor, memory, read, sent }) => {
    return [name, rate.toLocaleString('en'), processor.toFixed(1), memory.toFixed(0), read.toFixed(0), sent.toFixed(0)];
  });
  return tableOf([columns, ['---', ...columns.slice(1).map(() => '---:')], ...lines]);
}

/** Reads the rows of the first table. @param {string} table @returns {Row[]} */
export function readWorkerTable(table) {
  return table.split('\n').slice(2).map((line) => {
    const [name, ...numbers] = line.slice(2, -2).split(' | ');
    const [rate, processor, memory, read, sent] = numbers.map((text) => Number(text.replaceAll(',', '')));
    return { name, rate, processor, memory, read, sent };
  });
}

/** Returns the second table, for a worker of one processor. @param {Row} row */
export function millionTable({ rate, read, sent }) {
  const functions = Math.ceil(RATE / rate / LOAD);
  const seconds = (MONTH * RATE) / rate;
  const objects = (RATE / OBJECT_EVENTS) * MONTH;
  const terabytes = (RATE * LINE_BYTES * MONTH) / 1e12;
  const stored = (RATE / 1e6) * read * MONTH / 1000;
  const dollars = (/** @type {number} */ amount) => `$${Math.round(amount).toLocaleString('en')}`;
  const count = (/** @type {number} */ number) => Math.round(number).toLocaleString('en');
  return tableOf([
    ['Part', 'For a million events a second', 'List price for 30 days'],
    ['---', '---', '---:'],
    ['AWS Lambda', `${functions} functions of ${MEMORY} MB at the same time, busy ${LOAD * 100} % of their time`,
      dollars(seconds * (MEMORY / 1024) * PRICES.lambda.gigabyteSecond + objects * PRICES.lambda.request)],
    ['Amazon SQS', `${count(RATE / OBJECT_EVENTS)} messages a second, 3 requests each`, dollars(objects * 3 * PRICES.sqs.request)],
    ['Amazon S3, requests', `${count(RATE / OBJECT_EVENTS)} objects a second of ${count((read * OBJECT_EVENTS) / 1e6 * 10) / 10} MB`, dollars(objects * PRICES.s3.get)],
    ['Amazon S3, storage', `${count(stored / 1000)} TB, kept for 30 days`, dollars(stored * PRICES.s3.gigabyteMonth)],
    ['Delivery of the flow logs to S3', `${count(terabytes)} TB of lines, before compression`, dollars(tiers(terabytes))],
    ['Network to the cluster', `${count(sent)} MB/s of gzip`, 'see below'],
    ['Shards', `${count((RATE * 86_400) / 200e6)} a day, at 200 million documents each`, 'the cluster\'s'],
  ]);
}

/** Returns the third table: how the second one is computed, and by which prices. */
export function pricesTable() {
  const price = (/** @type {number} */ amount) => `$${Number(amount.toPrecision(6)).toString().replace(/^(\d+\.\d)$/, '$10')}`;
  const { lambda, s3, sqs, vended } = PRICES;
  const [first, ...others] = vended.map(([size, amount]) => (size === Infinity ? `${price(amount)} beyond` : `${price(amount)} for ${size} TB`));
  return tableOf([
    ['Part', 'Formula', 'List price, to be checked'],
    ['---', '---', '---'],
    ['AWS Lambda', `${MONTH.toLocaleString('en')} s × events/s ÷ events/s of a worker × ${MEMORY} ÷ 1024 GB; and a request for each object`,
      `$${lambda.gigabyteSecond.toFixed(10)} a GB-second, ${price(lambda.request * 1e6)} a million requests`],
    ['Amazon SQS', 'objects × 3 requests', `${price(sqs.request * 1e6)} a million requests`],
    ['Amazon S3, requests', `objects of ${OBJECT_EVENTS.toLocaleString('en')} events`, `${price(s3.get * 1e6)} a million GET requests`],
    ['Amazon S3, storage', `MB read per million × million events/s × ${(MONTH / 1000).toLocaleString('en')} GB`, `${price(s3.gigabyteMonth)} a GB and month`],
    ['Delivery of the flow logs to S3', `events × ${LINE_BYTES} bytes`, `for a GB: ${[first, ...others].join(', ')}`],
  ]);
}

/** Returns the price of vended logs. @param {number} terabytes */
function tiers(terabytes) {
  let left = terabytes;
  let sum = 0;
  for (const [size, price] of PRICES.vended) {
    const part = Math.min(left, size);
    sum += part * 1000 * price;
    left -= part;
  }
  return sum;
}

/** @param {string[][]} rows */
function tableOf(rows) {
  return rows.map((cells) => (cells[0] === '---' ? `|${cells.join('|')}|` : `| ${cells.join(' | ')} |`)).join('\n');
}

/** Returns a page with its blocks replaced. @param {string} text @param {Record<string, string>} blocks */
export function withBlocks(text, blocks) {
  return Object.entries(blocks).reduce((page, [name, block]) => page.replace(
    new RegExp(`(<!-- measured: ${name} -->\\n)[^]*?(\\n<!-- end -->)`), (_, start, end) => `${start}\n${block}\n${end}`), text);
}
