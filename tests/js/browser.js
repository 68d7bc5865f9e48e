// A headless browser and a server on the loopback interface, for browser.test.js and others. It is Chromium; with
// VPCFLOW_BROWSER=firefox, it is Firefox, with which scripts/test-browsers.mjs runs some of them again.

import { accessSync, constants, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { delimiter, extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import { repository } from './package.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** Forbids functions made of text. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

function chromiumPath() {
  const candidates = [process.env.CHROMIUM].filter(Boolean);
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    candidates.push(...NAMES.map((name) => join(folder, name)));
  }
  for (const path of candidates) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not this one.
    }
  }
  throw new Error('there is no Chromium: install one (on Debian: apt-get install chromium), or name it in CHROMIUM');
}

/** The name of the browser, for the names of tests. */
export const BROWSER = process.env.VPCFLOW_BROWSER === 'firefox' ? 'Firefox' : 'Chromium';

/** Starts the browser with the flags that all browser tests of the project use. */
export async function launchBrowser() {
  if (BROWSER === 'Firefox') return (await import('../browsers/webdriver.js')).launchFirefox();
  const webdriver = JSON.parse(readFileSync(join(repository, 'webdriver.json'), 'utf8'));
  const { args } = webdriver['goog:chromeOptions'];
  return chromium.launch({ executablePath: chromiumPath(), headless: true, args });
}

/**
 * Serves folders, each under its own path, and two empty pages: `/`, and `/strict` with a content security policy.
 *
 * @param {Record<string, string>} folders from a path such as `/package/` to a folder
 * @returns {Promise<{ origin: string, close(): Promise<void> }>}
 */
export async function serve(folders) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (['/', '/strict', '/favicon.ico'].includes(pathname)) {
      response.writeHead(200, { 'content-type': TYPES['.html'], ...(pathname === '/strict' && { 'content-security-policy': POLICY }) });
      response.end('<!doctype html><title>vpcflow-ecs</title>');
      return;
    }
    const [path, folder] = Object.entries(folders).find(([prefix]) => pathname.startsWith(prefix)) ?? [];
    const file = folder && join(folder, normalize(`/${pathname.slice(path.length)}`));
    try {
      const content = await readFile(file);
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
