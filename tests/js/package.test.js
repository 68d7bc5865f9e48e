// The contents of the published package, and how they are found.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { temporaryFolder } from './command.js';
import { linksOf } from './links.js';
import { consumer, manifest, packageRoot, repository } from './package.js';

const DOCS = ['abi', 'api', 'aws', 'bulk', 'cases', 'command', 'documents', 'errors', 'fields', 'formats', 'hosts', 'ingest', 'inputs', 'mapping', 'options', 'scale', 'ship'].map((name) => `docs/${name}.md`);

const FILES = [
  'CHANGELOG.md',
  'LICENSE-APACHE',
  'LICENSE-MIT',
  'README.md',
  'SECURITY.md',
  'THIRD-PARTY-LICENCES.txt',
  ...DOCS,
  'docs/playground-dark.png',
  'docs/playground.png',
  'js/node-bundled.js',
  'js/cases/case.js',
  'js/cases/differences.js',
  'js/cases/json.js',
  'js/cases/results.js',
  'js/cli/arguments.js',
  'js/cli/candidates.js',
  'js/cli/convert.js',
  'js/cli/detect.js',
  'js/cli/elasticsearch.js',
  'js/cli/excerpt.js',
  'js/cli/export.js',
  'js/cli/facts.js',
  'js/cli/flow-log.js',
  'js/cli/inputs.js',
  'js/cli/install.js',
  'js/cli/interruption.js',
  'js/cli/main.js',
  'js/cli/nearest.js',
  'js/cli/options.js',
  'js/cli/output.js',
  'js/cli/redact.js',
  'js/cli/run.js',
  'js/cli/sample.js',
  'js/cli/ship.js',
  'js/cli/status.js',
  'js/cli/style.js',
  'js/cli/terminal.js',
  'js/cli/test.js',
  'js/cli/threads.js',
  'js/core/api.js',
  'js/core/buffer.js',
  'js/core/bytes.js',
  'js/core/cache.js',
  'js/core/error.js',
  'js/core/instances.js',
  'js/core/into.js',
  'js/core/load.js',
  'js/core/objects.js',
  'js/core/options.js',
  'js/core/pieces.js',
  'js/core/sample.js',
  'js/core/streams.js',
  'js/core/unfreed.js',
  'js/decode/bytes.js',
  'js/decode/crc32.js',
  'js/decode/decode.js',
  'js/decode/encoding.js',
  'js/decode/envelopes.js',
  'js/decode/gzip.js',
  'js/decode/inflate.js',
  'js/decode/json.js',
  'js/decode/magic.js',
  'js/decode/pages.js',
  'js/decode/parquet.js',
  'js/decode/portable.js',
  'js/decode/problem.js',
  'js/decode/source.js',
  'js/decode/values.js',
  'js/index.d.ts',
  'js/index.js',
  'js/ingest/api.js',
  'js/ingest/node-bundled.js',
  'js/ingest/node-create.js',
  'js/ingest/exporters.js',
  'js/ingest/index.d.ts',
  'js/ingest/index.js',
  'js/ingest/node.js',
  'js/lambda/event.js',
  'js/lambda/firehose.js',
  'js/lambda/handlers.js',
  'js/lambda/index.d.ts',
  'js/lambda/index.js',
  'js/module.d.ts',
  'js/node.js',
  'js/node/commonjs/ingest.js',
  'js/node/commonjs/main.js',
  'js/node/commonjs/package.json',
  'js/node/create.js',
  'js/node/decode.js',
  'js/node/input.js',
  'js/node/load.js',
  'js/node/modules.js',
  'js/node/parallel-worker.js',
  'js/node/parallel.js',
  'js/node/parts.js',
  'js/node/streams.js',
  'js/node/threads.js',
  'js/redact/addresses.js',
  'js/redact/lines.js',
  'js/redact/redactor.js',
  'js/redact/shapes.js',
  'js/ship/backoff.js',
  'js/ship/batches.js',
  'js/ship/bulk.js',
  'js/ship/checkpoint.js',
  'js/ship/client.js',
  'js/ship/cluster.js',
  'js/ship/dead-letter.js',
  'js/ship/errors.js',
  'js/ship/index.d.ts',
  'js/ship/index.js',
  'js/ship/letters.js',
  'js/ship/lines.js',
  'js/ship/local.js',
  'js/ship/reader.js',
  'js/ship/reading.js',
  'js/ship/replay.js',
  'js/ship/run.js',
  'js/ship/watch.js',
  'js/ship/ship.js',
  'js/ship/thread.js',
  'js/ship/threads.js',
  'js/sources/aws.js',
  'js/sources/flow-log.js',
  'js/sources/index.d.ts',
  'js/sources/index.js',
  'js/sources/key.js',
  'js/sources/local.js',
  'js/sources/notification.js',
  'js/sources/peers.d.ts',
  'js/sources/s3.js',
  'js/sources/sqs.js',
  'js/text/pretty.js',
  'js/text/text.js',
  'package.json',
  'pkg/ingest.cjs',
  'pkg/ingest.d.cts',
  'pkg/node.cjs',
  'pkg/node.d.cts',
  'pkg/node-packed-ingest.js',
  'pkg/node-packed.js',
  'pkg/vpcflow-ecs.1',
  'pkg/vpcflow-ecs.bash',
  'pkg/vpcflow-ecs.fish',
  'pkg/vpcflow_ecs.js',
  'pkg/vpcflow_ecs_bg.wasm',
  'pkg/vpcflow_ecs_detect.js',
  'pkg/vpcflow_ecs_detect_bg.wasm',
  'pkg/vpcflow_ecs_ingest.js',
  'pkg/vpcflow_ecs_ingest_bg.wasm',
  'pkg/worker.cjs',
];

