// `npm run bench`: builds all that is compared, writes the logs, and measures. See benches/README.md.
//
// `--rows` with a part of the rows' names (a regular expression) builds VRL and the module without SIMD only if they are
// among them: VRL takes long. Pipelines (`--rows pipelines`) are compared with an Elasticsearch where one can be started,
// unless `--no-elasticsearch` is given. `--against` with a revision compares with an older build of this repository.
// `--hosts` measures the programs of hosts/, and `--servers` the plug-in inside of servers.

import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CLOCKS, LOGS, OPTIONS, PARTS, partsOf, run as measure } from '../benches/run.mjs';
import { assemble, missing, start } from '../tests/elasticsearch/server.mjs';
import { build, modules, wasmPack } from './build.mjs';
import { environment, root, wasmEnvironment } from './env.mjs';
import { coreModules } from './hosts-core.mjs';
import { buildGo, go, goEnvironment } from './hosts-go.mjs';
import { benchmarkClassPath, buildJvm, missing as missingJvm } from './hosts-jvm.mjs';
import { pluginOnClassPath } from './hosts-plugin.mjs';
import { buildPython, installPython, library, python } from './hosts-python.mjs';
import { Stop, isScript, main, output, run, say } from './run.mjs';
import { setup } from './setup.mjs';

const folder = join(root, 'target/bench');

if (isScript(import.meta)) {
  await main('bench', async () => {
    const args = process.argv.slice(2);
    const values = options(args);
    const { lines, rounds, rows, against, 'no-elasticsearch': without } = values;
    const parts = partsOf(values);
    const only = parts.includes('rows') ? new RegExp(rows ?? '') : { test: () => false };
    setup();
    build();
    say('bench', `the crate in native Rust, and ${lines} lines a log`);
    run('cargo', ['build', '--locked', '--release', '--quiet', '--example', 'bench_corpus', '--example', 'bench_native'], native());
    const program = (name) => join(root, 'target/release/examples', name);
    run(program('bench_corpus'), [folder, lines], native());
    const scalar = only.test('ours: toNdjson, module without SIMD') ? buildScalar() : undefined;
    const older = against && buildOlder(against);
    const vrl = only.test('VRL: parse only, native Rust') ? buildVrl() : undefined;
    const hosts = parts.includes('hosts') ? buildHosts() : undefined;
    const servers = parts.includes('servers') ? serversWithPlugin() : undefined;
    say('bench', `${parts.join(', ')}: ${rounds} rounds of every row on each log; do not use the machine for anything else meanwhile`);
    const absent = without ? 'as asked for' : only.test('pipelines') ? missing() : 'other rows were asked for';
    const server = absent === undefined && (await start());
    await measure(args, { folder, scalar, vrl, native: program('bench_native'), older, hosts, servers }, server || absent).finally(() => server && server.stop());
  });
}

function options(args) {
  try {
    const { values } = parseArgs({ args, options: OPTIONS });
    for (const name of ['lines', 'rounds', 'equal', 'growth']) {
      if (values[name] !== undefined && !(Number.isInteger(Number(values[name])) && Number(values[name]) > 0)) {
        throw new Stop(`--${name}: expected a whole number from 1, found "${values[name]}"`);
      }
    }
    for (const name of values.corpus?.flatMap((names) => names.split(',')) ?? []) {
      if (!(name in LOGS)) throw new Stop(`--corpus: expected ${Object.keys(LOGS).join(', ')}, found "${name}"`);
    }
    for (const part of values.parts?.split(',') ?? []) {
      if (!PARTS.includes(part)) throw new Stop(`--parts: expected ${PARTS.join(', ')}, found "${part}"`);
    }
    if (partsOf(values).length === 0) throw new Stop('--parts: expected --against, --equal, --growth, --hosts or --servers, too, for these parts');
    if (values.equal && !values.against) throw new Stop('--equal: expected --against with a revision to compare with');
    if (!(values.clock in CLOCKS)) throw new Stop(`--clock: expected ${Object.keys(CLOCKS).join(' or ')}, found "${values.clock}"`);
    return values;
  } catch (error) {
    throw error instanceof Stop ? error : new Stop(`${error.message}; known are --${Object.keys(OPTIONS).join(', --')}`);
  }
}

