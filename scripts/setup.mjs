// Installs what is missing, says what and why, and takes a second when nothing is.
//
//     node scripts/setup.mjs [--lint] [--browser] [--fuzz]
//
// Without options: what building needs. --lint adds rustfmt and clippy, --browser adds Chromium, Firefox
// and their drivers; `npm test` needs both. --fuzz adds cargo-fuzz, which `npm run fuzz` needs. `npm run demo` leaves wasm-pack out.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { environment, root, toolsDir, wasmEnvironment, wasmSupport, wasmTarget, which } from './env.mjs';
import { Stop, attempt, bold, dim, isScript, main, output, printSteps, run, say, step } from './run.mjs';

// Debian's Rust for web browsers is much newer than its plain one, and has the library's sources.
const debianRust = ['rustc-web', 'cargo-web', 'rust-web-src', 'lld-22'];

// Where the tools are compiled.
const toolsTarget = join(root, 'target/tools');

let installed;

export function setup({ wasmPack = true, lint = false, browser = false, fuzz = false } = {}) {
  installed = 0;
  nodeVersion();
  nodeModules();
  rust();
  cargoTools({ wasmPack, fuzz });
  if (lint) lintTools();
  if (browser) {
    chromium();
    firefox();
  }
  // The demo keeps what it compiled, for wasm-pack. With all tools installed, it is some 700 MB of no use.
  if (wasmPack) rmSync(toolsTarget, { recursive: true, force: true });
  say('setup', installed ? 'done' : dim('nothing is missing'));
}

function installing(what, why, work) {
  installed += 1;
  return step('setup', `installing ${bold(what)}: ${why}`, work);
}

function nodeVersion() {
  if (Number.parseInt(process.versions.node, 10) < 20) {
    throw new Stop(`Node.js ${process.versions.node} is too old: install Node.js 20 or later.`);
  }
}

/** Installs the npm tools: binaryen (wasm-opt), esbuild, typescript, playwright-core. */
function nodeModules() {
  if (nodeModulesMatchLock()) return;
  // --include=dev: also under NODE_ENV=production, since nothing but dev dependencies exists.
  // --ignore-scripts: none of these tools needs its install script.
  installing('node_modules', 'wasm-opt, the bundler and the type checker, as package-lock.json has them', () =>
    run('npm', ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: root }),
  );
}

/**
 * True if the installed packages are those of package-lock.json, except optional ones, which are for other platforms.
 *
 * npm lists what it installed in a lock file of its own. The contents of the two files are compared, not their times,
 * which a fresh checkout changes.
 */
function nodeModulesMatchLock() {
  const packages = (path) => JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false;
  const found = packages('node_modules/.package-lock.json');
  return Object.entries(packages('package-lock.json'))
    .filter(([path, { optional }]) => path !== '' && !optional)
    .every(([path, { version }]) => found[path]?.version === version);
}

/** Installs cargo, or the part of it that compiles to WebAssembly, if it is missing. */
function rust() {
  if (which(['cargo']) && wasmSupport()) return;
  if (which(['rustup'])) {
    installing(wasmTarget, 'the Rust standard library for WebAssembly', () =>
      attempt('rustup', ['target', 'add', wasmTarget], { cwd: root }),
    );
    if (wasmSupport()) return;
    say('setup', 'rustup could not add it');
  }
  if (canUseApt()) {
    const why = 'a Rust that can build its own standard library for WebAssembly';
    installing(debianRust.join(' '), why, () => apt(debianRust));
  }
  if (!which(['cargo']) || !wasmSupport()) {
    throw new Stop(
      `Rust cannot compile to WebAssembly here. Install rustup and run \`rustup target add ${wasmTarget}\`, ` +
        `or on Debian, as root: apt-get install ${debianRust.join(' ')}`,
    );
  }
}

/** Installs wasm-bindgen and, if asked for, wasm-pack and cargo-fuzz in the versions that Cargo.toml names. */
function cargoTools({ wasmPack, fuzz }) {
  const env = environment();
  const versionOf = (command) => output(command, ['--version'], { env })?.split(' ').at(-1);
  for (const tool of missingTools(toolVersions(), versionOf, { wasmPack, fuzz })) {
    if (!cargoInstall(tool)) throw new Stop(`cargo cannot install ${tool.name} ${tool.version}; its reason is above`);
  }
}

/**
 * Returns the crates that must be installed, each with its version, its purpose and its options of `cargo install`.
 *
 * The wasm-bindgen command must have exactly the version of the crate: the two speak a format that changes with every
 * release. A command that is on PATH in the wanted version is not installed again.
 *
 * @param {Record<string, string>} wanted the versions
 * @param {(command: string) => string | undefined} versionOf the version of a command, or undefined if it is missing
 * @param {{ wasmPack: boolean, fuzz?: boolean }} needs `wasmPack`: true if wasm-pack and the runner of its tests are needed;
 *   `fuzz`: true if cargo-fuzz is
 */
