// The examples of README.md and of docs/, run as they are; and the tables in them, compared with what they describe.
//
// An example is a block of code after `<!-- example: NAME -->`; it prints the block after `<!-- output: NAME -->`. Names are
// unique over all files.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { launchBrowser, serve } from './browser.js';
import { pictures } from '../../scripts/screenshot.mjs';
import { startCluster } from './cluster.js';
import { temporaryFolder } from './command.js';
import { linksOf } from './links.js';
import { cliPath, consumer, fixture, imported, importIngest, packageRoot, repository } from './package.js';

/** The README and the documentation that is written by hand: from the path of each file to its text. */
const pages = new Map();
for (const path of ['README.md', ...readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)]) {
  const text = readFileSync(join(repository, path), 'utf8');
  if (!text.startsWith('<!-- Generated')) pages.set(path, text);
}
const documentation = [...pages.values()].join('\n\n');
const exporters = await importIngest();
const types = readFileSync(join(repository, 'js/index.d.ts'), 'utf8');

const blocks = new Map();
for (const [, kind, name, language, code] of documentation.matchAll(/^<!-- (\w+): (\S+) -->\n```(\w+)\n(.*?)^```$/gms)) {
  assert.ok(!blocks.has(`${kind}: ${name}`), `two blocks are called "${kind}: ${name}"`);
  blocks.set(`${kind}: ${name}`, { language, code });
}
const block = (name) => blocks.get(name)?.code ?? assert.fail(`no page has a block "${name}"`);

/** Returns the cells of the only table whose first column has this heading. */
function table(firstColumn) {
  // Other tables may have a row that starts with the same word.
  const headings = [...documentation.matchAll(/\n\n(?=\| (.*?) \|.*\n\|---)/g)];
  const starts = headings.filter(([, heading]) => heading === firstColumn).map(({ index }) => index);
  assert.equal(starts.length, 1, `${starts.length} tables begin with the column "${firstColumn}"`);
  const rows = documentation.slice(starts[0] + 2).split('\n\n', 1)[0].split('\n').slice(2);
  return rows.map((row) => row.slice(1, -1).split('|').map((cell) => cell.trim()));
}

const codes = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code);

const folder = temporaryFolder();
for (const name of ['flow.log', 'custom.log']) folder.write(name, block(`example: ${name}`));

const run = promisify(execFile);