function native() {
  return { cwd: root, env: environment() };
}

/** Builds the benchmarks of other languages. Without Java and Maven, those of the JVM are left out. */
function buildHosts() {
  say('bench', 'the hosts');
  buildGo();
  const program = join(folder, 'go');
  run('go', ['build', '-o', program, './internal/bench'], { cwd: join(root, go.library), env: goEnvironment() });
  buildPython();
  installPython();
  const hosts = { go: program, python: { command: python, path: join(root, library, 'tests/bench.py') } };
  if (missingJvm()) return hosts;
  buildJvm();
  return { ...hosts, jvm: { command: 'java', classPath: benchmarkClassPath(), module: join(root, coreModules[0].path) } };
}

/** Returns functions that start the servers which have both the plug-in and the stock processors. */
function serversWithPlugin() {
  const absent = missingJvm();
  if (absent) throw new Stop(`--servers: ${absent}`);
  return ['opensearch', 'elasticsearch'].map((kind) => {
    const server = assemble(kind);
    const version = /\/(?:elasticsearch|opensearch)-(\d+\.\d+\.\d+)\.jar/.exec(server)?.[1];
    const classPath = pluginOnClassPath({ product: kind, version, classPath: server });
    return () => start({ kind, plugin: { name: 'vpcflow.plugin.VpcflowPlugin', classPath } });
  });
}

/** Builds the main module without SIMD. */
function buildScalar() {
  say('bench', 'the module without SIMD');
  const out = 'target/bench/scalar';
  const [module] = modules;
  const env = wasmEnvironment(...module.flags);
  env.RUSTFLAGS = env.RUSTFLAGS.replaceAll(/-C ?target-feature=\S*/g, '').trim();
  env.CARGO_TARGET_DIR = join(folder, 'cargo');
  wasmPack(module, out, env);
  return join(root, out);
}

/**
 * Builds an older revision in a work tree of its own, with its own scripts, and the crate's benchmark in it.
 *
 * Tools that have been installed here are used there, too, if it has the same versions of them.
 */
function buildOlder(name) {
  const commit = output('git', ['rev-parse', '--verify', '--quiet', `${name}^{commit}`], { cwd: root });
  if (!commit) throw new Stop(`--against: there is no revision "${name}"`);
  const revision = commit.slice(0, 7);
  const tree = join(root, 'target/against', revision);
  say('bench', `the older build ${revision}`);
  if (!existsSync(join(tree, 'package.json'))) {
    run('git', ['worktree', 'prune'], { cwd: root });
    run('git', ['worktree', 'add', '--quiet', '--force', '--detach', tree, commit], { cwd: root });
  }
  // The set-up of the older revision installs tools of other versions itself.
  const isSame = (path) => readFileSync(join(root, path), 'utf8') === readFileSync(join(tree, path), 'utf8');
  for (const folder of ['node_modules', '.tools']) {
    const isUsable = existsSync(join(root, folder)) && !existsSync(join(tree, folder)) && isSame('package-lock.json');
    if (isUsable) symlinkSync(join(root, folder), join(tree, folder));
  }
  run(process.execPath, ['scripts/build.mjs'], { cwd: tree, env: environment() });
  run('cargo', ['build', '--release', '--quiet', '--example', 'bench_native'], { cwd: tree, env: environment() });
  return { revision, folder: tree, native: join(tree, 'target/release/examples/bench_native') };
}

function buildVrl() {
  const manifest = join(root, 'benches/vrl/Cargo.toml');
  const target = join(root, 'target/vrl');
  const program = join(target, 'release/bench-vrl');
  if (!existsSync(program)) say('bench', 'VRL and its 300 dependencies: this takes long, once');
  const args = ['build', '--release', '--quiet', '--locked', '--manifest-path', manifest, '--target-dir', target];
  run('cargo', args, native());
  return program;
}
