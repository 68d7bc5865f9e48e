// `npm run site`: puts the page and what it needs into target/site/, ready for any static host.
//
// esbuild joins the modules of www/, and those of js/ that they import, to one script for the page and one for its worker:
// a browser waits for each file. The modules of pkg/ are below them. files.json lists all files but the source maps.
// The service worker caches that list for use without a network. `npm start` serves the same, without copying.

import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
  '.map': 'application/json; charset=utf-8',
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

/** The scripts and the style sheet of the site, each of which esbuild joins from a file of www/ and all that it imports. */
const bundles = { 'main.js': 'www/main.js', 'worker.js': 'www/worker.js', 'parquet.js': 'www/worker/parquet.js', 'style.css': 'www/style.css' };
const folder = 'target/www';

/** Joins the scripts and styles of the page, unless that is done and nothing has changed since. */
export function bundle() {
  const outputs = Object.keys(bundles).map((name) => `${folder}/${name}`);
  if (!isStale(outputs, ['www', 'js', 'pkg', 'package-lock.json', 'scripts/site.mjs'])) return;
  const entries = Object.entries(bundles).map(([name, source]) => `${name.replace(/\.\w+$/, '')}=${source}`);
  run('esbuild', [...entries, '--bundle', '--format=esm', '--minify', '--sourcemap', `--outdir=${folder}`, '--log-level=warning'], { cwd: root, env: environment() });
  touch(outputs);
}

/** Returns the files of the site: from their path there to their path in the repository. */
export function siteFiles() {
  bundle();
  const files = new Map();
  for (const name of ['index.html', 'icon.svg', 'manifest.webmanifest', 'service-worker.js']) files.set(name, `www/${name}`);
  for (const name of Object.keys(bundles)) for (const path of [name, `${name}.map`]) files.set(path, `${folder}/${path}`);
  for (const name of readdirSync(join(root, 'pkg')).sort()) if (extname(name) === '.wasm') files.set(`pkg/${name}`, `pkg/${name}`);
  // As text: browsers do not show Markdown.
  files.set('readme.txt', 'README.md');
  return files;
}

/** Returns the list of files that the service worker caches, with the hash of each: SHA-256 in hexadecimal digits. */
export const fileList = () => JSON.stringify(Object.fromEntries([...siteFiles()].filter(([path]) => !path.endsWith('.map')).map(([path, source]) => [path, hashOf(source)])));

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
