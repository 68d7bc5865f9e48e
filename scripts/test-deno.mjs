// `npm run test:deno`: the web streams and `decode` in Deno, which is installed into target/deno/.
//
// There is no build of Deno for every system: where it cannot be installed, this says so and does nothing, except under CI, where that is
// a failure.

import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { environment, root } from './env.mjs';
import { Stop, copyPackage, installNpm, isScript, main, runTests, say } from './run.mjs';
import { setup } from './setup.mjs';

const here = join(root, 'tests/deno');
const consumer = join(root, 'target/deno');
const deno = join(consumer, 'node_modules/.bin/deno');

/** Returns the reason for skipping these tests; undefined if they can run. Under CI, they must. */
export function reasonToSkipDeno(works = install(), { CI } = process.env) {
  if (works) return undefined;
  const reason = 'Deno cannot be installed or started here';
  if (CI) throw new Stop(`${reason}; under CI these tests are not skipped`);
  return reason;
}

/** Installs Deno unless it is there. False if that is not possible. */
function install() {
  try {
    installNpm(here, consumer, () => say('deno', 'installing Deno, some 40 MB, once, into target/deno/'));
  } catch {
    return false;
  }
  return spawnSync(deno, ['--version'], { env: environment() }).status === 0;
}

/**
 * Installs the package beside Deno, and returns the command that runs the tests, with its arguments and its folder.
 *
 * @param {string} packageRoot the folder of the package under test
 */
export function denoTests(packageRoot) {
  copyPackage(packageRoot, join(consumer, 'node_modules/vpcflow-ecs'));
  cpSync(join(here, 'streams.test.js'), join(consumer, 'streams.test.js'));
  return { command: deno, args: ['test', '--no-check', '--no-remote', '--no-lock', '--allow-read', '--allow-env', 'streams.test.js'], cwd: consumer };
}

if (isScript(import.meta)) {
  await main('test:deno', () => {
    const reason = reasonToSkipDeno();
    if (reason) return say('test:deno', `skipped: ${reason}`);
    setup();
    build();
    const { command, args, cwd } = denoTests(root);
    runTests(command, args, { cwd, env: environment() });
  });
}
