// The crate in programs for WASI, which have a clock and a standard library, and no JavaScript.

import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { WASI } from 'node:wasi';
import { buildForWasi } from '../../scripts/hosts-core.mjs';
import { temporaryFolder } from '../js/command.js';
import { imported, repository } from '../js/package.js';

const folder = temporaryFolder();

test('an example in Rust, compiled for wasm32-wasip1, writes the documents of the npm package', async () => {
  const module = new WebAssembly.Module(readFileSync(buildForWasi()));
  assert.deepEqual(new Set(WebAssembly.Module.imports(module).map((each) => each.module)), new Set(['wasi_snapshot_preview1']));

  const log = `${repository}/examples/sample.log`;
  const [stdin, stdout] = [openSync(log, 'r'), openSync(join(folder.path, 'documents'), 'w')];
  const wasi = new WASI({ version: 'preview1', args: ['parse'], stdin, stdout, returnOnExit: true });
  const code = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
  for (const file of [stdin, stdout]) closeSync(file);

  const expected = new imported.Parser({ onError: 'skip' }).toNdjson(readFileSync(log));
  assert.equal(code, 0);
  assert.equal(readFileSync(join(folder.path, 'documents'), 'utf8'), Buffer.from(expected).toString());
});
