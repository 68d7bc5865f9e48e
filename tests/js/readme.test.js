// The README's examples, run as they stand; and its tables, against what they are about.
//
// An example is a block of code after `<!-- example: NAME -->`; it prints the block after `<!-- output: NAME -->`.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { launchBrowser, serve } from './browser.js';
import { temporaryFolder } from './command.js';
import { cliPath, consumer, imported, packageRoot, repository } from './package.js';

const readme = readFileSync(join(repository, 'README.md'), 'utf8');
const types = readFileSync(join(repository, 'js/index.d.ts'), 'utf8');

const blocks = new Map();
for (const [, kind, name, language, code] of readme.matchAll(/^<!-- (\w+): (\S+) -->\n```(\w+)\n(.*?)^```$/gms)) {
  blocks.set(`${kind}: ${name}`, { language, code });
}
const block = (name) => blocks.get(name)?.code ?? assert.fail(`the README has no block "${name}"`);

/** The cells of the table below a heading whose first column is called so. */
function table(firstColumn) {
  // Other tables may have a row that starts so.
  const headings = [...readme.matchAll(/\n\n(?=\| (.*?) \|.*\n\|---)/g)];
  const start = headings.find(([, heading]) => heading === firstColumn)?.index;
  assert.ok(start !== undefined, `the README has no table "${firstColumn}"`);
  const rows = readme.slice(start + 2).split('\n\n', 1)[0].split('\n').slice(2);
  return rows.map((row) => row.slice(1, -1).split('|').map((cell) => cell.trim()));
}

const codes = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code);

const folder = temporaryFolder();
for (const name of ['flow.log', 'custom.log']) folder.write(name, block(`example: ${name}`));

const run = promisify(execFile);

describe('examples', () => {
  test('all of them are run', () => {
    const names = [...blocks.keys()].map((name) => name.split(': ')[1]);
    const known = ['line', 'import', 'require', 'flow.log', 'browser', 'shell', 'ambiguous', 'error', 'detect',
      'custom.log', 'detect-shell', 'export', 'install', 'pipeline', 'bulk', 'ship', 'parallel'];
    assert.deepStrictEqual([...new Set(names)].sort(), known.sort());
    // Every block of these languages is an example; Rust's is run by rustdoc.
    const fences = [...readme.matchAll(/^```(js|html)$/gm)].length;
    assert.equal(fences, [...blocks.values()].filter(({ language }) => ['js', 'html'].includes(language)).length);
  });

  test('in and out', () => {
    assert.deepStrictEqual(imported.parse(block('example: line').trimEnd()), JSON.parse(block('output: line')));
  });

  for (const name of ['import', 'ambiguous', 'error', 'detect', 'export', 'pipeline', 'bulk']) {
    test(`import: ${name}`, async () => {
      // Without a file in it, `import` looks for the package from the working folder on.
      const args = ['--input-type=module', '--eval', block(`example: ${name}`)];
      const { stdout } = await run(process.execPath, args, { cwd: consumer, env: { ...process.env, NO_COLOR: '1' } });
      assert.equal(stdout, block(`output: ${name}`));
    });
  }

  test('require', async () => {
    // The program runs where it finds the package; the log lies elsewhere.
    const code = block('example: require').replace("'flow.log'", JSON.stringify(join(folder.path, 'flow.log')));
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '--eval', code], { cwd: consumer });
    assert.equal(stdout, block('output: require'));
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

  /** As npx of a project in which the package is installed. */
  const inShell = async (script) => {
    const command = `"${process.execPath}" "${cliPath}"`;
    const npx = folder.write('npx', `#!/bin/sh\n[ "$1" = vpcflow-ecs ] || exit 9\nshift\nexec ${command} "$@"\n`);
    await run('chmod', ['+x', npx]);
    const env = { ...process.env, PATH: [folder.path, process.env.PATH].join(delimiter) };
    return run('sh', ['-c', script], { cwd: folder.path, env }).catch((error) => error);
  };

  test('shell', async () => {
    const failure = await inShell(block('example: shell'));
    assert.equal(failure.code, 1);
    const output = failure.stdout + failure.stderr;
    const timeless = (text) => text.replace(/ in \d+\.\d\d s$/m, ' in 0.00 s');
    assert.equal(timeless(output), timeless(block('output: shell')));
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
      assert.equal(imported.compileFormat(format).logFormat, '${version} ${vpc-id} ${srcaddr}', format);
    }
  });

  test('presets', () => {
    const listed = table('Presets').flatMap(([cell]) => [...cell.matchAll(/`([^`]+)` \((\d+)\)/g)]);
    const counts = new Map(listed.map(([, name, count]) => [name, Number(count)]));
    assert.deepStrictEqual(counts, new Map(imported.presets().map(({ name, fields }) => [name, fields.length])));
    assert.match(readme, new RegExp(`all ${imported.fields().length} fields that AWS documents`));
  });

  test('options', () => {
    const rows = table('Option');
    const interfaces = [...types.matchAll(/^export interface (?:Document|Parser)Options.*?^}/gms)].join('\n');
    const names = [...interfaces.matchAll(/^ {2}(\w+)\?: /gm)].map(([, name]) => name);
    assert.deepStrictEqual(rows.map(([name]) => codes(name)[0]).sort(), names.sort());

    const line = '192.0.2.44 10.0.1.20';
    const options = { format: 'srcaddr dstaddr' };
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

  test('codes of errors', () => {
    const union = /type FlowLogErrorCode =\n(.*?);/s.exec(types)[1];
    const known = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code);
    assert.deepStrictEqual(table('Code').map(([code]) => codes(code)[0]), known);
  });

  test('links lead to files', () => {
    for (const [, target] of readme.matchAll(/\]\(([^)#]+)\)/g)) {
      assert.ok(readFileSync(join(repository, target)).length > 0, target);
    }
  });
});
