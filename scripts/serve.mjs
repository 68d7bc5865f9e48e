// `npm start`: sets up, builds, and serves the page in www/ to this machine, until it is stopped with Ctrl+C.
//
// It serves the site as `npm run site` makes it, from the files' own folders: nothing else has an address. A changed script is
// joined with the others when the page is asked for.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { build } from './build.mjs';
import { root } from './env.mjs';
import { Stop, isScript, main, say } from './run.mjs';
import { setup } from './setup.mjs';
import { fileList, policy, siteFiles, types } from './site.mjs';

const host = '127.0.0.1';
const usualPort = 8080;
let files = new Map();

const headers = {
  'cache-control': 'no-cache',
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * Serves the page until it is closed.
 *
 * @param {number} port 0 for any free one
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serve(port) {
  files = siteFiles();
  const server = createServer((request, response) => {
    answer(request).then(({ status, content, ...more }) => {
      response.writeHead(status, { ...headers, ...more });
      response.end(request.method === 'HEAD' ? undefined : content);
    });
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const close = () =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { url: `http://${host}:${server.address().port}/`, close };
}

async function answer({ method, url }) {
  const plain = { 'content-type': 'text/plain; charset=utf-8' };
  if (method !== 'GET' && method !== 'HEAD') {
    return { status: 405, allow: 'GET, HEAD', ...plain, content: 'Only GET and HEAD are answered here.\n' };
  }
  const [path] = url.split('?', 1);
  const name = path === '/' ? 'index.html' : path.slice(1);
  let listed;
  try {
    if (name === 'index.html') files = siteFiles();
    if (name === 'files.json') listed = fileList();
  } catch (error) {
    return { status: 500, ...plain, content: `${error.message}\n` };
  }
  const source = path.startsWith('/') ? files.get(name) : undefined;
  const content = listed ?? (source === undefined ? undefined : await readFile(join(root, source)).catch(() => undefined));
  if (content === undefined) return { status: 404, ...plain, content: 'There is no such file.\n' };
  return { status: 200, 'content-type': types[extname(name)], content };
}

/** Returns the requested port, if there is one. */
function askedPort() {
  const { PORT } = process.env;
  if (!PORT) return undefined;
  if (/^\d{1,5}$/.test(PORT) && Number(PORT) < 65_536) return Number(PORT);
  throw new Stop(`PORT must be a number up to 65535, not "${PORT}".`);
}

/** Serves on the port that was asked for or not at all; else on the usual one, or on any if that is taken. */
async function serveOn(asked) {
  try {
    return await serve(asked ?? usualPort);
  } catch (error) {
    if (asked !== undefined) throw new Stop(`port ${asked} cannot be used: ${error.message}`);
    return serve(0);
  }
}

if (isScript(import.meta)) {
  await main('start', async () => {
    const port = askedPort();
    setup();
    build();
    const { url } = await serveOn(port);
    say('start', `${url} shows the page; Ctrl+C stops`);
  });
}
