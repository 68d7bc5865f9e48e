// A project that uses the package, for one environment of the matrix.

import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A tool that does not end is a failure: milliseconds. */
const MAX_TIME = 180_000;

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/** As strict as the package allows: a bundle may have modules as data. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' data:; img-src 'self'; worker-src 'self'";

/** Reports all that goes wrong in a page before the program in it posts anything. */
const WATCH = `
const fail = (text) => fetch('/result', { method: 'POST', body: text });
addEventListener('error', (event) => fail(event.message || 'cannot load ' + event.target.src), true);
addEventListener('unhandledrejection', (event) => fail(String(event.reason)));
document.addEventListener('securitypolicyviolation', (event) => fail('policy: ' + event.violatedDirective + ' ' + event.blockedURI));
`;

export class Project {
  #closing = [];

  /**
   * @param {string} name
   * @param {string} home the folder with the tools and the package in its `node_modules`
   * @param {{ tarball: string, env: Record<string, string | undefined> }} given
   */
  constructor(name, home, { tarball, env }) {
    this.home = home;
    this.tarball = tarball;
    this.env = env;
    this.folder = join(home, 'run', name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'));
    mkdirSync(this.folder, { recursive: true });
  }

  /** Writes a file of the project, and returns its path. */
  write(name, content) {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
    return path;
  }

  /** Returns the path of a file of an installed tool. */
  tool(path) {
    return join(this.home, 'node_modules', path);
  }

  /** Runs a command in the project's folder, and returns its standard output. */
  async run(command, args, { cwd = this.folder, env = {} } = {}) {
    const { stdout } = await execute(command, args, { cwd, env: { ...this.env, NO_COLOR: '1', ...env }, timeout: MAX_TIME, maxBuffer: 1 << 26 });
    return stdout;
  }

  /** Runs a command, and returns all that it prints. */
  async output(command, args) {
    const { stdout, stderr } = await execute(command, args, { cwd: this.folder, env: { ...this.env, NO_COLOR: '1' }, timeout: MAX_TIME });
    return stdout + stderr;
  }

  /** Runs a script with Node.js. */
  node(args, options) {
    return this.run(process.execPath, [args].flat(), options);
  }

  /** Moves a folder of the project to where there is no package, and returns its path. */
  deploy(folder) {
    const target = mkdtempSync(join(tmpdir(), 'vpcflow-ecs-deployed-'));
    this.#closing.push(() => rmSync(target, { recursive: true, force: true }));
    cpSync(join(this.folder, folder), target, { recursive: true });
    return target;
  }

  /**
   * Opens a page with the script main.js in a browser, under a strict policy, and returns the text that it posts.
   *
   * @param {string} folder what is served, with main.js; it needs no page
   * @param {object} [options]
   * @param {string} [options.page] a page in the folder that starts scripts itself, without a policy
   * @param {string} [options.upstream] the origin of a server that has the page, instead of a folder
   * @param {string} [options.path] the path of that page
   * @param {'chromium' | 'firefox' | 'webkit'} [options.browser]
   */
  async browse(folder, { page, upstream, path = '/', browser = 'chromium' } = {}) {
    let done;
    const result = new Promise((resolve) => { done = resolve; });
    const server = createServer(async (request, response) => {
      const { pathname } = new URL(request.url, 'http://localhost');
      const headers = { 'content-security-policy': POLICY };
      if (pathname === '/result') {
        done(await text(request));
        return response.end();
      }
      if (pathname === '/watch.js') return response.writeHead(200, { 'content-type': TYPES['.js'] }).end(WATCH);
      if (upstream) {
        const { status, headers: given, body } = await fetch(upstream + request.url);
        response.writeHead(status, { 'content-type': given.get('content-type') ?? 'text/html' });
        for await (const chunk of body ?? []) response.write(chunk);
        return response.end();
      }
      if (pathname === '/' && page) {
        const body = readFileSync(join(folder, page), 'utf8');
        return response.writeHead(200, { 'content-type': TYPES['.html'] }).end(`<script src="/watch.js"></script>${body}`);
      }
      if (pathname === '/') {
        const body = `<!doctype html><title>vpcflow-ecs</title><script src="/watch.js"></script><script type="module" src="/main.js"></script>`;
        return response.writeHead(200, { ...headers, 'content-type': TYPES['.html'] }).end(body);
      }
      try {
        const content = readFileSync(join(folder, normalize(pathname)));
        response.writeHead(200, { ...headers, 'content-type': TYPES[extname(pathname)] ?? 'application/octet-stream' }).end(content);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#closing.push(() => new Promise((resolve) => { server.close(resolve).closeAllConnections(); }));
    return this.visit(`http://127.0.0.1:${server.address().port}${path}`, result, browser);
  }

  /** Opens an address in a browser until a result is there. */
  async visit(address, result, browser = 'chromium') {
    const profile = mkdtempSync(join(tmpdir(), 'vpcflow-ecs-profile-'));
    const [command, args] = {
      chromium: [this.env.CHROMIUM, ['--headless', '--no-sandbox', '--disable-dev-shm-usage', '--no-first-run', `--user-data-dir=${profile}`, '--remote-debugging-port=0', address]],
      webkit: ['xvfb-run', ['--auto-servernum', this.env.WEBKIT, '--private', address]],
      firefox: [this.env.FIREFOX, ['--headless', '--no-remote', '--profile', profile, address]],
    }[browser];
    const child = this.start(command, args);
    this.#closing.push(() => rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
    return Promise.race([result, child.ended, late(address)]);
  }

  /** Starts a command that is ended with the project. */
  start(command, args, { cwd = this.folder, env = {} } = {}) {
    const child = spawn(command, args, { cwd, env: { ...this.env, NO_COLOR: '1', ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { output += chunk; });
    const closed = new Promise((resolve) => { child.on('close', resolve).on('error', resolve); });
    const ended = closed.then((code) => { throw new Error(`${command} ended (${code}): ${output}`); });
    ended.catch(() => {});
    this.#closing.unshift(async () => {
      // With its own children: it leads a group.
      if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGKILL');
      await closed;
    });
    return { ended, output: () => output };
  }

  /** Starts a server, and returns its origin when its output has one. */
  async serve(command, args, options) {
    const { output, ended } = this.start(command, args, options);
    let isSettled = false;
    const address = (async () => {
      while (!isSettled) {
        const [found] = /http:\/\/(?:127\.0\.0\.1|localhost):[1-9]\d*/.exec(output()) ?? [];
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    return Promise.race([address, ended, late(command)]).finally(() => { isSettled = true; });
  }

  /** Ends what was started. */
  async close() {
    for (const end of this.#closing.splice(0)) await end();
  }
}

function late(address) {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`nothing was posted from ${address}`)), MAX_TIME).unref();
  });
}
