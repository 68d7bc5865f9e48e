// The helpers of the tests of shipping: records that differ, a cluster, and files.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCluster } from './cluster.js';
import { temporaryFolder } from './command.js';
import { GOOD } from './samples.js';

/** Returns different records; the bytes tell them apart. */
export const records = (count, from = 0) => numbers(count, from).map((number) => GOOD.replace(' 4249 ', ` ${number} `));

/** Returns the number of the record that a document has. */
export const numberOf = (document) => document.network?.bytes;

export const numbers = (count, from = 0) => Array.from({ length: count }, (_, index) => from + index);

export const sorted = (values) => [...values].sort((a, b) => a - b);

/** Options for tests: requests small, waits short. */
export const quick = { dataStream: true, id: 'fingerprint', maxDocs: 50, minDelay: 1, maxDelay: 4, checkpointInterval: 0 };

/** Starts a cluster that ends with the test. */
export async function cluster(context, options) {
  const started = await startCluster(options);
  context.after(() => started.close());
  return started;
}

/** The folder of the test file. */
export const folder = temporaryFolder();

let files = 0;

/** Returns the path of a new file or folder in it. */
export const path = (name) => join(folder.path, `${files++}-${name}`);

/** Returns the objects of a file with lines of JSON. */
export const entriesOf = (file) => readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
