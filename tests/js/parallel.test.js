// Many files in threads.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { throwsFlowLogError } from './assertions.js';
import { temporaryFolder } from './command.js';
import { PLAIN, linesOf } from './logs.js';
import { consumer, decoder, importFrom, imported, required } from './package.js';
import { BAD, BAD_PLACE, BAD_REASON, GOOD, HEADER, OTHER } from './samples.js';

const { Parser, parallel } = imported;
const { toMessage } = await importFrom('js/node/parts.js');

const folder = temporaryFolder();

/** Files of different length, the longest first, so that the others would be done before it. */
const logs = [40_000, 3, 20_000, 0, 500, 1].map((count, file) => {
  const lines = Array.from({ length: count }, (_, line) => GOOD.replace(' 20641 ', ` ${(file * 7919 + line) % 65_536} `));
  return [HEADER, ...lines].join('\n');
});
const files = logs.map((log, index) => folder.write(`${index}.log`, log));
const packed = logs.map((log, index) => folder.write(`${index}.gz`, gzipSync(log)));

const options = { mode: 'ecs_and_original' };
const oneByOne = (texts, given = options) => texts.map((text) => Buffer.from(new Parser(given).toNdjson(text)));

/** Collects the output of a run: the bytes of each file, and the order of the files. */
async function collect(run) {
  const order = [];
  const parts = {};
  for await (const { file, chunk } of run) {
    if (order.at(-1) !== file) order.push(file);
    (parts[file] ??= []).push(chunk);
  }
  return { order, bytes: (file) => Buffer.concat(parts[file] ?? []) };
}

async function failureOf(run) {
  const chunks = [];
  try {
    for await (const { chunk } of run) chunks.push(chunk);
  } catch (error) {
    return { error, written: decoder.decode(Buffer.concat(chunks)) };
  }
  return assert.fail('there was no error');
}

describe('the same bytes as one by one, in the order of the files', () => {
  const expected = oneByOne(logs);
  const isSame = (found, paths) => {
    assert.deepStrictEqual(found.order, paths.filter((_, index) => expected[index].length > 0));
    for (const [index, path] of paths.entries()) assert.ok(found.bytes(path).equals(expected[index]), path);
  };
  for (const threads of [1, 2, 5, 50]) {
    test(`${threads} threads`, async () => {
      const run = parallel(files, { ...options, threads });
      isSame(await collect(run), files);
      const lines = logs.reduce((sum, log) => sum + log.split('\n').length, 0);
      const stats = { files: files.length, lines, records: lines - files.length, omitted: 0, headers: files.length, blanks: 0, errors: 0, nodata: 0, skipdata: 0, withoutTime: 0 };
      assert.deepStrictEqual(run.stats, stats);
    });
  }

  test('as many threads as fit the machine', async () => isSame(await collect(parallel(files, options)), files));

  test('gzip, recognised by its content', async () => isSame(await collect(parallel(packed, { ...options, threads: 3 })), packed));

  test('URLs, and any iterable', async () => {
    isSame(await collect(parallel(new Set(files.map((file) => pathToFileURL(file))), options)), files);
  });

  test('with next to no memory for what is ahead', async () => {
    isSame(await collect(parallel(files, { ...options, threads: 3, maxBufferedBytes: 1 })), files);
  });

  test('require gives the same', async () => isSame(await collect(required.parallel(files, options)), files));
});

test('bodies of bulk requests, and all other options', async () => {
  const given = {
    format: [imported.compileFormat('default')],
    bulk: { index: 'a', id: 'fingerprint' },
    tags: ['a'],
    fields: JSON.parse('{"__proto__":{"a":1},"host":{"name":"ü"}}'),
  };
  const { bytes } = await collect(parallel(files.slice(1, 3), { ...given, threads: 2 }));
  const expected = logs.slice(1, 3).map((log) => Buffer.from(new Parser(given).toBulk(log)));
  assert.ok(bytes(files[1]).equals(expected[0]) && bytes(files[2]).equals(expected[1]));
});

test('formats that are inferred from lines', async () => {
  const log = linesOf(PLAIN, 30).join('\n');
  const paths = [folder.write('plain-1.log', log), folder.write('plain-2.log', log)];
  const { bytes } = await collect(parallel(paths, { threads: 2 }));
  for (const path of paths) assert.ok(bytes(path).equals(oneByOne([log], {})[0]));
});

