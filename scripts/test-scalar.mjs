// `npm run test:scalar`: runs the tests of documents, errors, detection and pipelines against a module without vectors.
//
// The modules of the package have vectors. The crate also compiles without them, as hosts/ does for other runtimes, and then
// reads addresses, hashes and scans in other ways.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildQuickly } from './build.mjs';
import { environment, root } from './env.mjs';
import { Stop, attempt, isScript, main, printSteps, runTests, step } from './run.mjs';
import { setup } from './setup.mjs';

// A project with the package in it, as `packageRoot` of tests/js/package.js expects.
const consumer = 'target/scalar/consumer';

const files = ['golden', 'detect', 'ingest-recorded'];

/** The arguments of Node.js for the tests. */
export const scalarTests = ['--test', '--test-reporter=spec', ...files.map((name) => join(root, `tests/js/${name}.test.js`))];

/** Builds the module, and returns the environment variables of the tests. */
export function buildScalar() {
  const folder = buildQuickly({
    folder: `${consumer}/node_modules/vpcflow-ecs`,
    entries: ['node', 'ingest'],
    targetDir: 'target/scalar',
    flags: ['-Ctarget-feature=-simd128'],
  });
  mkdirSync(join(root, consumer), { recursive: true });
  writeFileSync(join(root, consumer, 'package.json'), '{ "private": true }\n');
  const module = join(folder, 'pkg/vpcflow_ecs_bg.wasm');
  step('scalar', 'no instruction for vectors in the module', () => {
    // All features but that of vectors: the module is refused if it has one.
    const isValid = attempt('wasm-opt', [module, '--all-features', '--disable-simd', '--disable-relaxed-simd', '-o', join(root, 'target/scalar/checked.wasm')], { cwd: root, env: environment() });
    if (!isValid) throw new Stop(`${module} has instructions for vectors`);
  });
  return { ...environment(), VPCFLOW_PACKAGE_DIR: join(root, consumer) };
}

if (isScript(import.meta)) {
  await main('scalar', () => {
    setup();
    const env = buildScalar();
    runTests(process.execPath, scalarTests, { cwd: root, env });
    printSteps('scalar');
  });
}