describe('examples', () => {
  test('all of them are run', () => {
    const names = [...blocks.keys()].map((name) => name.split(': ')[1]);
    const known = ['node', 'commands', 'line', 'import', 'require', 'flow.log', 'browser', 'shell', 'ambiguous', 'error', 'detect',
      'custom.log', 'detect-shell', 'layers', 'export', 'install', 'pipeline', 'types', 'bulk', 'decode', 'ship', 'ship-command', 'ship-api', 'streams', 'parallel', 'into', 'notification', 'lambda', 'case', 'case-command'];
    assert.deepStrictEqual([...new Set(names)].sort(), known.sort());
    // Every block of these languages is an example.
    const fences = [...documentation.matchAll(/^```(js|html)$/gm)].length;
    assert.equal(fences, [...blocks.values()].filter(({ language }) => ['js', 'html'].includes(language)).length);
  });

  test('those in Rust are run by rustdoc', () => {
    const included = [...readFileSync(join(repository, 'src/lib.rs'), 'utf8').matchAll(/^#\[doc = include_str!\("\.\.\/(.*?)"\)\]$/gm)];
    const withRust = [...pages].filter(([, text]) => /^```rust$/m.test(text)).map(([path]) => path);
    assert.deepStrictEqual(included.map(([, path]) => path), withRust);
  });

  test('in and out', () => {
    assert.deepStrictEqual(imported.parse(block('example: line').trimEnd()), JSON.parse(block('output: line')));
  });

  for (const name of ['node', 'import', 'ambiguous', 'error', 'detect', 'layers', 'export', 'pipeline', 'types', 'bulk', 'decode', 'into', 'notification']) {
    test(`import: ${name}`, async () => {
      // Without a file in it, `import` looks for the package from the working folder on.
      const args = ['--input-type=module', '--eval', block(`example: ${name}`)];
      const { stdout } = await run(process.execPath, args, { cwd: consumer, env: { ...process.env, NO_COLOR: '1' } });
      assert.equal(stdout, block(`output: ${name}`));
    });
  }

  test('require', async () => {
    // The program runs where it finds the package; the log is in another folder.
    const code = block('example: require').replace("'flow.log'", JSON.stringify(join(folder.path, 'flow.log')));
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '--eval', code], { cwd: consumer });
    assert.equal(stdout, block('output: require'));
  });

  test('streams', async () => {
    const code = block('example: streams').replace("'flow.log'", JSON.stringify(join(folder.path, 'flow.log')));
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: consumer });
    assert.equal(stdout, block('output: streams'));
  });

  test('parallel', async () => {
    folder.write('flow.log.gz', gzipSync(block('example: flow.log')));
    const inFolder = (name) => JSON.stringify(join(folder.path, name));
    const code = block('example: parallel').replace("'flow.log', 'flow.log.gz'", `${inFolder('flow.log')}, ${inFolder('flow.log.gz')}`);
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: consumer });
    assert.equal(stdout.replaceAll(join(folder.path, '/'), ''), block('output: parallel'));
  });

  test('ship', async (context) => {
    const bodies = [];
    const server = createServer(async (request, response) => {
      assert.deepStrictEqual([request.method, request.url], ['POST', '/_bulk']);
      assert.equal(request.headers['content-type'], 'application/x-ndjson');
      bodies.push(await text(request));
      // The first record is new, the second one was there.
      const items = [{ create: { status: 201 } }, { create: { status: 409, error: { type: 'version_conflict_engine_exception' } } }];
      response.end(JSON.stringify({ errors: true, items }));
    });
    context.after(() => server.close());
    await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
    const code = block('example: ship').replace("'flow.log'", JSON.stringify(join(folder.path, 'flow.log')));
    const env = { ...process.env, ELASTICSEARCH_URL: `http://127.0.0.1:${server.address().port}` };
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: consumer, env });
    assert.equal(stdout, block('output: ship'));
    const lines = bodies.join('').trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.deepStrictEqual(lines.map((line) => Object.keys(line.create ?? {})), [['_index', '_id'], [], ['_index', '_id'], []]);
    assert.deepStrictEqual(lines.map((line) => line.event?.kind), [undefined, 'event', undefined, 'pipeline_error']);
  });

  test('lambda', async (context) => {
    const cluster = await startCluster();
    context.after(() => cluster.close());
    const { event, message } = fixture('aws/payloads.json').find(({ name }) => name === 'the event of a function for CloudWatch Logs');
    const code = `${block('example: lambda')}\nawait handler(${JSON.stringify(event)});\n`;
    const env = { ...process.env, ELASTICSEARCH_URL: cluster.url, ELASTICSEARCH_API_KEY: 'key' };
    await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: consumer, env });
    const parser = new imported.Parser({ dataStream: { namespace: 'prod' } });
    assert.deepStrictEqual([...cluster.documents.values()], message.logEvents.map((each) => parser.parse(each.message)));
  });

  /** As npx of a project in which the package is installed. */
  const inShell = async (script, { path, write } = folder) => {
    const command = `"${process.execPath}" "${cliPath}"`;
    const npx = write('npx', `#!/bin/sh\n[ "$1" = vpcflow-ecs ] || exit 9\nshift\nexec ${command} "$@"\n`);
    await run('chmod', ['+x', npx]);
    const env = { ...process.env, PATH: [path, process.env.PATH].join(delimiter) };
    return run('sh', ['-c', script], { cwd: path, env }).catch((error) => error);
  };

  test('shell: the commands of the README', async () => {
    const log = readFileSync(join(repository, 'examples/sample.log'));
    const own = temporaryFolder();
    own.write('flow.log', log);
    own.write('flow.log.gz', gzipSync(log));
    const read = (name) => readFileSync(join(own.path, name), 'utf8');
    const commands = block('example: commands');
    const { stdout, stderr } = await inShell(`set -e\n${commands}`, own);
    assert.equal(commands.trimEnd().split('\n').length, 5);
    assert.match(stdout, /^RANK {2}ORIGIN/);
    assert.equal(stderr.match(/^1 file, 12 lines: 11 records, 1 header, 0 blanks, 0 errors/gm)?.length, 3, stderr);
    const parser = new imported.Parser();
    const ndjson = Buffer.from(parser.toNdjson(log)).toString();
    assert.equal(read('documents.ndjson'), ndjson);
    assert.equal(read('bulk.ndjson'), Buffer.from(parser.toBulk(log, { dataStream: true })).toString());
    assert.deepStrictEqual(JSON.parse(read('pipeline.json')), exporters.toIngestPipeline('v5'));
  });

  test('shell', async () => {
    const failure = await inShell(block('example: shell'));
    assert.equal(failure.code, 1);
    const output = failure.stdout + failure.stderr;
    const timeless = (text) => text.replace(/ in \d+\.\d\d s$/m, ' in 0.00 s');
    assert.equal(timeless(output), timeless(block('output: shell')));
  });

  test('shell: a case', async () => {
    const own = temporaryFolder();
    own.write('rejected.case.json', block('example: case'));
    const { code, stdout } = await inShell(block('example: case-command'), own);
    const timeless = (text) => text.replace(/ in \d+\.\d\d s$/m, '');
    assert.deepStrictEqual([code, timeless(stdout)], [1, timeless(block('output: case-command'))]);
  });

  test('shell: ship, and the same by the API', async (context) => {
    const cluster = await startCluster();
    context.after(() => cluster.close());
    const own = temporaryFolder();
    mkdirSync(join(own.path, 'logs'));
    own.write('logs/flow.log', block('example: flow.log'));
    const env = { ...process.env, ELASTICSEARCH_URL: cluster.url };
    const { code, stderr } = await inShell(`ELASTICSEARCH_URL=${cluster.url}\nexport ELASTICSEARCH_URL\n${block('example: ship-command')}`, own);
    const timeless = (text) => text.replace(/\d+ B sent in \d+\.\d\d s/, '');
    assert.deepStrictEqual([code, timeless(stderr)], [1, timeless(block('output: ship-command'))]);
    assert.equal(readFileSync(join(own.path, 'dead.ndjson'), 'utf8').split('\n').length, 2);
    const program = block('example: ship-api').replace("'logs/'", JSON.stringify(join(own.path, 'logs/')));
    cluster.documents.clear();
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: consumer, env });
    assert.equal(stdout, block('output: ship-api'));
    assert.deepStrictEqual([...cluster.documents.values()].map(({ event }) => event.kind), ['event', 'pipeline_error']);
  });

  test('shell: detect', async () => {
    const { stdout, stderr } = await inShell(block('example: detect-shell'));
    assert.equal(stdout + stderr, block('output: detect-shell'));
  });

  test('shell: install', async () => {
    const { stdout, stderr } = await inShell(block('example: install'));
    assert.equal(stdout + stderr, block('output: install'));
    assert.ok(JSON.parse(readFileSync(join(folder.path, 'pipeline.json'), 'utf8')).processors.length > 10);
  });

  test('browser', async (context) => {
    const folders = { '/node_modules/vpcflow-ecs/': packageRoot };
    const [browser, server] = await Promise.all([launchBrowser(), serve(folders)]);
    context.after(() => Promise.all([browser.close(), server.close()]));
    const page = await browser.newPage();
    const address = `${server.origin}/page.html`;
    await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body: block('example: browser') }));
    await page.goto(address);
    await page.locator('#out:not(:empty)').waitFor();
    assert.equal(`${await page.locator('#out').textContent()}\n`, block('output: browser'));
  });
});