test('no files', async () => {
  const run = parallel([]);
  assert.deepStrictEqual((await collect(run)).order, []);
  assert.deepStrictEqual(run.warnings, []);
  assert.deepStrictEqual(run.stats, { files: 0, lines: 0, records: 0, omitted: 0, headers: 0, blanks: 0, errors: 0, nodata: 0, skipdata: 0, withoutTime: 0 });
});

describe('errors', () => {
  const good = folder.write('good.log', `${GOOD}\n${OTHER}\n`);
  const bad = folder.write('bad.log', `${GOOD}\n${BAD}\n${OTHER}\n`);

  test('name the file, and come after the documents before them', async () => {
    const run = parallel([good, bad, good], { format: 'default', threads: 3 });
    const { error, written } = await failureOf(run);
    assert.ok(error instanceof imported.FlowLogError);
    assert.equal(error.message, `${bad}: line 2, ${BAD_PLACE}: ${BAD_REASON}`);
    assert.deepStrictEqual([error.file, error.code, error.lineNumber, error.input], [bad, 'out_of_range', 2, BAD]);
    const parser = new Parser({ format: 'default' });
    assert.equal(written, decoder.decode(parser.toNdjson(`${GOOD}\n${OTHER}\n`)));
    assert.equal(decoder.decode(error.output), decoder.decode(parser.toNdjson(GOOD)));
    assert.deepStrictEqual(run.stats, { files: 2, lines: 4, records: 3, omitted: 0, headers: 0, blanks: 0, errors: 1, nodata: 0, skipdata: 0, withoutTime: 0 });
  });

  test('are reported in the order of the files', async () => {
    const reported = [];
    const report = (error) => reported.push([error instanceof imported.FlowLogError, error.file, error.lineNumber, error.message]);
    const run = parallel([bad, good, bad], { format: 'default', onError: 'skip', report, threads: 3 });
    const { bytes } = await collect(run);
    assert.deepStrictEqual(reported, Array(2).fill([true, bad, 2, `${bad}: line 2, ${BAD_PLACE}: ${BAD_REASON}`]));
    assert.ok(bytes(good).equals(oneByOne([`${GOOD}\n${OTHER}\n`], { format: 'default' })[0]));
    assert.equal(run.stats.errors, 2);
  });

  test('count as pending, so a thread waits for who takes them', async () => {
    const lines = Array(3000).fill(BAD);
    const path = folder.write('all-bad.log', lines.join('\n'));
    let reported = 0;
    const report = () => {
      reported += 1;
    };
    const run = parallel([path, path, path], { format: 'default', onError: 'skip', report, threads: 3, maxBufferedBytes: 1 });
    assert.deepStrictEqual((await collect(run)).order, []);
    assert.equal(reported, 9000);
    const reports = lines.map((input) => new imported.FlowLogError('wrong', { code: 'out_of_range', input }));
    const { message, moved } = toMessage({ documents: undefined, reports, state: () => ({}), isAtEnd: false });
    assert.deepStrictEqual([message.reports.length, moved], [3000, []]);
    assert.ok(message.size >= lines.join('').length, message.size);
  });

  test('documents of bad lines', async () => {
    const given = { format: 'default', onError: 'document', ingested: '2026-01-01T00:00:00Z' };
    const { bytes } = await collect(parallel([bad], given));
    assert.ok(bytes(bad).equals(oneByOne([readFileSync(bad, 'utf8')], given)[0]));
  });

  test('of a callback end the run', async () => {
    const report = () => {
      throw new RangeError('mine');
    };
    const { error } = await failureOf(parallel([bad, good], { format: 'default', onError: 'skip', report }));
    assert.ok(error instanceof RangeError);
  });

  test('of the system have its code', async () => {
    const missing = join(folder.path, 'missing.log');
    const { error, written } = await failureOf(parallel([good, missing], { format: 'default' }));
    assert.deepStrictEqual([error.message, error.code, error.file], [`${missing}: cannot be read: no such file or directory`, 'ENOENT', missing]);
    assert.equal(written.trimEnd().split('\n').length, 2);
  });

  test('of gzip data', async () => {
    const bytes = gzipSync(logs[2]).subarray(0, -20);
    const cut = folder.write('cut.gz', bytes);
    const { error } = await failureOf(parallel([cut]));
    const found = [error.name, error.message, error.code, error.offset];
    assert.deepStrictEqual(found, ['FlowLogError', `${cut}: byte ${bytes.length}: the gzip data is cut short`, 'damaged_input', bytes.length]);
  });

  test('of gzip data that is cut within a line come after the documents of the lines before it, also of an inferred format', async () => {
    const lines = [...new Set(linesOf(PLAIN, 200))];
    const packed = gzipSync(`${lines.join('\n')}\n`, { level: 0 });
    const { error, written } = await failureOf(parallel([folder.write('within.gz', packed.subarray(0, packed.length - 20))]));
    assert.equal(error.code, 'damaged_input');
    assert.equal(written, Buffer.from(new Parser().toNdjson(`${lines.slice(0, -1).join('\n')}\n`)).toString());
  });

  test('of gzip data that is damaged after its text come after all documents, also of lines whose format is inferred', async () => {
    for (const lines of [[GOOD, GOOD], [...new Set(linesOf(PLAIN, 200))]]) {
      const text = `${lines.join('\n')}\n`;
      const damaged = gzipSync(text);
      damaged[damaged.length - 6] ^= 0xff;
      const { error, written } = await failureOf(parallel([folder.write('damaged.gz', damaged)]));
      assert.equal(error.code, 'damaged_input');
      assert.equal(written, Buffer.from(new Parser().toNdjson(text)).toString());
    }
  });

  test('of usage are thrown at once', () => {
    const invalid = (given, message) => throwsFlowLogError(() => parallel(files, given), { code: 'invalid_option', message });
    invalid({ threads: 0 }, 'option "threads": expected an integer from 1 to 256, found 0');
    invalid({ threads: '2' }, 'option "threads": expected an integer from 1 to 256, found a string');
    invalid({ maxBufferedBytes: 1.5 }, /^option "maxBufferedBytes": expected an integer from 1 to /);
    invalid({ signal: true }, 'option "signal": expected an AbortSignal, found a boolean');
    invalid({ report: 1 }, 'option "report": expected a function, found a number');
    invalid({ thread: 2 }, /^unknown option "thread"/);
    invalid({ schema: 'x' }, /^option "schema": /);
    throwsFlowLogError(() => parallel(files, { format: 'srcaddr srcaddr;' }), { code: 'invalid_format' });
    for (const [list, found] of [['a.log', 'a string'], [undefined, 'undefined'], [[1], 'a number at index 0']]) {
      assert.throws(() => parallel(list), { name: 'TypeError', message: new RegExp(`^argument "files": expected .*, found ${found}$`) });
    }
  });
});

