// Where the tools are: the one answer that all other scripts use.

import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output } from './run.mjs';

/** The folder of the project. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Tools that `cargo install` puts into the project; git ignores the folder. */
export const toolsDir = join(root, '.tools');

export const wasmTarget = 'wasm32-unknown-unknown';

const browsers = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const firefoxes = ['firefox-esr', 'firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'];

// The browser of WebKitGTK, which Debian's package webkit2gtk-driver brings.
const webkits = ['4.1', '4.0', '6.0'].map((version) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${version}/MiniBrowser`);

// One file of each: rustc-web, cargo-web, rust-web-src, lld-22.
const debianRust = ['bin/rustc', 'bin/cargo', 'lib/rustlib/src/rust/library/core', 'bin/wasm-ld-22'].map(
  (path) => join('/usr', path),
);

// The project's own tools come before those of the machine.
const ownFolders = [join(toolsDir, 'bin'), join(root, 'node_modules', '.bin')];

/** Returns environment variables under which the tools of the project are found. */
export function environment() {
  const env = { ...process.env, PATH: [...ownFolders, process.env.PATH].join(delimiter) };
  const chromium = which(browsers, env);
  if (chromium) env.CHROMIUM = chromium;
  const others = { CHROMEDRIVER: ['chromedriver'], FIREFOX: firefoxes, GECKODRIVER: ['geckodriver'], WEBKIT: webkits, WEBKITDRIVER: ['WebKitWebDriver'] };
  for (const [name, programs] of Object.entries(others)) {
    const found = env[name] ?? which(programs, env);
    if (found) env[name] = found;
  }
  return env;
}

/**
 * Returns environment variables for commands that compile to WebAssembly, with more compiler flags if any are given.
 *
 * Where the standard library for the wasm target is missing, Debian's compiler in /usr/bin builds it from its sources.
 * cargo takes `-Z build-std` from an environment variable, too. So it also works below wasm-pack.
 */
export function wasmEnvironment(...flags) {
  const env = { ...environment(), RUSTFLAGS: rustFlags(flags) };
  if (wasmSupport() !== 'build-std') return env;
  return {
    ...env,
    // Not simply in front: the node that runs this must remain the node that runs wasm-opt.
    PATH: [...ownFolders, dirname(process.execPath), '/usr/bin', process.env.PATH].join(delimiter),
    RUSTC_BOOTSTRAP: '1',
    CARGO_UNSTABLE_BUILD_STD: 'std,panic_abort',
    // From lld-22. The compiler looks for rust-lld, for which Debian wants all of LLVM installed.
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: 'wasm-ld-22',
  };
}

/**
 * Returns the compiler flags of the module: vectors of 128 bits, which Node.js 16.4, Chrome 91, Firefox 89 and Safari 16.4 brought.
 * The paths of this machine, which panic messages quote, have no place in it.
 */
function rustFlags(flags) {
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  const renamed = [[cargoHome, '/cargo'], [root, '/vpcflow-ecs/']];
  const paths = renamed.map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
  return [process.env.RUSTFLAGS, '-Ctarget-feature=+simd128', ...paths, ...flags].filter(Boolean).join(' ');
}

/**
 * Returns how this machine can compile for the wasm target: 'installed' (rustc has its standard library),
 * 'build-std' (Debian's rustc-web with its sources), or undefined.
 */
export function wasmSupport() {
  const libraries = output('rustc', ['--print', 'target-libdir', '--target', wasmTarget]);
  if (libraries && existsSync(libraries)) return 'installed';
  return debianRust.every((path) => existsSync(path)) ? 'build-std' : undefined;
}

/** Returns the path of the first of these programs that PATH (or the name itself, if absolute) leads to. */
export function which(names, env = environment()) {
  for (const name of names) {
    const folders = name.includes('/') ? [''] : env.PATH.split(delimiter);
    for (const folder of folders) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here: look in the next folder.
      }
    }
  }
  return undefined;
}