describe('tables', () => {
  test('syntaxes of formats', () => {
    const examples = table('Syntax').map((cells) => codes(cells[1])[0]);
    assert.equal(examples.length, 5);
    for (const format of examples) {
      assert.equal(imported.compileFormat(format).format, '${version} ${vpc-id} ${srcaddr}', format);
    }
  });

  test('presets', () => {
    const listed = table('Presets').flatMap(([cell]) => [...cell.matchAll(/`([^`]+)` \((\d+)\)/g)]);
    const counts = new Map(listed.map(([, name, count]) => [name, Number(count)]));
    assert.deepStrictEqual(counts, new Map(imported.presets().map(({ name, fields }) => [name, fields.length])));
    assert.match(documentation, new RegExp(`all ${imported.fields().length} fields that AWS documents`));
  });

  test('options', () => {
    const rows = table('Option');
    const interfaces = [...types.matchAll(/^export interface (?:Document|Parser)Options.*?^}/gms)].join('\n');
    const names = [...interfaces.matchAll(/^ {2}(\w+)\?: /gm)].map(([, name]) => name);
    assert.deepStrictEqual(rows.map(([name]) => codes(name)[0]).sort(), names.sort());

    const line = '192.0.2.44 1767225658';
    const options = { format: 'srcaddr end' };
    const document = new imported.Parser(options).parse(line);
    for (const [name, preset] of rows) {
      if (!preset.startsWith('`')) continue;
      const value = JSON.parse(codes(preset)[0].replaceAll("'", '"'));
      const parser = new imported.Parser({ ...options, [codes(name)[0]]: value });
      assert.deepStrictEqual(parser.parse(line), document, name);
    }
  });

  test('bulk requests', () => {
    const parser = new imported.Parser();
    const required = { index: {}, dataStream: {}, op: { index: 'a' }, id: { index: 'a' } };
    const rows = table('Member').map(([name, values]) => [codes(name)[0], values.split(', ').flatMap(codes)]);
    assert.deepStrictEqual(rows.map(([name]) => name), Object.keys(required));
    for (const [name, values] of rows.slice(2)) {
      for (const value of values) parser.toBulk('', { ...required[name], [name]: value.slice(1, -1) });
      assert.throws(() => parser.toBulk('', { ...required[name], [name]: 'other' }), { code: 'invalid_option' });
    }
  });

  test('API', () => {
    const text = table('JavaScript').map(([cell]) => cell).join(' ');
    for (const name of Object.keys(imported)) {
      if (name !== 'default') assert.match(text, new RegExp(`\\b${name}\\b`), name);
    }
    const members = Object.getOwnPropertyNames(imported.Parser.prototype).filter((name) => name !== 'constructor');
    for (const name of members) assert.match(text, new RegExp(`\`parser\\.${name}\\b`), name);
  });

  test('schemas and modes', () => {
    for (const [schema, , hasModes] of table('Schema')) {
      const options = { schema: codes(schema)[0], mode: 'original' };
      if (hasModes === 'yes') new imported.Parser(options).free();
      else assert.throws(() => new imported.Parser(options), { code: 'invalid_option' });
    }
    for (const [mode] of table('Mode')) new imported.Parser({ mode: codes(mode)[0] }).free();
    for (const [policy] of table('`onError`')) new imported.Parser({ onError: policy.slice(2, -2) }).free();
  });

  test('envelopes', async () => {
    const record = block('example: line').trimEnd();
    const base64 = (text) => Buffer.from(text).toString('base64');
    const rows = table('Envelope');
    const fill = { R: record, B: base64(record), Z: base64(gzipSync(codes(rows[0][2])[0].replaceAll('"R"', JSON.stringify(record)))) };
    for (const [name, layers, example] of rows) {
      const input = codes(example)[0].replace(/"([RBZ])"/g, (_, letter) => JSON.stringify(fill[letter]));
      const decoded = imported.decode(input);
      const parser = new imported.Parser();
      for await (const chunk of decoded) parser.push(chunk);
      parser.end();
      assert.deepStrictEqual([decoded.layers, parser.stats.errors], [codes(layers), 0], name);
      assert.ok(parser.stats.records > 0, name);
    }
  });

  test('containers', () => {
    const names = table('Container').flatMap(([, layers]) => codes(layers));
    assert.deepStrictEqual(names, ['gzip', 'zstd', 'parquet', 'utf-16le', 'utf-16be', 'base64']);
    const options = /^export interface DecodeOptions.*?^}/ms.exec(types)[0];
    const known = [...options.matchAll(/^ {2}(\w+)\?: /gm)].map(([, name]) => name);
    assert.deepStrictEqual(table('Option of `decode`').map(([option]) => codes(option)[0]), known.sort());
  });

  test('codes of errors', () => {
    const union = /type FlowLogErrorCode =\n(.*?);/s.exec(types)[1];
    const known = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code);
    assert.deepStrictEqual(table('Code').map(([code]) => codes(code)[0]), known);
  });
});

