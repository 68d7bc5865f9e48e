// `npm run release:check`: all that has to hold before a release, beside `npm test`. It prints a line for each check, and fails if one does.
//
//     node scripts/release-check.mjs [NAME ...]
//
// A NAME takes the checks whose names contain it. The output of a check is in target/release-check/NAME.log; the packages and their lists of
// components (CycloneDX) are in target/release-check/, too. RELEASING.md says what is left to a person.

import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, root, toolsDir, which } from './env.mjs';
import { Stop, bold, dim, green, isScript, main, output, red } from './run.mjs';
import { crate, setup } from './setup.mjs';
import { build } from './build.mjs';
import { versions } from './versions.mjs';

const folder = join(root, 'target/release-check');

/** The reason why a check cannot run here. */
class NotHere extends Error {}

const read = (path) => readFileSync(join(root, path), 'utf8');

/** [name, what it does]. A check gets a function that runs a command with its output in the log; it throws if it finds a fault. */
const checks = [
  ['tree', tree],
  ['addresses', addresses],
  ['versions', () => versions()],
  ['language', (run) => run(process.execPath, ['scripts/language.mjs'])],
  ['build', (run) => run(process.execPath, ['scripts/build.mjs'])],
  ['sizes', (run) => run(process.execPath, ['--test', 'tests/js/size.test.js'])],
  ['licences', (run) => run(process.execPath, ['--test', 'tests/js/licences.test.js'])],
  ['publint and attw', (run) => run(process.execPath, ['--test', 'tests/js/package.test.js'])],
  ['reference', (run) => run(process.execPath, ['scripts/reference.mjs'])],
  ['oldest Rust', oldestRust],
  ['npm pack', (run) => run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder])],
  ['npm publish, dry run', (run) => run('npm', ['publish', '--dry-run', '--ignore-scripts'])],
  ['cargo package', (run) => run('cargo', ['package', '--locked', ...dirty()])],
  ['cargo publish, dry run', (run) => run('cargo', ['publish', '--locked', '--dry-run', '--no-verify', ...dirty()])],
  ['components of the npm package', componentsOfNpm],
  ['components of the crate', componentsOfCrate],
  ['cargo deny', cargoDeny],
  ['advisories', advisories],
  ['matrix', (run) => run(process.execPath, ['scripts/matrix.mjs'])],
];

/** Returns the files that differ from the commit, a line for each; undefined outside of a clone. */
const changes = () => output('git', ['status', '--porcelain'], { cwd: root });

/** Throws if files differ from the commit: a release is made from one. */
function tree() {
  const changed = changes();
  if (changed === undefined) throw new NotHere('this is not a clone');
  if (changed) throw new Error(`files differ from the commit:\n${changed}`);
}

/** Names the addresses that are missing. Only the publisher knows them; registries show them, and provenance needs that of the repository. */
function addresses() {
  const manifest = JSON.parse(read('package.json'));
  const missing = ['repository', 'homepage', 'bugs'].filter((key) => !manifest[key]).map((key) => `"${key}" in package.json`);
  if (!/^repository = /m.test(read('Cargo.toml'))) missing.push('"repository" in Cargo.toml');
  if (!/^module [\w-]+\./m.test(read('hosts/go/go.mod'))) missing.push('the address of the module in hosts/go/go.mod');
  if (missing.length) throw new NotHere(`the publisher has to fill in ${missing.join(', ')}; see RELEASING.md`);
}

/** Returns the option for a tree that differs from its commit: then the first check has failed already, and the others still say what they find. */
const dirty = () => (changes() ? ['--allow-dirty'] : []);

/** Runs the native tests with the Rust that Cargo.toml names. */
function oldestRust(run) {
  if (!which(['rustup'])) throw new NotHere('there is no rustup');
  const { rust } = versions();
  const toolchain = /^\d+\.\d+$/.test(rust) ? `${rust}.0` : rust;
  if (output('cargo', [`+${toolchain}`, '--version']) === undefined) run('rustup', ['toolchain', 'install', toolchain, '--profile', 'minimal']);
  run('cargo', [`+${toolchain}`, 'test', '--locked', '--all-features', '--target-dir', 'target/oldest-rust']);
}

