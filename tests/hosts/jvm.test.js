// The library for the JVM: every golden, compared with the npm package, and the lengths of its methods.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { coreModules } from '../../scripts/hosts-core.mjs';
import { jvm, missing } from '../../scripts/hosts-jvm.mjs';
import { temporaryFolder } from '../js/command.js';
import { imported, repository } from '../js/package.js';
import { methodsOf } from './class-file.js';
import { jsonLines } from './core.js';
import { compareErrors, compareGoldens } from './goldens.js';

const skip = missing() ?? false;

/** kB (1,000 bytes) of the library itself. */
const BUDGET = 430;

const folder = temporaryFolder();

/** Runs a program of the library's tests, and returns what it prints. */
function java(name, args, input) {
  const path = [jvm.jar, jvm.tests, `${jvm.libraries}/*`].map((part) => join(repository, part));
  const { status, stdout, stderr } = spawnSync('java', ['-cp', path.join(delimiter), `vpcflow.ecs.${name}`, ...args], {
    input, encoding: 'utf8', maxBuffer: 64 << 20,
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

const ask = (questions) => java('Goldens', [], questions);

test('every golden, line by line and as an input', { skip }, () => compareGoldens(ask, { byLines: true, areIndependent: true }));

test('errors have the members of FlowLogError', { skip }, () => compareErrors(ask));

test('options as the text of an object, with blanks between its tokens and a format beside them', { skip }, () => {
  const options = { mode: 'original', tags: ['a', 'b'], fields: {} };
  const text = ` ${JSON.stringify(options, null, 2).replace(':', ' :').replace('{}', '{ }')}\r\n\t`;
  const line = '203.0.113.53 443';
  const format = 'srcaddr dstport';
  const [answer] = jsonLines(ask(`${JSON.stringify({ options: text, format, lines: [line] })}\n`));
  const { '@timestamp': at, ...document } = answer.lines[0].document;
  const { '@timestamp': now, ...expected } = new imported.Parser({ ...options, format }).parse(line);
  assert.ok(at && now);
  assert.deepStrictEqual(document, expected);
});

test('the error that ends an input has the documents of the lines before', { skip }, () => {
  const lines = ['192.0.2.1 443', '192.0.2.2 70000', '192.0.2.3 443'];
  const questions = ['throw', 'skip'].map((onError) => ({ options: { format: 'srcaddr dstport', mode: 'original', onError }, input: lines.join('\n') }));
  const found = jsonLines(ask(questions.map((question) => `${JSON.stringify(question)}\n`).join(''))).map(({ documents, error, errors }) => {
    return [jsonLines(documents).map(({ aws }) => aws.vpcflow.srcaddr), error?.message, errors.map(({ message }) => message)];
  });
  const message = 'line 2, column 11: field "dstport": expected 0 to 65535, found "70000"';
  assert.deepStrictEqual(found, [[['192.0.2.1'], message, []], [['192.0.2.1', '192.0.2.3'], undefined, [message]]]);
});

test('no method of the hot path is too long for HotSpot, which compiles at most 8,000 bytes', { skip }, () => {
  const line = (at) =>
    `5 123456789010 eni-1235b8ca12345678${at % 10} 172.31.16.${at} ${at % 3 ? `10.0.${at}.21` : `2001:db8::${at}`} ${20_000 + at} 443 6 ${at} ${at * 4249} ` +
    `1418530010 1418530070 ACCEPT OK vpc-0320cb46d4f67677f subnet-08d7fc055a573e4cb - ${at % 32} IPv4 172.31.16.${at} 10.0.${at}.21 ` +
    'eu-central-1 euc1-az4 - - - - egress 8';
  const log = folder.write('v5.log', Array.from({ length: 200 }, (_, at) => `${line(at)}\n`).join(''));
  const called = java('HotPath', [join(repository, coreModules[0].path), '{"format":"v5"}', log]).trim().split(' ');
  assert.ok(called.length > 30, `only ${called.length} functions are called`);

  const classes = join(repository, jvm.tests, '../classes/vpcflow/ecs');
  const files = readdirSync(classes).filter((name) => /^CoreMachine(FuncGroup_\d+)?\.class$/.test(name));
  const lengths = new Map(files.flatMap((name) => methodsOf(readFileSync(join(classes, name)))).map(({ name, length }) => [name, length]));
  assert.ok([...lengths.values()].some((length) => length > 8_000), 'a method that is called once is longer');
  const ofPath = called.map((number) => ({ name: `func_${number}`, length: lengths.get(`func_${number}`) }));
  for (const { name, length } of ofPath) assert.ok(length !== undefined && length <= 8_000, `${name} has ${length} bytes`);
});

test(`the library is at most ${BUDGET} kB`, { skip }, () => {
  const size = statSync(join(repository, jvm.jar)).size / 1000;
  assert.ok(size <= BUDGET, `${size.toFixed(1)} kB`);
  assert.ok(size > BUDGET / 2, `${size.toFixed(1)} kB: lower the budget`);
});
