// `npm run hosts`: builds what hosts outside of JavaScript load, into target/hosts/; does nothing where that is up to date.
// `npm run test:hosts`, which is `--test`: tests it, too, with every version of the servers.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { environment, root } from './env.mjs';
import { buildCore, coreModules } from './hosts-core.mjs';
import { buildGo, goEnvironment, missingGo } from './hosts-go.mjs';
import { missing } from './hosts-jvm.mjs';
import { buildPlugin, testedServers } from './hosts-plugin.mjs';
import { buildPython, missingPython } from './hosts-python.mjs';
import { Stop, isScript, main, printSteps, say } from './run.mjs';
import { setup } from './setup.mjs';

export { buildCore, coreModules };

/** Builds what the tests need, and returns the arguments that run them. */
export function hostTests() {
  buildCore();
  const absent = { jvm: missing(), go: missingGo(), python: missingPython() };
  for (const reason of Object.values(absent)) {
    if (reason && process.env.CI) throw new Stop(`${reason}; under CI these tests are not skipped`);
  }
  buildGo();
  buildPython();
  if (!absent.go) goEnvironment();
  if (!absent.jvm) buildPlugin(testedServers);
  const tests = join(root, 'tests/hosts');
  const files = readdirSync(tests).filter((name) => name.endsWith('.test.js'));
  if (files.length === 0) throw new Stop('there are no tests in tests/hosts');
  // Two at a time: servers wait for their disks and for each other. The longest ones come first, so that both end at about the same time.
  const longest = ['plugin.test.js', 'kafka.test.js'];
  const order = [...longest, ...files.filter((name) => !longest.includes(name))];
  return ['--test', '--test-concurrency=2', '--test-reporter=spec', ...order.map((name) => join(tests, name))];
}

if (isScript(import.meta)) {
  await main('hosts', () => {
    setup({ wasmPack: false });
    buildCore();
    buildGo();
    buildPython();
    const absent = missing();
    if (absent) say('hosts', `only the modules: ${absent}`);
    else buildPlugin();
    printSteps('hosts');
    if (!process.argv.includes('--test')) return;
    const { status } = spawnSync(process.execPath, hostTests(), { cwd: root, env: { ...environment(), HOST_SERVERS: 'all' }, stdio: 'inherit' });
    if (status !== 0) throw new Stop(`the tests failed, exit code ${status}`);
  });
}