export function missingTools(wanted, versionOf, { wasmPack, fuzz = false }) {
  const bindgen = wasmPack ? ['wasm-bindgen', 'wasm-bindgen-test-runner'] : ['wasm-bindgen'];
  const tools = [
    {
      name: 'wasm-bindgen-cli',
      version: wanted['wasm-bindgen'],
      why: 'writes the JavaScript side of the module, and runs its tests',
      commands: bindgen,
      // Without TLS: the test runner speaks to a driver of a browser on this machine.
      options: ['--no-default-features', ...bindgen.flatMap((command) => ['--bin', command])],
    },
    {
      name: 'wasm-pack',
      version: wanted['wasm-pack'],
      why: 'drives cargo, wasm-bindgen and wasm-opt',
      commands: ['wasm-pack'],
      options: [],
    },
    {
      name: 'cargo-fuzz',
      version: wanted['cargo-fuzz'],
      why: 'compiles the fuzz targets',
      commands: ['cargo-fuzz'],
      options: [],
    },
  ];
  const isNeeded = { 'wasm-bindgen-cli': true, 'wasm-pack': wasmPack, 'cargo-fuzz': fuzz };
  return tools
    .filter(({ name }) => isNeeded[name])
    .filter(({ commands, version }) => commands.some((command) => versionOf(command) !== version));
}

/** Returns what Cargo.toml says about the crate, as cargo reads it. */
export function crate() {
  const args = ['metadata', '--locked', '--no-deps', '--format-version', '1'];
  const metadata = output('cargo', args, { cwd: root });
  // Once more, for cargo's own words.
  if (!metadata) run('cargo', args, { cwd: root });
  return JSON.parse(metadata).packages[0];
}

function toolVersions() {
  const { dependencies, metadata } = crate();
  const bindgen = dependencies.find(({ name, kind }) => name === 'wasm-bindgen' && kind === null);
  const exact = /^=(\d+\.\d+\.\d+)$/.exec(bindgen?.req)?.[1];
  if (!exact) throw new Stop('Cargo.toml must ask for one exact version of wasm-bindgen, like "=0.2.100".');
  return { ...metadata.tools, 'wasm-bindgen': exact };
}

/** Compiles a tool. False if that fails. */
function cargoInstall({ name, version, why, options }) {
  // With --force: the binary may be gone although cargo's notes in .tools say it is there.
  // With --debug: optimising the tools takes minutes, and they then save a second in each build.
  // With one target folder: crates that both tools need are compiled once.
  const how = [name, '--version', `=${version}`, '--root', toolsDir, '--force', '--debug', '--target-dir', toolsTarget, ...options];
  const env = { ...process.env, CARGO_PROFILE_DEV_DEBUG: '0', CARGO_INCREMENTAL: '0' };
  const install = (...more) => attempt('cargo', ['install', ...how, ...more], { cwd: root, env });
  return installing(`${name} ${version}`, `${why}; a minute or two, once, into .tools/`, () => {
    if (install('--locked')) return true;
    // A registry mirror can lag behind the lock file of a fresh release.
    say('setup', `the versions in the lock file of ${name} cannot be had; trying others that its manifest allows`);
    return install();
  });
}

function lintTools() {
  // cargo for native code and cargo for WebAssembly can be two different ones.
  const complete = () =>
    [environment(), wasmEnvironment()].every((env) =>
      ['fmt', 'clippy'].every((command) => output('cargo', [command, '--version'], { env, cwd: root })),
    );
  if (complete()) return;
  if (which(['rustup'])) {
    installing('rustfmt clippy', 'the formatter and the linter', () =>
      attempt('rustup', ['component', 'add', 'rustfmt', 'clippy'], { cwd: root }),
    );
    if (complete()) return;
  }
  if (canUseApt()) {
    const packages = ['rustfmt-web', 'rust-web-clippy'];
    installing(packages.join(' '), "the formatter and the linter of Debian's Rust", () => apt(packages));
  }
  if (!complete()) {
    throw new Stop(
      'The formatter and the linter of Rust are missing. Run `rustup component add rustfmt clippy`, ' +
        'or on Debian, as root: apt-get install rustfmt-web rust-web-clippy',
    );
  }
}

/** Tests without a browser would prove less than they claim, so there is no way around this. */
function chromium() {
  const complete = () => Boolean(environment().CHROMIUM && environment().CHROMEDRIVER);
  if (complete()) return;
  if (canUseApt()) {
    const packages = ['chromium', 'chromium-driver'];
    installing(packages.join(' '), 'a part of the tests runs in a headless browser', () => apt(packages));
  }
  if (!complete()) {
    throw new Stop(
      'The tests need a browser and its driver on PATH: install Chromium (or Google Chrome) and the ' +
        'chromedriver of the same version; on Debian, as root: apt-get install chromium chromium-driver',
    );
  }
}

/**
 * Installs Firefox and geckodriver, of any version. Without them its tests are skipped, and say so: not every system has them, and
 * Chromium runs all tests.
 */
function firefox() {
  if (!environment().FIREFOX && canUseApt()) {
    installing('firefox-esr', 'a part of the tests runs in it, too', () => apt(['firefox-esr']));
  }
  if (environment().FIREFOX && !environment().GECKODRIVER) {
    const version = toolVersions().geckodriver;
    cargoInstall({ name: 'geckodriver', version, why: 'drives Firefox in the tests', options: [] });
  }
}

function canUseApt() {
  const release = '/etc/os-release';
  return (
    process.getuid?.() === 0 &&
    Boolean(which(['apt-get'])) &&
    existsSync(release) &&
    /^ID="?debian"?$/m.test(readFileSync(release, 'utf8'))
  );
}

function apt(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // A failed update does not stop the set-up: the lists on this machine may be good enough.
  attempt('apt-get', ['-q', 'update'], { env });
  attempt('apt-get', ['-q', 'install', '-y', '--no-install-recommends', ...packages], { env });
}

if (isScript(import.meta)) {
  const options = process.argv.slice(2);
  await main('setup', () => {
    setup({ lint: options.includes('--lint'), browser: options.includes('--browser'), fuzz: options.includes('--fuzz') });
    printSteps('setup');
  });
}