test('the README shows the playground', () => {
  const [start] = pages.get('README.md').split('\n## ', 1);
  assert.deepStrictEqual([...start.matchAll(/src(?:set)?="(.*?)"/g)].map(([, path]) => path), ['docs/playground-dark.png', 'docs/playground.png']);
  for (const path of Object.values(pictures)) {
    const png = readFileSync(join(repository, path));
    assert.equal(png.toString('latin1', 1, 4), 'PNG', path);
    assert.ok(png.readUInt32BE(16) >= 1200, `${path} is ${png.readUInt32BE(16)} pixels wide`);
    assert.ok(png.length < 150_000, `${path} has ${png.length} bytes: npm run screenshot makes it smaller`);
  }
});

describe('links', () => {
  /** Returns the fragments of a page, as GitHub makes them from its headings. */
  const fragments = (text) => [...text.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-'));

  for (const [path, text] of pages) {
    test(path, () => {
      for (const { target, fragment } of linksOf(text)) {
        const file = target === '' ? path : join(dirname(path), target);
        assert.ok(statSync(join(repository, file)).size > 0, target);
        if (fragment !== undefined) assert.ok(fragments(readFileSync(join(repository, file), 'utf8')).includes(fragment), `${target}#${fragment}`);
      }
    });
  }

  test('every page is in the list of the README', () => {
    const listed = [...pages.get('README.md').matchAll(/^\| \[.*?\]\((docs\/.*?\.md)\)/gm)].map(([, target]) => target);
    const all = readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
    assert.deepStrictEqual(listed.sort(), all.sort());
  });
});
