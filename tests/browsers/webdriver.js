// Firefox and WebKitGTK, driven through WebDriver by the client that scripts/test-browsers.mjs installs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { repository } from '../js/package.js';

const require = createRequire(join(repository, 'target/browsers/package.json'));
const { Builder, Capabilities } = require('selenium-webdriver');
const firefox = require('selenium-webdriver/firefox');

const { FIREFOX, GECKODRIVER, WEBKIT, WEBKITDRIVER } = process.env;

/**
 * Starts Firefox without a window.
 *
 * @param {{ downloads?: string }} [settings] `downloads` is the folder for the files that pages give
 * @returns {Promise<import('selenium-webdriver').WebDriver>}
 */
export function startFirefox({ downloads } = {}) {
  const options = new firefox.Options().setBinary(FIREFOX).addArguments('-headless').enableBidi();
  if (downloads) {
    options.setPreference('browser.download.folderList', 2);
    options.setPreference('browser.download.dir', downloads);
  }
  return new Builder().forBrowser('firefox').setFirefoxOptions(options).setFirefoxService(new firefox.ServiceBuilder(GECKODRIVER)).build();
}

/** Starts WebKitGTK's browser on a display of its own: it has no mode without a window. Its `quit` ends the driver, too. */
export async function startWebKit() {
  const port = await freePort();
  const child = spawn('xvfb-run', ['--auto-servernum', WEBKITDRIVER, `--port=${port}`], { stdio: 'ignore', detached: true });
  const ended = once(child, 'exit');
  await listening(port, ended);
  const browser = { binary: WEBKIT, args: ['--automation'] };
  const capabilities = new Capabilities().setBrowserName('MiniBrowser').set('webkitgtk:browserOptions', browser);
  const driver = await new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(capabilities).build();
  return {
    driver,
    async quit() {
      await driver.quit();
      // With the display, whose group it leads.
      if (child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
      await ended;
    },
  };
}

/** Returns a port that is free now. WebKit's driver does not say which one it took. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until a driver answers. */
async function listening(port, ended) {
  let isOver = false;
  ended.then(() => { isOver = true; });
  while (!isOver) {
    if (await fetch(`http://127.0.0.1:${port}/status`).then(({ ok }) => ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${WEBKITDRIVER} ended before it answered`);
}

/** Starts Firefox with those members of Playwright's browsers and pages that the tests of the browser entry use. */
export async function launchFirefox() {
  const driver = await startFirefox();
  const bidi = await driver.getBidi();
  const send = async (method, params) => {
    const { result, error, message } = await bidi.send({ method, params });
    if (error) throw new Error(`${method}: ${message}`);
    return result;
  };
  const pages = new Map();
  bidi.socket.on('message', (data) => {
    const { method, params } = JSON.parse(data);
    pages.get(params?.context ?? params?.source?.context)?.receive(method, params);
  });
  await bidi.subscribe('log.entryAdded');
  await bidi.subscribe('network.beforeRequestSent');
  return {
    async newPage() {
      const { context } = await send('browsingContext.create', { type: 'tab' });
      pages.set(context, new Page(send, context));
      return pages.get(context);
    },
    close: () => driver.quit(),
  };
}

class Page {
  #send;
  #context;
  #listeners = [];

  constructor(send, context) {
    this.#send = send;
    this.#context = context;
  }

  on(event, listener) {
    this.#listeners.push([event, listener]);
  }

  /** Passes an event of WebDriver BiDi to the listeners of Playwright's event. */
  receive(method, { request, type, level, text }) {
    const events = {
      'network.beforeRequestSent': () => ['request', { url: () => request.url }],
      'log.entryAdded': () => (type === 'console' ? ['console', { type: () => (level === 'warn' ? 'warning' : level), text: () => text }] : ['pageerror', text]),
    };
    const [event, value] = events[method]?.() ?? [];
    for (const [name, listener] of this.#listeners) if (name === event) listener(value);
  }

  goto(url) {
    return this.#send('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
  }

  /** Calls a function in the page with an argument that JSON can carry. The result may have BigInts and undefined members. */
  async evaluate(work, argument = null) {
    const functionDeclaration = `async (text) => {
      const tagged = (key, value) => (typeof value === 'bigint' ? { $bigint: String(value) } : value === undefined ? { $undefined: true } : value);
      return JSON.stringify([await (${work})(JSON.parse(text))], tagged);
    }`;
    const { exceptionDetails, result } = await this.#send('script.callFunction', {
      functionDeclaration, awaitPromise: true, target: { context: this.#context }, arguments: [{ type: 'string', value: JSON.stringify(argument) }],
    });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return untagged(JSON.parse(result.value))[0];
  }

  close() {
    return this.#send('browsingContext.close', { context: this.#context });
  }
}

/** Restores the values that JSON lacks; a reviver of JSON.parse would drop undefined members. */
function untagged(value) {
  if (value === null || typeof value !== 'object') return value;
  if (Object.hasOwn(value, '$bigint')) return BigInt(value.$bigint);
  if (Object.hasOwn(value, '$undefined')) return undefined;
  if (Array.isArray(value)) return value.map(untagged);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, untagged(one)]));
}
