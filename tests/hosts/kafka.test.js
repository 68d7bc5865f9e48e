// The transform in Kafka Connect: lines of a file through a worker into a topic of a broker, and from there into a file.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assembleKafka } from '../../scripts/hosts-kafka.mjs';
import { missing } from '../../scripts/hosts-jvm.mjs';
import { imported } from '../js/package.js';
import { GOOD, HEADER } from '../js/samples.js';
import { start } from './process.js';

const skip = missing() ?? false;
const LINES = 20_000;
const SECONDS = 300;

const folder = mkdtempSync(join(tmpdir(), 'vpcflow-ecs-'));
const running = [];
after(async () => {
  for (const program of running.reverse()) await program.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Returns a port of the loopback interface that is free now. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until something is true. A limit of two minutes is for a program that has failed, not for a slow one. */
async function until(what, isTrue, describe = () => '') {
  for (let round = 0; round < 600; round += 1) {
    if (await isTrue()) return;
    await sleep(200);
  }
  throw new Error(`not yet: ${what}\n${describe().slice(-5_000)}`);
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

function properties(name, settings) {
  const path = join(folder, name);
  writeFileSync(path, Object.entries(settings).map(([key, value]) => `${key}=${value}\n`).join(''));
  return path;
}

test(`${LINES.toLocaleString('en')} lines in, as many documents out, and a bad line reported`, { skip }, async () => {
  const { broker, worker, plugins } = assembleKafka();
  const [port, controller, rest] = [await freePort(), await freePort(), await freePort()];
  const brokerFile = properties('broker.properties', {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
  });
  const format = spawnSync('java', ['-cp', broker, 'kafka.tools.StorageTool', 'format', '-t', 'MkU3OEVBNTcwNTJENDM2Qg', '-c', brokerFile], { encoding: 'utf8' });
  assert.equal(format.status, 0, format.stderr + format.stdout);
  const program = (classPath, ...args) => start('java', ['-Xmx512m', '-cp', classPath, 'TestProgram', String(SECONDS), ...args]);
  running.push(await program(broker, 'kafka.Kafka', brokerFile));
  await until('the broker listens', () => accepts(port), running[0].complaints);

  const lineOf = (at) => GOOD.replace('172.31.16.139', `10.0.${at >> 8}.${at & 255}`).replace('4249', String(at));
  const lines = Array.from({ length: LINES }, (_, at) => lineOf(at));
  // Eleven more: a bad line, a header, and blank lines.
  const bad = GOOD.replace('20641', '70000');
  const input = [HEADER, ...lines.slice(0, 10_000), bad, ...Array(9).fill(''), ...lines.slice(10_000)];
  writeFileSync(join(folder, 'in.log'), `${input.join('\n')}\n`);
  const output = join(folder, 'out.ndjson');
  const workerFile = properties('worker.properties', {
    'bootstrap.servers': `127.0.0.1:${port}`,
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'offset.storage.file.filename': join(folder, 'offsets'),
    'offset.flush.interval.ms': 1_000,
    'plugin.path': plugins,
    listeners: `http://127.0.0.1:${rest}`,
  });
  const source = properties('source.properties', {
    name: 'source',
    'connector.class': 'org.apache.kafka.connect.file.FileStreamSourceConnector',
    'tasks.max': 1,
    file: join(folder, 'in.log'),
    topic: 'flows',
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter.schemas.enable': false,
    transforms: 'ecs',
    'transforms.ecs.type': 'vpcflow.connect.VpcflowToEcs',
    'transforms.ecs.format': 'default',
    'errors.tolerance': 'all',
    'errors.log.enable': true,
  });
  const sink = properties('sink.properties', {
    name: 'sink',
    'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
    'tasks.max': 1,
    file: output,
    topics: 'flows',
  });
  running.push(await program(worker, 'org.apache.kafka.connect.cli.ConnectStandalone', workerFile, source, sink));
  const { complaints } = running[1];
  const written = () => (existsSync(output) ? readFileSync(output, 'utf8').split('\n').slice(0, -1) : []);
  await until('all documents are in the file', () => written().length >= LINES, complaints);
  // A document after the last one would be one too many.
  await sleep(2_000);

  const parser = new imported.Parser({ format: 'default' });
  assert.deepStrictEqual(written().map((line) => JSON.parse(line)), lines.map((line) => parser.parse(line)));
  assert.match(complaints(), /DataException: column 65: field "srcport": expected 0 to 65535, found "70000"/);
  for (const name of ['source', 'sink']) {
    const { connector, tasks } = await (await fetch(`http://127.0.0.1:${rest}/connectors/${name}/status`)).json();
    assert.deepEqual([connector.state, tasks.map(({ state }) => state)], ['RUNNING', ['RUNNING']]);
  }
});
