// The library for Python: every golden, compared with the npm package, and its own tests.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { installPython, library, missingPython, python } from '../../scripts/hosts-python.mjs';
import { FILE as THIRD_PARTY } from '../../scripts/licences.mjs';
import { repository } from '../js/package.js';
import { compareErrors, compareGoldens } from './goldens.js';

const skip = missingPython() ?? false;
if (!skip) installPython();

/** Runs a program of the library's tests, and returns what it prints. */
function run(name, input) {
  const path = join(repository, library, 'tests', name);
  const { status, stdout, stderr } = spawnSync(python, ['-B', path], { input, encoding: 'utf8', maxBuffer: 64 << 20 });
  assert.equal(status, 0, stderr);
  return stdout + stderr;
}

const ask = (questions) => run('goldens.py', questions);

test('every golden, as an input', { skip }, () => compareGoldens(ask, { byLines: false }));

test('errors have the members of FlowLogError', { skip }, () => compareErrors(ask));

test('the library has the licences of the crates in its module', { skip }, () => {
  const [own, original] = [`${library}/${THIRD_PARTY}`, THIRD_PARTY].map((path) => readFileSync(join(repository, path), 'utf8'));
  assert.equal(own, original);
});

test('its own tests', { skip }, () => assert.match(run('test_parser.py'), /^Ran [4-9] tests.*\n\nOK$/m));