test('npm pack takes exactly these files', () => {
  // Without scripts: the package was built before, and this must not build it under other tests.
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: repository,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files, name }] = JSON.parse(output);
  assert.equal(name, 'vpcflow-ecs');
  assert.deepStrictEqual(files.map((file) => file.path).sort(), [...FILES].sort());
  for (const { path, size } of files.filter((file) => file.path.endsWith('.wasm'))) {
    assert.ok(size > 50_000, `${path} has ${size} bytes only`);
  }
});

test('links of the README and of docs/ lead to files in both packages', () => {
  const [, included] = /^include = \[(.*)\]$/m.exec(readFileSync(join(repository, 'Cargo.toml'), 'utf8'));
  const patterns = [...included.matchAll(/"\/([^"*]+)\*?"/g)].map(([, start]) => start);
  const isInCrate = (path) => patterns.some((start) => path === start || path.startsWith(`${start}/`) || start.endsWith('-') && path.startsWith(start));
  const links = ['README.md', ...DOCS].flatMap((page) => {
    const links = linksOf(readFileSync(join(repository, page), 'utf8')).filter(({ target }) => target !== '');
    return links.map(({ target }) => ({ page, path: join(dirname(page), target) }));
  });
  assert.ok(links.length > 20, `there are ${links.length} links`);
  for (const { page, path } of links) {
    assert.ok(FILES.includes(path), `${page} links to ${path}, which the npm package lacks`);
    assert.ok(isInCrate(path), `${page} links to ${path}, which the crate lacks`);
  }
});

test('linters of packages find nothing but what is meant', async () => {
  const folder = temporaryFolder();
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder.path], { cwd: repository });
  const tarball = readFileSync(join(folder.path, `vpcflow-ecs-${manifest.version}.tgz`));

  const { messages } = await publint({ level: 'suggestion', pack: { tarball: new Uint8Array(tarball).buffer } });
  // Parcel reads this field and, by default, not `exports`.
  assert.deepStrictEqual(messages, [{ code: 'USE_EXPORTS_BROWSER', args: {}, path: ['browser'], type: 'suggestion' }]);

  const { problems } = await checkPackage(createPackageFromTarballData(tarball), { excludeEntrypoints: [/\.wasm$/] });
  const found = problems.map(({ kind, entrypoint, resolutionKind }) => [kind, entrypoint, resolutionKind]);
  // These are ES modules, which `require` takes from Node.js 20.19 on.
  assert.deepStrictEqual(found, ['./ship', './lambda', './sources'].map((entry) => ['CJSResolvesToESM', entry, 'node16-cjs']));
});

test('the command is executable by its first line', () => {
  const path = join(packageRoot, manifest.bin['vpcflow-ecs']);
  assert.ok(readFileSync(path, 'utf8').startsWith('#!/usr/bin/env node\n'));
});

test('there are no dependencies at run time, except optional ones that the user installs', () => {
  for (const name of Object.keys(manifest.peerDependencies)) assert.deepStrictEqual(manifest.peerDependenciesMeta[name], { optional: true }, name);
  for (const kind of ['dependencies', 'optionalDependencies', 'bundleDependencies']) {
    assert.deepStrictEqual(Object.keys(manifest[kind] ?? {}), [], kind);
  }
  // Nothing that npm runs at the user's.
  for (const script of ['preinstall', 'install', 'postinstall']) assert.equal(manifest.scripts?.[script], undefined);
});

test('every export leads to a file', () => {
  const paths = [];
  const collect = (target) => (typeof target === 'string' ? paths.push(target) : Object.values(target).forEach(collect));
  collect(manifest.exports);
  assert.ok(paths.length >= 5);
  for (const path of paths) assert.ok(existsSync(join(packageRoot, path)), path);
});

test('import and require find it by its name', () => {
  const run = (type, source) =>
    execFileSync(process.execPath, [`--input-type=${type}`, '--eval', source], { cwd: consumer, encoding: 'utf8' }).trim();
  const names = 'FlowLogError Parser bulkStream compileFormat decode default detectFormat documentStream explain fields init initSync ndjsonStream ' +
    'parallel parse presets schemas toNode';
  assert.equal(run('module', `import * as api from 'vpcflow-ecs'; console.log(Object.keys(api).sort().join(' '))`), names);
  assert.equal(run('commonjs', `console.log(Object.keys(require('vpcflow-ecs')).sort().join(' '))`), names);
  assert.equal(
    run('module', `
      import { createRequire } from 'node:module';
      import { FlowLogError } from 'vpcflow-ecs';
      console.log(createRequire(process.cwd() + '/')('vpcflow-ecs').FlowLogError === FlowLogError);
    `),
    'true',
  );
  for (const name of ['vpcflow_ecs', 'vpcflow_ecs_detect', 'vpcflow_ecs_ingest']) {
    assert.ok(existsSync(run('commonjs', `console.log(require.resolve('vpcflow-ecs/${name}_bg.wasm'))`)), name);
  }
});
