// Builds the plug-in: hosts/plugin/ -> target/hosts/plugin/ingest-aws-vpcflow-0.1.0-PRODUCT-VERSION.zip.
//
// A server takes only the plug-in that was built for exactly its version. The source is that for Elasticsearch 9. The others'
// differ in the names of packages and in one parameter.

import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { isStale, touch } from './build.mjs';
import { root } from './env.mjs';
import { folder, printSizes } from './hosts-core.mjs';
import { buildJvm, jvm, maven } from './hosts-jvm.mjs';
import { FILE as THIRD_PARTY } from './licences.mjs';
import { run, step } from './run.mjs';

const VERSION = '0.1.0';
const NAME = 'ingest-aws-vpcflow';

/** The servers: each with its product, its version, the Java that it needs, its Log4j, and the class of its module for HTTP. */
export const servers = [
  { product: 'elasticsearch', version: '9.5.3', java: 21, log4j: '2.26.1', http: 'org.elasticsearch.transport.netty4.Netty4Plugin' },
  { product: 'opensearch', version: '3.9.0', java: 21, log4j: '2.25.5', http: 'org.opensearch.transport.Netty4ModulePlugin' },
  { product: 'elasticsearch', version: '8.19.0', java: 17, log4j: '2.19.0', http: 'org.elasticsearch.transport.netty4.Netty4Plugin' },
  { product: 'opensearch', version: '2.19.6', java: 17, log4j: '2.25.4', http: 'org.opensearch.transport.Netty4Plugin' },
].map((server) => {
  const name = `${server.product}-${server.version}`;
  return { ...server, name, work: join(root, folder, 'plugin', name), zip: `${folder}/plugin/${NAME}-${VERSION}-${name}.zip` };
});

/** The servers that tests start: the newest of each product, and all if HOST_SERVERS is `all`. */
export const testedServers = process.env.HOST_SERVERS === 'all' ? servers : servers.slice(0, 2);

/**
 * Builds the plug-in for servers.
 *
 * @param {typeof servers} wanted
 */
export function buildPlugin(wanted = servers) {
  buildJvm();
  for (const server of wanted) {
    const { name, work, zip } = server;
    if (!isStale([zip], ['hosts/plugin', jvm.jar, THIRD_PARTY, 'scripts/hosts-plugin.mjs'])) continue;
    const path = join(work, 'classpath');
    mkdirSync(work, { recursive: true });
    maven('hosts/plugin', `the jars of ${name}`, [...classPathOf(path), `-P${server.product}`, `-Dserver.version=${server.version}`, `-Dlog4j.version=${server.log4j}`]);
    step('hosts', `hosts/plugin -> ${zip}`, () => pack(server, readFileSync(path, 'utf8').trim()));
    touch([zip]);
  }
  printSizes(wanted.map(({ zip }) => zip));
}

/** Returns Maven's goal that writes the class path to a file. */
function classPathOf(path) {
  return ['dependency:build-classpath', `-Dmdep.outputFile=${path}`];
}

/**
 * Builds the plug-in for a server that has it on its class path, and not in its folder of plug-ins.
 *
 * @param {{ product: string, version: string, classPath: string }} server
 * @returns {string} the class path with the plug-in
 */
export function pluginOnClassPath({ product, version, classPath }) {
  buildJvm();
  const work = join(root, folder, 'plugin', `${product}-${version}-class-path`);
  const { classes, libraries } = step('hosts', `hosts/plugin -> classes for ${product} ${version}`, () => compilePlugin({ product, version, work }, classPath));
  return [classes, ...libraries, classPath].join(delimiter);
}

