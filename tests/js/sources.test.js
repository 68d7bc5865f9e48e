// Objects of files, folders and patterns, the layout of keys in Amazon S3, and the choice of a source.
// tests/aws/ has the sources that need a server.

import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from './command.js';
import { imported, importFrom, manifest } from './package.js';

const { localObjects, openSources, s3Objects } = await importFrom(manifest.exports['./sources'].default);
const { checkKey, fileOf, folderOf } = await importFrom('js/sources/key.js');

/** Returns a folder with these files, each of which contains its own name. */
function folderWith(...names) {
  const { path } = temporaryFolder();
  for (const name of names) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), name);
  }
  return path;
}

const all = (iterable) => Array.fromAsync?.(iterable) ?? collect(iterable);
async function collect(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

/** Returns the names of a source's objects, relative to a folder. */
async function namesIn(folder, source) {
  return (await all(source)).map(({ name }) => name.replace(`${folder}/`, ''));
}

describe('local objects', () => {
  test('a file', async () => {
    const folder = folderWith('a.log');
    const [object, ...others] = await all(localObjects(join(folder, 'a.log')));
    assert.deepStrictEqual([object.name, object.size, others.length], [join(folder, 'a.log'), 5, 0]);
    assert.equal(await text(object.open()), 'a.log');
    assert.equal(await text(object.open()), 'a.log', 'again');
    const [before] = await all(localObjects(pathToFileURL(join(folder, 'a.log'))));
    assert.equal(before.version, object.version);
    assert.equal(object.hasRanges, true);
    const ranges = [{ start: 2 }, { end: 2 }, { start: 1, end: 4 }, { start: 5 }];
    assert.deepStrictEqual(await Promise.all(ranges.map((range) => text(object.open(range)))), ['log', 'a.', '.lo', '']);
    // A file of the same size and time is another one by its inode.
    const copy = join(folder, 'b.log');
    writeFileSync(copy, 'b.log');
    const { atime, mtime } = statSync(join(folder, 'a.log'));
    utimesSync(copy, atime, mtime);
    renameSync(copy, join(folder, 'a.log'));
    const [after] = await all(localObjects(join(folder, 'a.log')));
    assert.notEqual(after.version, object.version);
    const aborted = AbortSignal.abort();
    await assert.rejects(text(object.open({ signal: aborted })), { name: 'AbortError' });
  });

  test('a folder: by name, with its folders, without hidden files', async () => {
    const folder = folderWith('b.log', 'a/2.log', 'a/1.log', 'c/d/e.log', '.hidden', '.git/config', 'a/.part.log');
    assert.deepStrictEqual(await namesIn(folder, localObjects(folder)), ['a/1.log', 'a/2.log', 'b.log', 'c/d/e.log']);
    assert.deepStrictEqual(await namesIn(folder, localObjects(join(folder, '.hidden'))), ['.hidden']);
  });

  test('patterns', async () => {
    const folder = folderWith('a1.log', 'a2.log.gz', 'b1.log', 'x.txt', 'sub/a3.log', 'sub/deep/a4.log', '.a5.log', 'odd[1].log');
    const cases = {
      '*.log': ['a1.log', 'b1.log', 'odd[1].log'],
      'a?.log': ['a1.log'],
      '[!a]1.log': ['b1.log'],
      '[a-b]1.log': ['a1.log', 'b1.log'],
      '{a1,b1}.{log,gz}': ['a1.log', 'b1.log'],
      '*.log.gz': ['a2.log.gz'],
      '**/a*.log': ['a1.log', 'sub/a3.log', 'sub/deep/a4.log'],
      '*/a*.log': ['sub/a3.log'],
      's*': ['sub/a3.log', 'sub/deep/a4.log'],
      'sub/**': ['sub/a3.log', 'sub/deep/a4.log'],
      '**/**/a3.log': ['sub/a3.log'],
      // A file that has the pattern as its name.
      'odd[1].log': ['odd[1].log'],
    };
    for (const [pattern, names] of Object.entries(cases)) {
      assert.deepStrictEqual(await namesIn(folder, localObjects(`${folder}/${pattern}`)), names, pattern);
    }
    await assert.rejects(all(localObjects(`${folder}/*.parquet`)), { code: 'ENOENT', message: `${folder}/*.parquet: no file matches this pattern` });
    await assert.rejects(all(localObjects(`${folder}/none/*.log`)), { code: 'ENOENT' });
  });

  test('a missing file', async () => {
    const path = join(folderWith('a'), 'b');
    await assert.rejects(all(localObjects(path)), { code: 'ENOENT', message: `${path}: cannot be read: no such file or directory` });
  });

  test('symbolic links stay in the folder', async () => {
    const folder = folderWith('in/a.log', 'in/sub/b.log', 'out/c.log');
    const inside = join(folder, 'in');
    symlinkSync('a.log', join(inside, 'link.log'));
    // It would lead round in circles.
    symlinkSync('..', join(inside, 'sub/loop'));
    assert.deepStrictEqual(await namesIn(inside, localObjects(inside)), ['a.log', 'link.log', 'sub/b.log']);
    const leads = (path, target) => ({
      name: 'FlowLogError', code: 'outside_folder', message: `${path}: the symbolic link leads out of the folder, to ${target}`,
    });
    for (const target of ['out/c.log', 'out']) {
      const link = join(inside, 'sub/z');
      symlinkSync(join(folder, target), link);
      for (const source of [inside, `${inside}/**/*.log`]) {
        await assert.rejects(all(localObjects(source)), leads(link, join(folder, target)));
      }
      rmSync(link);
    }
    // A folder whose name starts as that of the given one is another one.
    const beside = folderWith('in/a.log', 'in2/b.log');
    symlinkSync('../in2/b.log', join(beside, 'in/b.log'));
    await assert.rejects(all(localObjects(join(beside, 'in'))), imported.FlowLogError);
    // The given path may be a link itself.
    symlinkSync(inside, join(folder, 'given'));
    assert.deepStrictEqual(await namesIn(join(folder, 'given'), localObjects(join(folder, 'given'))), ['a.log', 'link.log', 'sub/b.log']);
  });
});

describe('the layout of AWS', () => {
  const base = 'AWSLogs/123456789010/vpcflowlogs/us-east-1/';
  const hive = 'AWSLogs/aws-account-id=123456789010/aws-service=vpcflowlogs/aws-region=us-east-1/';
  const span = (start, end) => ({ start: Date.parse(start), end: Date.parse(end) });
  const flowLog = { isOther: false, isFlowLog: true };
  const unknown = { isOther: false, isFlowLog: false, span: undefined };
  const cases = {
    '': unknown,
    'flow-logs/': unknown,
    'AWSLogs/': unknown,
    'AWSLogs/123456789010/': unknown,
    'AWSLogs/123456789010/CloudTrail/us-east-1/': { isOther: true, isFlowLog: false, span: undefined },
    'AWSLogs/aws-account-id=123456789010/aws-service=cloudtrail/': { isOther: true, isFlowLog: false, span: undefined },
    [base]: { ...flowLog, span: undefined },
    [`${base}2026/`]: { ...flowLog, span: span('2026-01-01', '2027-01-01') },
    [`${base}2025/12/`]: { ...flowLog, span: span('2025-12-01', '2026-01-01') },
    [`${base}2024/02/29/`]: { ...flowLog, span: span('2024-02-29', '2024-03-01') },
    [`${base}2026/01/31/23/`]: { ...flowLog, span: span('2026-01-31T23:00Z', '2026-02-01T00:00Z') },
    [`${hive}year=2026/month=01/day=31/hour=23/`]: { ...flowLog, span: span('2026-01-31T23:00Z', '2026-02-01T00:00Z') },
    'x/AWSLogs/aws-account-id=123456789010/service=vpcflowlogs/aws-region=us-gov-west-1/year=2026/': { ...flowLog, span: span('2026-01-01', '2027-01-01') },
    'AWSLogs/o-abcdefghij/123456789010/vpcflowlogs/ap-southeast-2/': { ...flowLog, span: undefined },
    // Folders that AWS does not make.
    [`${base}2026/13/`]: unknown,
    [`${base}2026/01/31/23/x/`]: unknown,
    'AWSLogs/1234/vpcflowlogs/': unknown,
  };
  for (const [prefix, folder] of Object.entries(cases)) {
    test(`folder ${JSON.stringify(prefix)}`, () => assert.deepStrictEqual(folderOf(prefix), folder));
  }

  test('names of objects', () => {
    const name = '123456789010_vpcflowlogs_us-east-1_fl-1234abcd_20260101T0005Z_fe123456';
    const file = { flowLogId: 'fl-1234abcd', time: Date.parse('2026-01-01T00:05Z') };
    assert.deepStrictEqual(fileOf(`${base}2026/01/01/${name}.log.gz`), file);
    assert.deepStrictEqual(fileOf(`${name}.log.parquet`), file);
    for (const other of [`${name}/x`, 'flow.log.gz', `x${name}`, name.replace('Z', '')]) assert.equal(fileOf(other), undefined, other);
  });

  test('keys that are paths out of a folder', () => {
    for (const key of ['a', 'a/b', 'a..b', '..a', 'a/...', 'ü'.repeat(512)]) checkKey(key);
    for (const key of ['', '..', '../a', 'a/..', 'a/../b', 'a\\..\\b', '/a', 'a\0b', 'ü'.repeat(513)]) assert.throws(() => checkKey(key), Error, key);
  });
});

describe('openSources', () => {
  test('sources of several kinds, one after the other', async () => {
    const folder = folderWith('a.log', 'b/c.log');
    const stdin = Readable.from([Buffer.from('from stdin')]);
    const objects = await all(openSources([join(folder, 'a.log'), '-', join(folder, 'b'), pathToFileURL(join(folder, 'a.log'))], { stdin }));
    assert.deepStrictEqual(objects.map(({ name }) => name.replace(`${folder}/`, '')), ['a.log', '<stdin>', 'b/c.log', 'a.log']);
    assert.equal(await text(objects[1].open()), 'from stdin');
    assert.throws(() => objects[1].open(), { code: 'invalid_option', message: '<stdin> can be read once only' });
    const streams = [Readable.from([Buffer.from('a')]), new Blob(['b']).stream()];
    const [first, second] = await all(openSources(streams));
    assert.deepStrictEqual([first.name, await text(first.open()), await text(second.open())], ['<stream>', 'a', 'b']);
    assert.throws(() => openSources([7]), { name: 'TypeError', message: 'argument "sources": expected paths, URLs and streams, found a number' });
  });

  test('mistakes', () => {
    const queue = 'https://sqs.us-east-1.amazonaws.com/123456789012/flow-logs';
    const cases = [
      [['ftp://host/a'], {}, 'expected a path, s3://BUCKET/PREFIX or the URL of a queue, found "ftp://host/a"'],
      [['https://host/a.log'], {}, 'expected a path, s3://BUCKET/PREFIX or the URL of a queue, found "https://host/a.log"'],
      [['a.log', queue], { since: '2026-01-01' }, 'option "since" is about objects in Amazon S3, and no source is there'],
      [['s3://'], {}, 'expected s3://BUCKET/PREFIX, found "s3://"'],
      [['s3://bucket'], { since: 'yesterday' }, 'option "since": expected a Date, a day (2026-01-31) or a time with its zone (2026-01-31T12:00Z), found "yesterday"'],
      [['s3://bucket'], { since: '2026-01-01T00:00' }, 'option "since": expected a Date, a day (2026-01-31) or a time with its zone (2026-01-31T12:00Z), found "2026-01-01T00:00"'],
      [['s3://bucket'], { since: '2026-01-02', until: '2026-01-02' }, 'option "until": expected a time after that of option "since"'],
      [[queue], { visibilityTimeout: 0 }, 'option "visibilityTimeout": expected an integer from 1 to 43200, found 0'],
      [['a.log'], { until_: 1 }, 'unknown option "until_": openSources knows "since" and "until" and "watch" and "visibilityTimeout" and "report" and "s3" and "sqs" and "stdin" and "signal" only'],
      [[queue, 'a.log'], { watch: true }, `the queue ${queue} never ends: with "watch" it has to be the last source`],
    ];
    for (const [sources, options, message] of cases) {
      assert.throws(() => openSources(sources, options), { name: 'FlowLogError', code: 'invalid_option', message });
      assert.throws(() => openSources(sources, options), imported.FlowLogError);
    }
    assert.throws(() => s3Objects('bucket/prefix'), { code: 'invalid_option' });
    assert.throws(() => openSources('a.log'), { name: 'TypeError', message: 'argument "sources": expected an array of sources, found a string' });
  });
});
