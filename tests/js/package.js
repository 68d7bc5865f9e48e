// Finds the package under test: the installed tarball in the folder that VPCFLOW_PACKAGE_DIR names, or else this
// repository, which has the same layout.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The folder of a project that can import the package by its name. */
export const consumer = process.env.VPCFLOW_PACKAGE_DIR ?? repository;

export const packageRoot = process.env.VPCFLOW_PACKAGE_DIR
  ? join(process.env.VPCFLOW_PACKAGE_DIR, 'node_modules/vpcflow-ecs')
  : repository;

export const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));

/** Imports a module of the package, by its path in the package. */
export function importFrom(path) {
  return import(pathToFileURL(join(packageRoot, path)).href);
}

/** Returns the path in the package of the module that `import` takes in Node for one of its entries. */
export const entryOf = (name) => manifest.exports[name].node.import.default;

/** The package as `import` gives it in Node. */
export const imported = await importFrom(entryOf('.'));

/** Returns the entry `ingest` as `import` gives it in Node. */
export const importIngest = () => importFrom(entryOf('./ingest'));

/** The package as `require` gives it, found by its name. */
export const required = createRequire(join(consumer, 'package.json'))('vpcflow-ecs');

export const cliPath = join(packageRoot, manifest.bin['vpcflow-ecs']);

const fixtures = join(repository, 'tests/fixtures');

/** Returns the content of a fixture file; undefined if there is none. */
export function fixture(name) {
  const path = join(fixtures, name);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Returns every golden case: `{ file, name, options, lines, expected }`. */
export function documentCases() {
  const files = readdirSync(fixtures).filter((name) => /^documents-.*\.json$/.test(name));
  return files.flatMap((file) => fixture(file).map((testCase) => ({ file, ...testCase })));
}

/** The time at which the clock stands after `stopClock`: the time of parsing of all goldens. */
export const NOW = '2026-01-02T03:04:05.678Z';

/** Stops the clock of this process, which is that of the parser, too. */
export function stopClock() {
  Date.now = () => Date.parse(NOW);
}

export const decoder = new TextDecoder('utf-8', { fatal: true });

/** Returns the documents of NDJSON bytes. Every line must end with a line feed. */
export function documentsOf(ndjson) {
  const lines = decoder.decode(ndjson).split('\n');
  if (lines.pop() !== '') throw new Error('the last line has no line feed');
  return lines.map((line) => JSON.parse(line));
}
