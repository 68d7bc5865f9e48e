// Measures pipelines: our `Pipeline` in Node.js, and a server's own ingest of the same documents. See README.md.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { serverIngestTime } from '../tests/elasticsearch/ingest-time.js';
import { parse } from '../tests/elasticsearch/json.js';
import { abilities } from '../tests/elasticsearch/cases.js';
import { request } from '../tests/elasticsearch/server.mjs';

/** The log that the documents have a line of each. */
export const INGEST_LOG = 'v2';
const DOCUMENTS = 20_000;
const CHECKED = 500;
/** A virtual machine of Java compiles while it runs. */
const WARM_UP_ROUNDS = 5;

/** A pipeline as one would write it for format `default` and records that have data: few checks, few names. */
const BY_HAND = {
  processors: [
    { dissect: { field: 'message', pattern: '%{v} %{aws.vpcflow.account_id} %{aws.vpcflow.interface_id} %{source.ip} ' +
      '%{destination.ip} %{source.port} %{destination.port} %{network.iana_number} %{source.packets} %{source.bytes} ' +
      '%{start} %{end} %{aws.vpcflow.action} %{aws.vpcflow.log_status}' } },
    ...['source.port', 'destination.port', 'source.packets', 'source.bytes'].map((field) => ({
      convert: { field, type: 'long' },
    })),
    { date: { field: 'start', target_field: 'event.start', formats: ['UNIX'] } },
    { date: { field: 'end', target_field: 'event.end', formats: ['UNIX'] } },
    { set: { field: '@timestamp', value: '{{{event.end}}}' } },
    { set: { field: 'event.outcome', value: 'success', if: `ctx.aws.vpcflow.action == 'ACCEPT'` } },
    { set: { field: 'event.outcome', value: 'failure', if: `ctx.aws.vpcflow.action == 'REJECT'` } },
    { set: { field: 'network.transport', value: 'tcp', if: `ctx.network.iana_number == '6'` } },
    { set: { field: 'network.transport', value: 'udp', if: `ctx.network.iana_number == '17'` } },
    { append: { field: 'related.ip', value: ['{{{source.ip}}}', '{{{destination.ip}}}'] } },
    { remove: { field: ['message', 'v', 'start', 'end'] } },
  ],
};

/**
 * @param {object} options
 * @param {string} options.folder where the logs are
 * @param {number} options.rounds
 * @param {{ url: string, name: string }} options.server
 * @param {(text: string) => void} [options.progress]
 */
export async function measureIngest({ folder, rounds, server, progress = () => {} }) {
  const { Pipeline, toIngestPipeline } = await import('../js/ingest/node.js');
  const lines = readFileSync(join(folder, `${INGEST_LOG}.log`), 'utf8').split('\n');
  const docs = lines.filter((line) => line && !line.includes(' - ')).slice(0, DOCUMENTS).map((message) => ({ message }));
  const { processors } = await abilities(server.url);
  const communityId = processors.has('community_id');
  const options = { format: 'default', community_id: communityId };
  const ours = new Pipeline({ processors: [{ aws_vpcflow: options }, { remove: { field: 'message' } }] });
  const oursByHand = new Pipeline(BY_HAND);
  const exported = toIngestPipeline('default', { communityId });

  const here = (name, pipeline) => ({
    name,
    async run() {
      const start = process.hrtime.bigint();
      for (const doc of docs) pipeline.run(doc);
      return { ns: Number(process.hrtime.bigint() - start) / docs.length };
    },
  });
  const there = (name, pipeline) => ({
    name,
    async run() {
      const { failed, took, counted } = await serverIngestTime(server.url, pipeline, docs);
      assert.equal(failed, 0, `${name}: failures`);
      return { ns: took, counted };
    },
  });
  const rows = [
    here('ours: aws_vpcflow', ours),
    there(`${server.name}: exported pipeline`, exported),
    here('ours: processors by hand', oursByHand),
    there(`${server.name}: processors by hand`, BY_HAND),
  ];
  try {
    progress('ingest: checking');
    await check(server.url, docs.slice(0, CHECKED), [[ours, exported], [oursByHand, BY_HAND]]);
    const times = new Map(rows.map((row) => [row, { ns: [], counted: [] }]));
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      for (const row of rows) {
        progress(`ingest, round ${round + WARM_UP_ROUNDS + 1} of ${rounds + WARM_UP_ROUNDS}: ${row.name}`);
        const { ns, counted = null } = await row.run();
        if (round < 0) continue;
        times.get(row).ns.push(ns);
        times.get(row).counted.push(counted);
      }
    }
    const measured = [...times].map(([row, { ns, counted }]) => {
      return { row: row.name, nsPerDocument: median(ns), least: Math.min(...ns), most: Math.max(...ns), counted: median(counted) };
    });
    progress('');
    return { server: server.name, documents: docs.length, communityId, rows: measured };
  } finally {
    ours.free();
    oursByHand.free();
  }
}

/** Checks that both sides of each pair make the same documents. */
async function check(url, docs, pairs) {
  for (const [ours, pipeline] of pairs) {
    const body = { pipeline, docs: docs.map((_source) => ({ _source })) };
    const { docs: answers, error } = await request(url, 'POST', '/_ingest/pipeline/_simulate', body);
    assert.ok(answers, `the pipeline was refused: ${JSON.stringify(error)}`);
    for (const [index, doc] of docs.entries()) {
      const expected = answers[index].doc?._source;
      const found = parse(JSON.stringify(ours.run(doc)));
      assert.ok(isDeepStrictEqual(found, expected), `other documents than the server's: ${JSON.stringify([found, expected])}`);
    }
  }
}

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
