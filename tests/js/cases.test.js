// Cases: files with lines, a format, options and what is expected of each line; and the command that runs them.

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runCommand, runInTerminal, temporaryFolder } from './command.js';
import { PLAIN, linesOf } from './logs.js';
import { documentCases, fixture, importFrom, imported, stopClock } from './package.js';

const { CaseError, jsonOf, readJson } = await importFrom('js/cases/json.js');
const { caseText, isCase, readCase } = await importFrom('js/cases/case.js');
const { accepted, resultsOf } = await importFrom('js/cases/results.js');
const { differencesOf, ofValues } = await importFrom('js/cases/differences.js');

stopClock();
const results = (given) => resultsOf(imported, { options: {}, ...given });
const folder = temporaryFolder();
const LINE = '192.0.2.1 443 1767225604';
/** The document of this line, written from the mapping of ECS. */
const DOCUMENT = {
  '@timestamp': '2026-01-01T00:00:04.000Z',
  cloud: { provider: 'aws' },
  destination: { port: 443 },
  ecs: { version: '8.17.0' },
  event: { category: ['network'], kind: 'event', start: '2026-01-01T00:00:04.000Z', type: ['connection'] },
  network: { type: 'ipv4' },
  related: { ip: ['192.0.2.1'] },
  source: { address: '192.0.2.1', ip: '192.0.2.1' },
};
const CASE = {
  'vpcflow-ecs-case': 1,
  name: 'a small one',
  format: 'srcaddr dstport start',
  lines: [
    { text: 'srcaddr dstport start', document: null },
    { text: LINE, document: DOCUMENT },
    { text: '192.0.2.1 70000 1767225604', error: { code: 'out_of_range', column: 11, field: 'dstport' } },
  ],
};
const GOOD = `${JSON.stringify(CASE, null, 2)}\n`;
/** The same with other expectations: a value, a key that is missing and one too many, and another place of the error. */
const WRONG = GOOD.replace('"ip": "192.0.2.1"', '"ip": "192.0.2.9"').replace('"column": 11', '"column": 3')
  .replace('"provider": "aws"', '"region": "eu-central-1"');

describe('the results of lines', () => {
  test('are the documents of every golden case, line by line', () => {
    for (const { file, name, options: { format, ...options } = {}, lines, expected } of documentCases()) {
      const { results: found, error } = results({ format, options, lines: lines.map((text) => ({ text })) });
      // The time of parsing is not a part of a case.
      const timed = expected.map((document) => {
        if (document?.['@timestamp'] !== '2026-01-02T03:04:05.678Z' || options.ingested !== undefined) return { document };
        const { '@timestamp': _, ...rest } = document;
        return { document: rest };
      });
      assert.deepStrictEqual([found, error], [timed, undefined], `${file}: ${name}`);
    }
  });

  test('are the errors of every bad input, with their places', () => {
    let count = 0;
    for (const { name, options: { format, ...options } = {}, input, error } of fixture('errors.json')) {
      if (typeof input !== 'string' || error.lineNumber === null || options.onError) continue;
      const { results: found, error: whole } = results({ format, options, lines: input.split('\n').map((text) => ({ text })) });
      const { code, column, field } = error;
      const expected = { code, ...(column !== null && { column }), ...(field !== null && { field }) };
      const { message, ...place } = found[error.lineNumber - 1].error ?? whole ?? {};
      assert.deepStrictEqual(place, expected, name);
      count += 1;
    }
    assert.ok(count > 30, String(count));
  });

  test('belong to their lines where the format is inferred from several', () => {
    const lines = linesOf(PLAIN, 40);
    lines.splice(3, 0, '');
    lines.splice(9, 0, 'what is this');
    const { results: found, error } = results({ lines: lines.map((text) => ({ text })) });
    assert.equal(error, undefined);
    assert.deepStrictEqual([found[3], found[9].error?.code !== undefined], [{ document: null }, true]);
    for (const [index, line] of lines.entries()) {
      if (index === 3 || index === 9) continue;
      const [, action, start] = line.split(' ');
      assert.deepStrictEqual([found[index].document.event.action, Date.parse(found[index].document.event.start) / 1000], [action.toLowerCase(), Number(start)]);
    }
  });

  test('need one parser where no line has a document, and are refused where lines cannot be known', () => {
    let made = 0;
    class Parser extends imported.Parser {
      constructor(options) {
        super(options);
        made += 1;
      }
    }
    const headers = Array.from({ length: 20 }, () => ({ text: CASE.format }));
    assert.deepStrictEqual(resultsOf({ ...imported, Parser }, { options: {}, format: CASE.format, lines: headers }), { results: headers.map(() => ({ document: null })) });
    assert.equal(made, 1);
    /** One document at the end of the input, and none of a line alone. */
    class Late {
      stats = { lines: 0, withoutTime: 0 };
      layers = [];
      push = () => new Uint8Array();
      end() {
        this.stats.lines = 2;
        return Buffer.from('{}\n');
      }
      free() {}
    }
    assert.throws(() => resultsOf({ ...imported, Parser: Late }, { options: {}, lines: [{ text: 'a' }, { text: 'b' }] }),
      { name: 'CaseError', problem: '1 document cannot be assigned to 2 lines: give the case the format of its lines' });
  });

  test('have the error that ends an input', () => {
    const lines = Array.from({ length: 5 }, (_, index) => ({ text: `192.0.2.${index} 192.0.3.${index}` }));
    const { results: found, error } = results({ lines });
    assert.equal(error.code, 'unresolved_format');
    assert.deepStrictEqual(found, lines.map(() => ({ document: null })));
    const own = accepted({ options: {}, lines }, { results: found, error });
    assert.deepStrictEqual(differencesOf(own, results({ lines })), []);
    assert.deepStrictEqual(differencesOf({ ...own, error: undefined }, results({ lines })).map(({ line, differences: [{ path, expected }] }) => [line, path, expected]), [[0, 'error', 'nothing']]);
  });
});

