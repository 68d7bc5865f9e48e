// `npm run hosts`: builds what hosts outside of JavaScript load, into target/hosts/; does nothing where that is up to date.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isStale, touch } from './build.mjs';
import { root, which } from './env.mjs';
import { buildCore, coreModules, folder, printSizes } from './hosts-core.mjs';
import { Stop, isScript, main, output, printSteps, run, say, step } from './run.mjs';
import { setup } from './setup.mjs';

export { buildCore, coreModules };

/** Returns the tool that is missing to build for the JVM and to run it, as a sentence; undefined if none is. */
export function missing() {
  const absent = [['java', 'Java 17 or later'], ['mvn', 'Maven']].filter(([command]) => !which([command]));
  return absent.length === 0 ? undefined : `no ${absent.map(([, name]) => name).join(' and ')} here`;
}

/** The library for the JVM, and all that it needs at run time. */
export const jvm = {
  jar: `${folder}/jvm/vpcflow-ecs-0.1.0.jar`,
  libraries: `${folder}/jvm/lib`,
  tests: `${folder}/jvm/test-classes`,
};

/** Builds the library for the JVM. */
export function buildJvm() {
  buildCore(['scalar']);
  const [module] = coreModules;
  if (isStale([jvm.jar], ['hosts/jvm', module.path, 'scripts/hosts.mjs'])) {
    const copies = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(root, jvm.libraries)}`];
    maven('hosts/jvm', 'the library for the JVM', ['package', ...copies]);
    touch([jvm.jar]);
  }
  printSizes([jvm.jar]);
}

/** Runs Maven in a folder: first without a network, where all that it needs may be already. */
export function maven(path, what, goals) {
  step('hosts', `${path} -> ${what} with Maven`, () => {
    const options = { cwd: join(root, path) };
    if (output('mvn', ['-o', '-q', '-B', ...goals], options) !== undefined) return;
    say('hosts', `Maven downloads what ${what} needs, once`);
    run('mvn', ['-q', '-B', ...goals], options);
  });
}

/** Builds what the tests need, and returns the arguments that run them. */
export function hostTests() {
  buildCore();
  const absent = missing();
  if (absent && process.env.CI) throw new Stop(`${absent}; under CI these tests are not skipped`);
  if (!absent) buildJvm();
  const tests = join(root, 'tests/hosts');
  const files = readdirSync(tests).filter((name) => name.endsWith('.test.js'));
  if (files.length === 0) throw new Stop('there are no tests in tests/hosts');
  return ['--test', '--test-reporter=spec', ...files.map((name) => join(tests, name))];
}

if (isScript(import.meta)) {
  await main('hosts', () => {
    setup({ wasmPack: false });
    buildCore();
    const absent = missing();
    if (absent) say('hosts', `only the modules: ${absent}`);
    else buildJvm();
    printSteps('hosts');
  });
}
