// The licences of the crates in the modules, as the published package has them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FILE, licences } from '../../scripts/licences.mjs';
import { packageRoot } from './package.js';

test('the package has the licences that `npm run licences` writes', () => {
  const text = licences();
  assert.equal(readFileSync(join(packageRoot, FILE), 'utf8'), text);
  // A crate of each module, and one of the main module's alone.
  for (const name of ['The standard library of Rust', 'serde_json', 'maxminddb', 'wasm-bindgen', 'talc']) assert.match(text, new RegExp(`^${name} `, 'm'));
  assert.doesNotMatch(text, /^(?:serde_derive|syn|proc-macro2) /m);
});