describe('a file', () => {
  test('is the text of what was read from it', () => {
    const { offsets: _, ...read } = readCase(GOOD);
    assert.equal(caseText(read), GOOD);
    assert.ok(isCase('any.json', GOOD) && isCase('x.case.json', '') && !isCase('x.json', '{"a":{"vpcflow-ecs-case":1}}'));
  });

  test('keeps all digits of large integers', () => {
    const text = '{"a":[9223372036854775807,-1,1.5,9007199254740991],"__proto__":{"b":1}}';
    assert.equal(jsonOf(readJson(text).value), text);
    assert.deepStrictEqual(ofValues({ a: 9223372036854775807n }, { a: 9223372036854775806n }), [{ path: 'a', expected: '9223372036854775807', found: '9223372036854775806' }]);
  });

  const refused = {
    '': [1, 1, 'expected a JSON value, found the end of the file'],
    '[]': [1, 1, 'expected an object'],
    '{"a": tru}': [1, 7, 'expected a JSON value, found "t"'],
    '{"lines": [],}': [1, 14, 'expected a name in double quotes, found "}"'],
    '{"a": 1, "a": 2}': [1, 10, 'the member "a" is given twice'],
    '{"lines": []} x': [1, 15, 'expected the end of the file, found "x"'],
    '{\n  "vpcflow-ecs-case": 2, "lines": []}': [2, 23, 'vpcflow-ecs-case: a case file has "vpcflow-ecs-case": 1, found 2'],
    '{"lines": []}': [1, 1, 'a case file has "vpcflow-ecs-case": 1, found none'],
    '{"vpcflow-ecs-case": 1}': [1, 1, 'expected "lines", a list of lines'],
    '{"vpcflow-ecs-case": 1, "lines": [], "line": 1}': [1, 46, 'line: unknown member; there are "vpcflow-ecs-case", "name", "format", "options", "lines", "error"'],
    '{"vpcflow-ecs-case": 1, "format": 5, "lines": []}': [1, 35, 'format: expected a format as text, or a list of them'],
    '{"vpcflow-ecs-case": 1, "lines": [{"text": "a\\nb", "document": null}]}': [1, 44, 'lines[0].text: a line has no line feed: make it two lines'],
    '{"vpcflow-ecs-case": 1, "lines": [{"text": "a"}]}': [1, 35, 'lines[0]: expected one of "document" and "error"'],
    '{"vpcflow-ecs-case": 1, "lines": [{"text": "a", "document": 7}]}': [1, 61, 'lines[0].document: expected an object'],
    '{"vpcflow-ecs-case": 1, "lines": [{"text": "a", "error": {"code": "x", "column": 0}}]}': [1, 82, 'lines[0].error.column: expected a whole number from 1'],
    '{"vpcflow-ecs-case": 1, "options": {"bulk": {}}, "lines": []}': [1, 45, 'options.bulk: option "bulk" does not belong here: a case has documents only'],
    '{"vpcflow-ecs-case": 1, "options": {"ingested": true}, "lines": []}': [1, 49, 'options.ingested: expected a fixed time, such as "2026-01-02T03:04:05.678Z"'],
    [`{"a":${'['.repeat(100)}`]: [1, 70, 'more than 64 levels of objects and lists'],
    [`{"vpcflow-ecs-case": 1, "lines": [${Array(10_001).fill('0').join(',')}]}`]: [1, 34, 'lines: a case has at most 10000 lines, found 10001'],
  };
  for (const [text, [line, column, problem]] of Object.entries(refused)) {
    test(`that is hostile or wrong is refused: ${problem}`, () => {
      assert.throws(() => readCase(text), (error) => {
        assert.ok(error instanceof CaseError);
        assert.deepStrictEqual([error.line, error.column, error.problem], [line, column, problem]);
        return true;
      });
    });
  }

  test('with a string of many megabytes is read', () => {
    const text = 'x'.repeat(8 * 1024 * 1024);
    assert.equal(readJson(JSON.stringify({ a: `${text}\n` })).value.a.length, text.length + 1);
  });
});