describe('the end', () => {
  test('comes with an abort', async () => {
    const before = new AbortController();
    before.abort(new Error('too late'));
    assert.equal((await failureOf(parallel(files, { ...options, signal: before.signal }))).error.message, 'too late');

    const during = new AbortController();
    const run = parallel(files, { ...options, signal: during.signal, threads: 2 });
    let chunks = 0;
    await assert.rejects(async () => {
      for await (const { chunk } of run) {
        chunks += chunk.length > 0;
        if (chunks === 2) during.abort();
      }
    }, { name: 'AbortError' });
    assert.equal(chunks, 2);
  });

  test('leaves no thread behind, whatever it is', async () => {
    // A process ends by itself only when its threads have.
    const program = `
      import { parallel } from 'vpcflow-ecs';
      const files = ${JSON.stringify(files)};
      for await (const { file, chunk } of parallel(files, { threads: 3 }));
      for await (const { file, chunk } of parallel(files, { threads: 3 })) break;
      for await (const { file, chunk } of parallel([...files, 'nowhere'], { threads: 3 })) if (!chunk) break;
    `;
    const args = ['--input-type=module', '--eval', program];
    const { code, stderr } = await promisify(execFile)(process.execPath, args, { cwd: consumer, timeout: 60_000 }).catch((error) => error);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /Error: nowhere: cannot be read: no such file or directory/);
  });

  test('a thread waits for who takes its documents', async () => {
    const run = parallel(files.slice(0, 3), { ...options, threads: 3, maxBufferedBytes: 3 * 1024 * 1024 });
    const iterator = run[Symbol.asyncIterator]();
    await iterator.next();
    const { rss } = process.memoryUsage();
    await new Promise((done) => setTimeout(done, 500));
    // The rest is 60 MB of documents.
    assert.ok(process.memoryUsage().rss - rss < 30e6);
    await iterator.return();
    assert.equal((await iterator.next()).done, true);
  });
});
