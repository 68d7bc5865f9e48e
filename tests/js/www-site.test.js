// The site: the responses of the server, the list of files, and the size of the hand-written files.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { serve } from '../../scripts/serve.mjs';
import { policy, siteFiles } from '../../scripts/site.mjs';
import { repository } from './package.js';

/** Bytes of all HTML, CSS and JavaScript in www/, and lines of each file. */
const MOST_BYTES = 431_000;
const MOST_LINES = 330;

const read = (path) => readFileSync(join(repository, path), 'utf8');

test('the hand-written files are small enough to be read', () => {
  const own = readdirSync(join(repository, 'www'), { recursive: true }).filter((path) => ['.html', '.css', '.js'].includes(extname(path)));
  assert.ok(own.length > 20);
  const sizes = own.map((path) => [path, Buffer.byteLength(read(`www/${path}`)), read(`www/${path}`).split('\n').length - 1]);
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  console.log(`www/: ${(total / 1000).toFixed(1)} kB in ${sizes.length} files, of at most ${MOST_BYTES / 1000} kB`);
  assert.ok(total <= MOST_BYTES, `${total} bytes are more than ${MOST_BYTES}`);
  for (const [path, , lines] of sizes) assert.ok(lines <= MOST_LINES, `${path} has ${lines} lines, more than ${MOST_LINES}`);
});

test('the site has a script for the page, one for its worker, and all that the page and they name', () => {
  const files = siteFiles();
  assert.deepStrictEqual([...files.keys()].filter((path) => !path.endsWith('.map')).sort(), [
    'icon.svg', 'index.html', 'main.js', 'manifest.webmanifest', 'parquet.js', 'pkg/vpcflow_ecs_bg.wasm', 'pkg/vpcflow_ecs_detect_bg.wasm',
    'pkg/vpcflow_ecs_ingest_bg.wasm', 'readme.txt', 'service-worker.js', 'style.css', 'worker.js',
  ]);
  for (const path of ['main.js', 'worker.js', 'parquet.js']) {
    const { sources } = JSON.parse(read(files.get(`${path}.map`)));
    assert.ok(!sources.some((source) => /\/js\/(?:.*\bnode\b|cli\/|lambda\/|ship\/|sources\/)/.test(source)), `${path}: ${sources}`);
  }
  for (const [, name] of read('www/index.html').matchAll(/(?:src|href)="(?!https:)([^"]+)"/g)) assert.ok(files.has(name), name);
  const foreign = [...read('www/index.html').matchAll(/<[^>]*"https?:[^>]*>/g)].map(([tag]) => tag);
  assert.equal(foreign.length, 2);
  // A click opens them; the page itself asks for nothing, and says nothing of itself.
  for (const tag of foreign) assert.match(tag, /^<a href="https:[^"]+" target="_blank" rel="noreferrer">$/);
});

test('the page has the policy that the server sends', () => {
  const [, own] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(read('www/index.html'));
  // A page cannot say of itself who may frame it.
  assert.equal(own, policy.replace("frame-ancestors 'none'; ", ''));
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)|https?:|\*/);
});

test('a changed script is joined when the page is asked for, and a broken one is an error', async () => {
  // In a copy, since other tests open the page.
  const folder = mkdtempSync(join(tmpdir(), 'vpcflow-ecs-site-'));
  for (const name of ['www', 'scripts', 'README.md', 'package.json', 'package-lock.json']) cpSync(join(repository, name), join(folder, name), { recursive: true });
  for (const name of ['js', 'pkg', 'node_modules']) symlinkSync(join(repository, name), join(folder, name));
  const { serve: serveCopy } = await import(pathToFileURL(join(folder, 'scripts/serve.mjs')).href);
  const { url, close } = await serveCopy(0);
  const get = async (path) => {
    const response = await fetch(new URL(path, url));
    return [response.status, await response.text()];
  };
  try {
    const script = join(folder, 'www/dom.js');
    const before = readFileSync(script, 'utf8');
    const write = (text) => {
      writeFileSync(script, text);
      // A second later: the clock of files is not as exact as ours.
      utimesSync(script, Date.now() / 1000 + 1, Date.now() / 1000 + 1);
    };
    write(`${before}\nglobalThis.isChanged = true;\n`);
    assert.equal((await get(''))[0], 200);
    assert.ok((await get('main.js'))[1].includes('isChanged'));
    write(`${before}\nconst = 1;\n`);
    for (const path of ['', 'files.json']) {
      const [status, text] = await get(path);
      assert.deepStrictEqual([status, /^failed: esbuild /.test(text)], [500, true], path);
    }
    write(before);
    assert.equal((await get('files.json'))[0], 200);
  } finally {
    await close();
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('the server', () => {
  let server;
  before(async () => {
    server = await serve(0);
  });
  after(() => server.close());

  /** Sends a path as it is: fetch would tidy it up. */
  const get = (path, method = 'GET') =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      const sent = request({ hostname, port, path, method }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
      });
      sent.on('error', reject).end();
    });

  test('sends each file with its type and the policy', async () => {
    const types = {
      '/': 'text/html; charset=utf-8',
      '/style.css': 'text/css; charset=utf-8',
      '/icon.svg': 'image/svg+xml',
      '/main.js': 'text/javascript; charset=utf-8',
      '/worker.js?version=1': 'text/javascript; charset=utf-8',
      '/main.js.map': 'application/json; charset=utf-8',
      '/pkg/vpcflow_ecs_bg.wasm': 'application/wasm',
      '/files.json': 'application/json; charset=utf-8',
    };
    for (const [path, type] of Object.entries(types)) {
      const { status, headers, body } = await get(path);
      assert.deepStrictEqual([status, headers['content-type'], body.length > 0], [200, type, true], path);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['content-security-policy'], policy);
    }
    const list = JSON.parse((await get('/files.json')).body);
    assert.deepStrictEqual(Object.keys(list), [...siteFiles().keys()].filter((path) => !path.endsWith('.map')));
    for (const path of ['index.html', 'pkg/vpcflow_ecs_bg.wasm']) {
      assert.equal(list[path], createHash('sha256').update((await get(`/${path}`)).body).digest('hex'));
    }
    assert.equal((await get('/', 'HEAD')).body.length, 0);
    assert.equal((await get('/', 'POST')).status, 405);
  });

  test('sends nothing else', async () => {
    const paths = [
      ...['/package.json', '/.git/config', '/.npmrc', '/pkg', '/pkg/', '/pkg/nothing.wasm', '/client.js', '/js/index.js', '/pkg/node.cjs', '/style/base.css', '/target/x.js'],
      ...['/../package.json', '/../etc/passwd', '//etc/passwd', '/pkg/../.git/config', '/pkg/../main.js', '/www/index.html'],
      ...['/..%2fpackage.json', '/%2e%2e/scripts/serve.mjs', '/..\\package.json', '/index.html%00', '/README.md', '/%', '*', '/toString'],
    ];
    for (const path of paths) assert.equal((await get(path)).status, 404, path);
  });
});