/** Writes the components of the npm package, with npm's own command. */
function componentsOfNpm() {
  const text = output('npm', ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'], { cwd: root, env: environment() });
  if (text === undefined) throw new Error('npm sbom failed');
  writeFileSync(join(folder, 'npm.cdx.json'), text);
}

/** Writes the components of the crate, of which the modules are made. */
function componentsOfCrate(run) {
  cargoTool('cargo-cyclonedx', run);
  run('cargo', ['cyclonedx', '--format', 'json', '--all-features', '--target', 'wasm32-unknown-unknown', '--override-filename', 'crate.cdx']);
  copyFileSync(join(root, 'crate.cdx.json'), join(folder, 'crate.cdx.json'));
  rmSync(join(root, 'crate.cdx.json'));
}

function cargoDeny(run) {
  cargoTool('cargo-deny', run);
  run('cargo', ['deny', '--locked', '--offline', '--all-features', 'check', 'licenses', 'bans', 'sources']);
}

/** Looks for reported vulnerabilities: of the npm tools with npm, of the crates with cargo-deny, whose database is a clone from the network. */
function advisories(run) {
  cargoTool('cargo-deny', run);
  try {
    run('cargo', ['deny', '--locked', 'fetch', 'db']);
  } catch {
    throw new NotHere('the database of advisories cannot be fetched');
  }
  run('cargo', ['deny', '--locked', '--all-features', 'check', 'advisories']);
}

/** Installs a tool of cargo into .tools/, in the version that Cargo.toml names, unless one is on PATH. */
function cargoTool(name, run) {
  if (which([name])) return;
  const version = crate().metadata.tools[name];
  try {
    run('cargo', ['install', name, '--locked', '--version', `=${version}`, '--debug', '--root', toolsDir]);
  } catch {
    throw new NotHere(`${name} cannot be installed`);
  }
}

/** Returns a function that runs a command with its output in a log, and throws if it fails. */
function runner(log) {
  return (command, args) => {
    const file = openSync(log, 'a');
    try {
      const { status } = spawnSync(command, args, { cwd: root, env: { ...environment(), NO_COLOR: '1' }, stdio: ['ignore', file, file] });
      if (status !== 0) throw new Error(`exit code ${status}: ${command} ${args.join(' ')}`);
    } finally {
      closeSync(file);
    }
  };
}

/** Runs a check. Returns the words of its verdict: `ok`, `failed` or `not here`, and the reason. */
async function verdictOf(name, check) {
  const log = join(folder, `${name.replaceAll(/[^a-z]+/g, '-')}.log`);
  rmSync(log, { force: true });
  try {
    await check(runner(log));
    return ['ok'];
  } catch (error) {
    if (error instanceof NotHere) return ['not here', error.message];
    return ['failed', `${error.message}${existsSync(log) ? `; ${log.slice(root.length)} has its output` : ''}`];
  }
}

if (isScript(import.meta)) {
  await main('release:check', async () => {
    const names = process.argv.slice(2);
    const wanted = checks.filter(([name]) => names.length === 0 || names.some((part) => name.includes(part)));
    if (wanted.length === 0) throw new Stop('no check has such a name');
    mkdirSync(folder, { recursive: true });
    setup({ browser: true });
    build();
    const marks = { ok: green('      ok'), failed: red('  FAILED'), 'not here': bold('NOT HERE') };
    let failures = 0;
    for (const [name, check] of wanted) {
      const start = performance.now();
      const [verdict, reason] = await verdictOf(name, check);
      const seconds = dim(`${((performance.now() - start) / 1000).toFixed(1)} s`);
      console.log(`${marks[verdict]}  ${name}${reason ? `: ${reason}` : ''}  ${seconds}`);
      if (verdict === 'failed') failures += 1;
    }
    console.log(`${wanted.length} checks, ${failures} failed`);
    if (failures) process.exitCode = 1;
  });
}