describe('vpcflow-ecs test', () => {
  const timeless = (text) => text.replace(/ in \d+\.\d\d s$/m, ' in 0.00 s');
  mkdirSync(join(folder.path, 'cases/deep'), { recursive: true });
  folder.write('cases/good.case.json', GOOD);
  folder.write('cases/deep/wrong.case.json', WRONG);
  folder.write('cases/other.json', '{}');
  const run = async (args, more = {}) => {
    const { status, stdout, stderr } = await runCommand(['test', ...args], { cwd: folder.path, ...more });
    return [status, timeless(stdout), stderr];
  };
  const DIFFERENCES = `cases/deep/wrong.case.json (a small one): 2 lines of 3 differ
  line 2: ${LINE}
    cloud.region
      expected "eu-central-1"
      found    nothing
    cloud.provider
      expected nothing
      found    "aws"
    source.ip
      expected "192.0.2.9"
      found    "192.0.2.1"
  line 3: 192.0.2.1 70000 1767225604
    error.column
      expected 3
      found    11
`;

  test('has status 0 if all is as expected', async () => {
    assert.deepStrictEqual(await run(['cases/good.case.json']), [0, '1 case, 3 lines: 1 passed, 0 failed in 0.00 s\n', '']);
    assert.deepStrictEqual(await run(['--quiet', 'cases/good.case.json']), [0, '', '']);
    assert.deepStrictEqual(await run(['-'], { input: GOOD }), [0, '1 case, 3 lines: 1 passed, 0 failed in 0.00 s\n', '']);
  });

  test('prints the keys that differ, with status 1, of all cases of a folder', async () => {
    const summary = '2 cases, 6 lines: 1 passed, 1 failed (2 lines differ) in 0.00 s\n';
    assert.deepStrictEqual(await run(['cases']), [1, `${DIFFERENCES}${summary}`, '']);
    assert.deepStrictEqual(await run(['cases/**/*.case.json']), [1, `${DIFFERENCES}${summary}`, '']);
  });

  test('has colours on a terminal', async () => {
    const path = join(folder.path, 'cases/deep/wrong.case.json');
    const { status, stdout } = await runInTerminal(['test', path]);
    assert.equal(status, 1);
    assert.ok(stdout.includes('expected \x1b[32m"192.0.2.9"\x1b[0m\n      found    \x1b[31m"192.0.2.1"\x1b[0m'), JSON.stringify(stdout));
    assert.ok(!(await runInTerminal(['test', '--color', 'never', path])).stdout.includes('\x1b'));
  });

  test('prints TAP', async () => {
    const [status, stdout] = await run(['--tap', 'cases']);
    assert.equal(status, 1);
    const [first, ...details] = DIFFERENCES.trimEnd().split('\n');
    assert.equal(stdout, ['TAP version 14', `not ok 1 - ${first.split(':')[0]}`, '  ---', '  message: |', ...details.map((line) => `    ${line}`), '  ...',
      'ok 2 - cases/good.case.json (a small one)', '1..2', ''].join('\n'));
  });

  test('updates the files that differ', async () => {
    const path = folder.write('update.case.json', WRONG);
    assert.deepStrictEqual(await run(['--update', 'update.case.json']), [0, 'update.case.json: updated: 2 lines\n1 case, 3 lines: 0 passed, 0 failed, 1 updated in 0.00 s\n', '']);
    assert.deepStrictEqual(JSON.parse(readFileSync(path, 'utf8')), CASE);
    const [status] = await run(['update.case.json']);
    assert.equal(status, 0);
    folder.write('tap.case.json', WRONG);
    assert.deepStrictEqual(await run(['--update', '--tap', 'tap.case.json']), [0, 'TAP version 14\nok 1 - tap.case.json (a small one) # updated\n1..1\n', '']);
  });

  test('leaves lines that are as expected and the mode and links of a file as they are', async () => {
    const lines = [CASE.lines[0], { ...CASE.lines[1], document: {} }, { ...CASE.lines[2], error: { code: 'out_of_range' } }];
    mkdirSync(join(folder.path, 'kept'));
    const path = folder.write('kept/kept.case.json', JSON.stringify({ ...CASE, lines }));
    chmodSync(path, 0o640);
    symlinkSync('kept.case.json', join(folder.path, 'kept/link.case.json'));
    const ino = statSync(path).ino;
    assert.equal((await run(['--update', 'kept/link.case.json']))[0], 0);
    assert.deepStrictEqual(JSON.parse(readFileSync(path, 'utf8')), { ...CASE, lines: [CASE.lines[0], CASE.lines[1], lines[2]] });
    // The file was replaced, and not written in its place.
    assert.notEqual(statSync(path).ino, ino);
    assert.equal(statSync(path).mode & 0o777, 0o640);
    assert.deepStrictEqual(readdirSync(join(folder.path, 'kept')).sort(), ['kept.case.json', 'link.case.json']);
  });

  test('refuses a file that is not UTF-8, and does not update it', async () => {
    const text = Buffer.from(WRONG.replace('a small one', 'a é \ufffd one'));
    for (const [bad, ahead] of [[[0xff], 0], [[0xef, 0xbf], 0], [[0xc3], 0]]) {
      const at = text.indexOf(' one') + ahead;
      const bytes = Buffer.concat([text.subarray(0, at), Buffer.from(bad), text.subarray(at)]);
      const path = folder.write('bytes.case.json', bytes);
      const [status, stdout] = await run(['--update', 'bytes.case.json']);
      assert.deepStrictEqual([status, stdout.split('\n')[0]], [1, `bytes.case.json: is not UTF-8: the byte at offset ${at} is wrong`]);
      assert.deepStrictEqual(readFileSync(path), bytes);
    }
  });

  test('says where a file is not a case, and which files cannot be read', async () => {
    folder.write('broken.json', '{\n  "vpcflow-ecs-case": 1,\n  "options": { "mode": "x" },\n  "lines": []\n}');
    folder.write('format.json', '{"vpcflow-ecs-case": 1, "format": "srcaddr ${dst", "lines": []}');
    mkdirSync(join(folder.path, 'empty'));
    const [status, stdout] = await run(['broken.json', 'format.json', 'cases/other.json', 'missing.json', 'empty', 'none*.json', 'cases/good.case.json']);
    assert.equal(status, 1);
    for (const line of [
      'broken.json:3:14: options: option "mode": expected "ecs", "ecs_and_original" or "original", found "x"',
      'cases/other.json:1:1: a case file has "vpcflow-ecs-case": 1, found none',
      'empty: no file of this folder is a case', 'none*.json: no file matches this pattern',
      '1 case, 3 lines: 1 passed, 0 failed, 6 could not be read in 0.00 s',
    ]) assert.ok(stdout.split('\n').includes(line), `${line}\n${stdout}`);
    assert.match(stdout, /^format\.json:1:35: format, column 9 of it: /m);
    assert.match(stdout, /^missing\.json: cannot be read: .*no such file/m);
  });

  test('is used wrongly with status 2', async () => {
    for (const [args, message] of [[[], /test needs a case: a file/], [['--upate', 'x'], /did you mean --update\?/], [['-u', '-'], /--update writes files/]]) {
      const [status, , stderr] = await run(args);
      assert.equal(status, 2);
      assert.match(stderr, message);
    }
    assert.match((await run(['--help']))[1], /^usage: vpcflow-ecs test /);
  });

  test('shows no control characters of a file', async () => {
    const text = '192.0.2.1 \x1b[2J 1767225604';
    folder.write('control.json', JSON.stringify({ ...CASE, name: '\x1b]0;x\x07', lines: [{ text, document: DOCUMENT }] }));
    const [status, stdout] = await run(['control.json', '--color', 'never']);
    assert.equal(status, 1);
    assert.ok(!/[\x00-\x09\x0b-\x1f]/.test(stdout), JSON.stringify(stdout));
  });
});
