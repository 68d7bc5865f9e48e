// The plug-in in real servers, which load it as after an installation: every golden, compared with the npm package, refusals,
// failures, and many documents.
//
// HOST_SERVERS=all takes every version; otherwise it is the newest of each product.

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { request } from '../elasticsearch/server.mjs';
import { java, missing } from '../../scripts/hosts-jvm.mjs';
import { assemble, testedServers } from '../../scripts/hosts-plugin.mjs';
import { FILE as THIRD_PARTY } from '../../scripts/licences.mjs';
import { documentCases, importIngest, repository } from '../js/package.js';
import { GOOD } from '../js/samples.js';
import { start } from './process.js';

const { Pipeline } = await importIngest();

/** kB (1,000 bytes) of a zip. */
const BUDGET = 820;
const SECONDS = 600;
const DOCUMENTS = 100_000;
const A_REQUEST = 5_000;

const TIME = '2026-01-02T03:04:05.678Z';

const skip = missing() ?? false;

for (const server of skip ? [] : testedServers) {
  describe(server.name, () => {
    let url;
    let running;
    before(async () => {
      const { classPath, home } = assemble(server);
      running = await start(java(server.java), ['-Xmx1g', '-cp', classPath, 'TestNode', String(SECONDS), home]);
      url = running.ready.url;
    });
    after(() => running?.stop());

    /** Runs a pipeline of one processor with `_simulate`. */
    async function simulated(config, sources) {
      const pipeline = { processors: [{ aws_vpcflow: config }] };
      const answer = await request(url, 'POST', '/_ingest/pipeline/_simulate', { pipeline, docs: sources.map((_source) => ({ _source })) });
      assert.ok(answer.docs, JSON.stringify(answer).slice(0, 1_000));
      return answer.docs;
    }

    test(`the zip is at most ${BUDGET} kB`, () => {
      const size = statSync(`${repository}/${server.zip}`).size / 1000;
      assert.ok(size <= BUDGET && size > BUDGET / 2, `${size.toFixed(1)} kB`);
    });

    test('the plug-in has the licences of the crates in its module', () => {
      const [installed, original] = [`${server.work}/home/plugins/ingest-aws-vpcflow`, repository].map((path) => readFileSync(`${path}/${THIRD_PARTY}`, 'utf8'));
      assert.equal(installed, original);
    });

    test('the node lists the plug-in and its processor', async () => {
      assert.ok(running.ready.version.startsWith(server.version), running.ready.version);
      const { nodes } = await request(url, 'GET', '/_nodes/plugins,ingest');
      const [node] = Object.values(nodes);
      const { name, version, classname } = node.plugins.find((plugin) => plugin.name === 'ingest-aws-vpcflow');
      assert.deepEqual({ name, version, classname }, { name: 'ingest-aws-vpcflow', version: '0.1.0', classname: 'vpcflow.plugin.VpcflowPlugin' });
      assert.deepEqual(node.ingest.processors.filter(({ type }) => type === 'aws_vpcflow'), [{ type: 'aws_vpcflow' }]);
    });

    test('every golden of a given format: no difference to the npm package', async () => {
      let compared = 0;
      for (const { file, name, options = {}, lines } of documentCases()) {
        // The format is required, and one processor writes no actions of the bulk API.
        if (options.format === undefined || options.bulk !== undefined) continue;
        const config = configOf(options);
        if (config === undefined) continue;
        const sources = lines.map((message) => ({ '@timestamp': TIME, message, agent: { id: 'a1' } }));
        const expected = new Pipeline({ processors: [{ aws_vpcflow: config }] }).simulate({ docs: sources.map((_source) => ({ _source })) });
        const found = await simulated(config, sources);
        assert.deepStrictEqual(found.map(sourceOf), expected.docs.map(sourceOf), `${file}: ${name}`);
        compared += lines.length;
      }
      assert.ok(compared > 200, `only ${compared} documents`);
    });

    test('bad configurations are refused when a pipeline is stored, in the words of the npm package', async () => {
      const bad = [
        [{ format: '${version} ${srcadr}', strict: true }, 'format'],
        [{ format: ['srcaddr', 'srcadr'], strict: true }, 'format'],
        [{ format: '' }, 'format'],
        [{ format: 'v5', schema: 'esc' }, 'schema'],
        [{ format: 'v5', mode: 7 }, 'mode'],
        [{ format: 'v5', tags: 'a' }, 'tags'],
        [{ format: 'v5', data_stream: { namespace: 'A B' } }, 'data_stream'],
        [{ format: 'v5', omit_log_status: ['OK'] }, 'omit_log_status'],
        [{ format: 'v5', max_line_bytes: -1 }, 'max_line_bytes'],
        [{ format: 'v5', fields: { _index: 'a' } }, 'fields'],
        [{ format: 'v5', ignore_missing: 'x' }, 'ignore_missing'],
      ];
      for (const [config, property] of bad) {
        const pipeline = { processors: [{ aws_vpcflow: config }] };
        const { error } = await request(url, 'PUT', '/_ingest/pipeline/bad', pipeline);
        assert.equal(error?.property_name, property, JSON.stringify(config));
        assert.throws(() => new Pipeline(pipeline), (expected) => {
          assert.ok(expected.message.endsWith(error.reason.replace(/^\[\w+\] /, '')), `${expected.message}\n${error.reason}`);
          return true;
        });
      }
      const missingFormat = await request(url, 'PUT', '/_ingest/pipeline/bad', { processors: [{ aws_vpcflow: {} }] });
      assert.equal(missingFormat.error.reason, '[format] required property is missing');
      const unknown = await request(url, 'PUT', '/_ingest/pipeline/bad', { processors: [{ aws_vpcflow: { format: 'v5', geo: true } }] });
      assert.match(unknown.error.reason, /doesn't support one or more provided configuration parameters \[geo\]/);
      const named = await request(url, 'PUT', '/_ingest/pipeline/bad', { processors: [{ aws_vpcflow: { format: '${version} ${srcadr}', strict: true } }] });
      assert.equal(named.error.reason, '[format] field "srcadr": AWS documents no such field, at position 2; did you mean "srcaddr"?');
    });

    test('a failure has the column, and on_failure gets it', async () => {
      const bad = GOOD.replace('20641', '70000');
      const [plain] = await simulated({ format: 'default' }, [{ message: bad }]);
      assert.equal(plain.error.type, 'illegal_argument_exception');
      assert.equal(plain.error.reason, 'column 65: field "srcport": expected 0 to 65535, found "70000"');
      const config = { format: 'default', tag: 'flow', on_failure: [{ aws_vpcflow: { format: 'srcport dstport', mode: 'original', field: 'other', target_field: 'rescued' } }] };
      const [rescued] = await simulated(config, [{ message: bad, other: '1 2' }]);
      assert.deepEqual(rescued.doc._source, { message: bad, other: '1 2', rescued: rescued.doc._source.rescued });
      assert.deepEqual(rescued.doc._source.rescued.aws, { vpcflow: { srcport: 1, dstport: 2 } });
    });

    test('missing fields, headers, left-out records and targets, as in the npm package', async () => {
      const nodata = GOOD.replace(/172.*/, '- - - - - - - 1418530010 1418530070 - NODATA');
      const cases = [
        [{ format: 'default' }, { other: 1 }],
        [{ format: 'default' }, { message: null }],
        [{ format: 'default' }, { message: 7 }],
        [{ format: 'default', ignore_missing: true }, { other: 1 }],
        [{ format: 'default' }, { message: 'version account-id interface-id' }],
        [{ format: 'default' }, { message: '' }],
        [{ format: 'default', omit_log_status: ['NODATA'] }, { message: nodata }],
        [{ format: 'default', target_field: 'flow.record' }, { message: GOOD, flow: { record: { source: { ip: 'x', mac: 'y' } } } }],
        [{ format: 'default', target_field: 'flow' }, { message: GOOD, flow: 'text' }],
        [{ format: 'default', tags: ['a', 'b'] }, { message: GOOD, tags: ['b', 'c'], related: { ip: ['192.0.2.1'], user: ['u'] } }],
        [{ format: 'srcaddr dstaddr' }, { message: '192.0.2.1 192.0.2.2', '@timestamp': TIME }],
        [{ format: 'default', fields: { labels: { team: 'network' }, count: 1.5 } }, { message: GOOD, labels: { a: 'b' } }],
      ];
      for (const [config, source] of cases) {
        const { docs: [expected] } = new Pipeline({ processors: [{ aws_vpcflow: config }] }).simulate({ docs: [{ _source: source }] });
        const [found] = await simulated(config, [source]);
        assert.deepStrictEqual(sourceOf(found), sourceOf(expected), JSON.stringify([config, source]));
      }
    });

    test(`${DOCUMENTS.toLocaleString('en')} documents by bulk`, async () => {
      const pipeline = { processors: [{ aws_vpcflow: { format: 'default', ignore_missing: false } }] };
      assert.deepEqual(await request(url, 'PUT', '/_ingest/pipeline/flows', pipeline), { acknowledged: true });
      const index = { settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: -1 }, mappings: { dynamic: false } };
      await request(url, 'PUT', '/flows', index);
      const lineOf = (at) => GOOD.replace('172.31.16.139', `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`).replace('4249', String(at));
      const started = performance.now();
      for (let first = 0; first < DOCUMENTS; first += A_REQUEST) {
        const body = Array.from({ length: A_REQUEST }, (_, at) => `{"index":{"_id":"${first + at}"}}\n${JSON.stringify({ message: lineOf(first + at) })}\n`).join('');
        const answer = await request(url, 'POST', '/flows/_bulk?pipeline=flows&filter_path=errors,items.*.error', body);
        assert.deepEqual(answer, { errors: false });
      }
      const seconds = (performance.now() - started) / 1000;
      await request(url, 'POST', '/flows/_refresh');
      assert.equal((await request(url, 'GET', '/flows/_count')).count, DOCUMENTS);
      const mine = new Pipeline(pipeline);
      for (let at = 0; at < DOCUMENTS; at += 9_973) {
        const { _source } = await request(url, 'GET', `/flows/_doc/${at}`);
        assert.deepStrictEqual(plain(_source), mine.run({ message: lineOf(at) }), String(at));
      }
      const { nodes } = await request(url, 'GET', '/_nodes/stats/ingest?filter_path=nodes.*.ingest.pipelines.flows');
      const [{ ingest: { pipelines: { flows } } }] = Object.values(nodes);
      assert.deepEqual([flows.count, flows.failed], [DOCUMENTS, 0]);
      console.log(`${server.name}: ${DOCUMENTS} documents in ${seconds.toFixed(1)} s, ${flows.time_in_millis} ms of ingest`);
    });
  });
}

/** Returns the options in the words of the processor; undefined if it has not all of them. */
function configOf(options) {
  const own = ['format', 'schema', 'mode', 'strict', 'preserveOriginal', 'tags', 'fields', 'dataStream', 'ingested', 'communityId', 'omitLogStatus', 'maxLineBytes', 'layers'];
  if (!Object.keys(options).every((name) => own.includes(name))) return undefined;
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]));
}

/** Returns the source of an answer, its error, or null if it was dropped; times of the server's clock as a word. */
function sourceOf(answer) {
  if (answer === null || answer?.doc === null) return null;
  if (answer.error) return { type: answer.error.type, reason: answer.error.reason };
  const source = plain(answer.doc._source);
  if (source.event?.ingested) source.event.ingested = 'now';
  return source;
}

/** Returns a value as JSON has it, with integers as they are. */
function plain(value) {
  return JSON.parse(JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? Number(inner) : inner)));
}