/** Returns the folder of the plug-in's classes for a server, and the libraries that they need. */
function compilePlugin({ product, version, work }, classPath) {
  const [source, classes] = ['src', 'classes'].map((name) => join(work, name));
  for (const path of [source, classes]) rmSync(path, { recursive: true, force: true });
  const of9 = product === 'elasticsearch' && version.startsWith('9.');
  const origin = join(root, 'hosts/plugin/src/vpcflow/plugin');
  mkdirSync(source, { recursive: true });
  for (const name of readdirSync(origin)) {
    let text = readFileSync(join(origin, name), 'utf8');
    if (!of9) text = text.replace(/^import .*\.ProjectId;\n/m, '').replace(/,\s+ProjectId project/, '');
    writeFileSync(join(source, name), text.replaceAll('org.elasticsearch', `org.${product}`));
  }
  const libraries = [jvm.jar, ...readdirSync(join(root, jvm.libraries)).map((name) => `${jvm.libraries}/${name}`)].map((path) => join(root, path));
  compile([source], classes, [classPath, ...libraries].join(delimiter));
  return { classes, libraries };
}

function pack({ product, version, work, zip }, classPath) {
  const { classes, libraries } = compilePlugin({ product, version, work }, classPath);
  const content = join(work, 'content');
  rmSync(content, { recursive: true, force: true });
  mkdirSync(content);
  run('jar', ['--create', '--file', join(content, `${NAME}-${VERSION}.jar`), '-C', classes, '.']);
  for (const path of libraries) copyFileSync(path, join(content, basename(path)));
  for (const path of ['hosts/plugin/NOTICE', 'LICENSE-MIT', 'LICENSE-APACHE', THIRD_PARTY]) copyFileSync(join(root, path), join(content, basename(path)));
  const descriptor = readFileSync(join(root, 'hosts/plugin/plugin-descriptor.properties'), 'utf8');
  const words = { version: VERSION, product, server: version };
  writeFileSync(join(content, 'plugin-descriptor.properties'), descriptor.replace(/\{(\w+)\}/g, (_, word) => words[word]));
  run('jar', ['--create', '--no-manifest', '--file', join(root, zip), '-C', content, '.']);
}

/** Compiles Java, which may use classes of a newer Java than the one that runs here: so the compiler is Eclipse's. */
export function compile(sources, classes, classPath) {
  const path = join(root, folder, 'plugin/compiler');
  if (!existsSync(path)) {
    mkdirSync(join(root, folder, 'plugin'), { recursive: true });
    maven('hosts/plugin', 'the compiler', [...classPathOf(path), '-Pcompiler']);
  }
  const compiler = readFileSync(path, 'utf8').trim();
  const options = ['-source', '17', '-target', '17', '-nowarn', '-proc:none', '-encoding', 'UTF-8', '-classpath', classPath, '-d', classes];
  run('java', ['-cp', compiler, 'org.eclipse.jdt.internal.compiler.batch.Main', ...options, ...sources]);
}

/** Puts a plug-in of the tests' server, and the module for HTTP, into its folder, as an installation has them. Returns the class path. */
export function assemble({ product, version, work, zip, http }) {
  const classPath = readFileSync(join(work, 'classpath'), 'utf8').trim().split(delimiter);
  const [home, classes] = [join(work, 'home'), join(work, 'test-classes')];
  for (const path of [home, classes]) rmSync(path, { recursive: true, force: true });
  const [module, plugin] = [join(home, 'modules/transport-netty4'), join(home, 'plugins', NAME)];
  for (const path of [module, plugin, join(home, 'config')]) mkdirSync(path, { recursive: true });
  run('jar', ['--extract', '--file', join(root, zip)], { cwd: plugin });

  const ofModule = (path) => /^(?:netty-|transport-netty4|opensearch-netty4).*\.jar$/.test(basename(path));
  for (const path of classPath.filter(ofModule)) copyFileSync(path, join(module, basename(path)));
  const lines = ['description=HTTP', `version=${version}`, 'name=transport-netty4', `classname=${http}`, 'java.version=17', `${product}.version=${version}`];
  writeFileSync(join(module, 'plugin-descriptor.properties'), `${lines.join('\n')}\n`);

  const server = classPath.filter((path) => !ofModule(path)).join(delimiter);
  cpSync(join(root, 'tests/elasticsearch/servers/Lifetime.java'), join(work, 'test-src/Lifetime.java'));
  cpSync(join(root, 'tests/hosts/servers', product, 'TestNode.java'), join(work, 'test-src/TestNode.java'));
  compile([join(work, 'test-src')], classes, server);
  return { classPath: [classes, server].join(delimiter), home };
}
