// `npm run hosts`: builds what hosts outside of JavaScript load, into target/hosts/; does nothing where that is up to date.
// `npm run test:hosts`, which is `--test`: tests it, too, with every version of the servers.

import { join } from 'node:path';
import { environment, root } from './env.mjs';
import { buildCore } from './hosts-core.mjs';
import { buildGo, goEnvironment, missingGo } from './hosts-go.mjs';
import { missing } from './hosts-jvm.mjs';
import { buildPlugin, testedServers } from './hosts-plugin.mjs';
import { buildPython, missingPython } from './hosts-python.mjs';
import { Stop, isScript, main, printSteps, runTests, say, testFiles } from './run.mjs';
import { setup } from './setup.mjs';

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
  const files = testFiles(root, 'tests/hosts');
  // Two at a time: servers wait for their disks and for each other. The longest ones come first, so that both end at about the same time.
  const longest = ['plugin.test.js', 'kafka.test.js'].map((name) => join(root, 'tests/hosts', name));
  const order = [...longest, ...files.filter((path) => !longest.includes(path))];
  return ['--test', '--test-concurrency=2', '--test-reporter=spec', ...order];
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
    runTests(process.execPath, hostTests(), { cwd: root, env: { ...environment(), HOST_SERVERS: 'all' } });
  });
}
