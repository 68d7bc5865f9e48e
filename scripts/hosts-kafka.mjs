// Assembles what the test of the transform starts: a broker of Kafka and a worker of Kafka Connect.

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { root } from './env.mjs';
import { folder } from './hosts-core.mjs';
import { jvm, maven } from './hosts-jvm.mjs';
import { compile } from './hosts-plugin.mjs';

const work = join(root, folder, 'kafka');

/**
 * Returns the class paths of the two, and the folder of the worker's plug-ins with the transform and the connectors for files.
 */
export function assembleKafka() {
  mkdirSync(work, { recursive: true });
  const [broker, worker] = ['broker', 'worker'].map((profile) => {
    const path = join(work, profile);
    if (!existsSync(path)) {
      maven('tests/hosts/servers/kafka', `the jars of the ${profile}`, ['dependency:build-classpath', `-Dmdep.outputFile=${path}`, `-P${profile}`]);
    }
    return readFileSync(path, 'utf8').trim().split(delimiter);
  });
  const [plugins, classes, sources] = ['plugins', 'test-classes', 'test-src'].map((name) => join(work, name));
  for (const path of [plugins, classes, sources]) rmSync(path, { recursive: true, force: true });
  cpSync(join(root, jvm.libraries), join(plugins, 'vpcflow-ecs'), { recursive: true });
  cpSync(join(root, jvm.jar), join(plugins, 'vpcflow-ecs', basename(jvm.jar)));
  const ofFiles = (path) => /\/connect-file-/.test(path);
  for (const path of worker.filter(ofFiles)) cpSync(path, join(plugins, 'files', basename(path)));
  cpSync(join(root, 'tests/elasticsearch/servers/Lifetime.java'), join(sources, 'Lifetime.java'));
  cpSync(join(root, 'tests/hosts/servers/TestProgram.java'), join(sources, 'TestProgram.java'));
  compile([sources], classes, sources);
  const classPath = (paths) => [classes, ...paths].join(delimiter);
  return { broker: classPath(broker), worker: classPath(worker.filter((path) => !ofFiles(path))), plugins };
}
