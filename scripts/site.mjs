// `npm run site`: puts the page and what it needs into target/site/, ready for any static host.
//
// The files of www/ are the root of the site; js/ and pkg/ are below it. files.json lists them all.
// The service worker caches that list for use without a network. `npm start` serves the same, without copying.

import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { build, isStale, touch } from './build.mjs';
import { environment, root } from './env.mjs';
import { isScript, main, run, say } from './run.mjs';
import { setup } from './setup.mjs';

/** The kinds of files that a browser gets, with their types. */
export const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** The page's own policy, as a header: a host that can should send it, since it then applies to the worker, too. */
export const policy = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
  "worker-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
  "require-trusted-types-for 'script'", 'trusted-types vpcflow-ecs',
].join('; ');

/** True if browsers load a file of js/ or pkg/: not those of the command and of Node. */
const forBrowsers = (path) => !/^(?:js|pkg)\/(?:(?:cli|lambda|ship|sources)\/|.*\bnode\b)|\.d\.c?ts$|\.cjs$/.test(path);

/** Returns the files of the site: from their path there to their path in the repository. */
export function siteFiles() {
  const files = new Map();
  for (const path of walk('www')) files.set(path.slice('www/'.length), path);
  for (const path of [...walk('js'), ...walk('pkg')].filter(forBrowsers)) files.set(path, path);
  for (const path of files.keys()) if (!types[extname(path)]) files.delete(path);
  files.set(PARQUET, bundledParquet());
  // As text: browsers do not show Markdown.
  files.set('readme.txt', 'README.md');
  return files;
}

/** The script with the package that reads Parquet, which is bundled for the site: browsers find no packages by name. */
const PARQUET = 'worker/parquet.js';

/** Returns the path of the bundle, which is made if it is missing or out of date. */
function bundledParquet() {
  const bundle = 'target/parquet.js';
  if (isStale([bundle], [`www/${PARQUET}`, 'package-lock.json', 'scripts/site.mjs'])) {
    const options = ['--bundle', '--format=esm', '--minify', `--outfile=${bundle}`, '--log-level=warning'];
    run('esbuild', [`www/${PARQUET}`, ...options], { cwd: root, env: environment() });
    touch([bundle]);
  }
  return bundle;
}

function walk(folder) {
  return readdirSync(join(root, folder)).sort().flatMap((name) => {
    const path = `${folder}/${name}`;
    return statSync(join(root, path)).isDirectory() ? walk(path) : [path];
  });
}

/** Returns the list of files that the service worker caches, with the hash of each: SHA-256 in hexadecimal digits. */
export const fileList = () => JSON.stringify(Object.fromEntries([...siteFiles()].map(([path, source]) => [path, hashOf(source)])));

const hashOf = (source) => createHash('sha256').update(readFileSync(join(root, source))).digest('hex');

if (isScript(import.meta)) {
  await main('site', () => {
    setup();
    build();
    const site = join(root, 'target/site');
    rmSync(site, { recursive: true, force: true });
    for (const [path, source] of siteFiles()) {
      mkdirSync(dirname(join(site, path)), { recursive: true });
      copyFileSync(join(root, source), join(site, path));
    }
    writeFileSync(join(site, 'files.json'), fileList());
    say('site', `target/site/ has ${siteFiles().size + 1} files; serve it with this header for the strictest policy:`);
    say('site', `content-security-policy: ${policy}`);
  });
}
