// The environments of `npm run matrix`, from the nearest to the farthest.
//
// { name, run(project), expected?, ci?, missing?(), reason? }: `run` returns the output of a program. With `ci`, `npm test` tries it.
// `missing` returns what a machine lacks; `reason` says why it cannot be had anywhere by an install from the registries of packages.

import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, root, which } from '../../scripts/env.mjs';
import { EXPECTED, EXPECTED_OF_SERVER, SERVER_LOG, nextPage, page, pageWithImports, program, rust, server, test, typed, wasi, workerOfCloudflare } from './programs.js';

/** Returns the environment of a bundler for Node.js. `build` writes out/main.js or the like, which runs where there is no package. */
function bundled(name, syntax, build, { file = 'main.js' } = {}) {
  return {
    name: `${name}, bundle for Node.js, ${syntax}`,
    ci: true,
    expected: EXPECTED_OF_SERVER,
    async run(project) {
      const entry = project.write(syntax === 'import' ? 'main.mjs' : 'main.cjs', server[syntax]);
      project.write('out/flow.log', SERVER_LOG);
      project.write('out/package.json', { type: file.endsWith('.js') ? 'commonjs' : 'module' });
      await build(project, entry);
      const cwd = project.deploy('out');
      return project.node(file, { cwd });
    },
  };
}

/** Returns the environment of a bundler for browsers. `build` writes out/main.js. */
function inBrowser(name, build, source = page) {
  return {
    name: `${name}, bundle for browsers`,
    ci: true,
    async run(project) {
      await build(project, project.write('main.js', source));
      return project.browse(project.deploy('out'));
    },
  };
}

const esbuild = (project, entry, ...options) => project.run('esbuild', [entry, '--bundle', '--minify', '--log-level=error', '--external:@aws-sdk/*', '--external:hyparquet*', ...options]);

async function webpack(project, entry, configuration) {
  project.write('webpack.config.cjs', `module.exports = ${JSON.stringify({ mode: 'production', performance: false, entry, ...configuration })};`);
  const script = `
    const webpack = require(${JSON.stringify(project.tool('webpack'))});
    webpack(require('./webpack.config.cjs'), (error, stats) => {
      if (error) throw error;
      const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
      // Optional packages that are not installed.
      const faults = [...errors, ...warnings.filter(({ message }) => !/Can't resolve '(@aws-sdk|hyparquet)/.test(message))];
      if (faults.length) throw new Error(faults.map(({ message }) => message).join('\\n'));
    });`;
  await project.node(project.write('build.cjs', script));
}

// Without its minifier, which takes longest of all; the bundle for browsers has it.
const webpackForNode = (project, entry) => webpack(project, entry, {
  target: 'node', output: { path: `${project.folder}/out`, filename: 'main.js' }, optimization: { minimize: false },
});

async function rollup(project, entry, { plugins, output, external = [] }) {
  const script = `
    import { rollup } from 'rollup';
    import { nodeResolve } from '@rollup/plugin-node-resolve';
    import { importMetaAssets } from '@web/rollup-plugin-import-meta-assets';
    const bundle = await rollup({ input: ${JSON.stringify(entry)}, plugins: ${plugins}, external: ${JSON.stringify(external)}, onwarn({ code, message }) { if (code !== 'UNUSED_EXTERNAL_IMPORT') throw new Error(message); } });
    await bundle.write(${JSON.stringify({ ...output })});`;
  await project.node(project.write('build.mjs', script));
}

/** Returns the environment of a version of TypeScript, in one of its ways to find packages. */
function typescript(name, script, moduleResolution) {
  const module = { node10: 'commonjs', node16: 'node16', nodenext: 'nodenext', bundler: 'esnext' }[moduleResolution];
  return {
    name: `TypeScript ${name}, ${moduleResolution}`,
    ci: true,
    async run(project) {
      project.write('package.json', { private: true, type: module === 'commonjs' ? 'commonjs' : 'module' });
      project.write('main.ts', typed);
      const options = { strict: true, skipLibCheck: false, target: 'es2022', lib: ['es2022', 'dom', 'dom.iterable'], types: [], outDir: 'out', module, moduleResolution };
      project.write('tsconfig.json', { compilerOptions: options, files: ['main.ts'] });
      await project.node([script(project), '-p', '.']);
      return project.node('out/main.js');
    },
  };
}

const oldest = (project) => project.tool('typescript-oldest/lib/tsc.js');
const newest = () => join(root, 'node_modules/typescript/lib/tsc.js');

/** Writes scripts of a page without a bundler, and returns the folder that has them and the package. */
function plain(project, script, others = {}) {
  for (const [name, text] of Object.entries({ 'main.js': script, ...others })) {
    project.write(`out/${name}`, text.replace("'vpcflow-ecs'", "'/package/js/index.js'"));
  }
  const folder = project.deploy('out');
  for (const name of ['js', 'pkg']) cpSync(project.tool(`vpcflow-ecs/${name}`), `${folder}/package/${name}`, { recursive: true });
  return folder;
}

const bun = (project) => project.tool('@oven/bun-linux-x64/bin/bun');

export const environments = [
  ...['import', 'require'].map((syntax) => ({
    name: `this Node.js, ${syntax}`,
    ci: true,
    expected: EXPECTED_OF_SERVER,
    run(project) {
      project.write('flow.log', SERVER_LOG);
      return project.node(project.write(syntax === 'import' ? 'main.mjs' : 'main.cjs', server[syntax]));
    },
  })),

  bundled('esbuild', 'import', (project, entry) => esbuild(project, entry, '--platform=node', '--format=esm', '--outfile=out/main.mjs'), { file: 'main.mjs' }),
  bundled('esbuild', 'require', (project, entry) => esbuild(project, entry, '--platform=node', '--outfile=out/main.js')),
  bundled('webpack', 'import', webpackForNode),
  bundled('webpack', 'require', webpackForNode),
  bundled('ncc', 'import', (project, entry) => project.node([project.tool('@vercel/ncc/dist/ncc/cli.js'), 'build', entry, '--no-cache', '-o', 'out']), { file: 'index.mjs' }),
  bundled('ncc', 'require', (project, entry) => project.node([project.tool('@vercel/ncc/dist/ncc/cli.js'), 'build', entry, '--no-cache', '-o', 'out']), { file: 'index.cjs' }),
  bundled('Rollup', 'import', (project, entry) => rollup(project, entry, {
    plugins: "[nodeResolve({ exportConditions: ['node'], preferBuiltins: true })]",
    external: ['@aws-sdk/client-ec2', '@aws-sdk/client-s3', '@aws-sdk/client-sqs', 'hyparquet', 'hyparquet-compressors'],
    output: { file: 'out/main.mjs', inlineDynamicImports: true },
  }), { file: 'main.mjs' }),

  inBrowser('esbuild, modules copied', async (project, entry) => {
    await esbuild(project, entry, '--format=esm', '--outfile=out/js/app.js');
    // A page asks for main.js beside itself.
    project.write('out/main.js', "import './js/app.js';");
    for (const name of ['vpcflow_ecs_bg.wasm', 'vpcflow_ecs_detect_bg.wasm']) cpSync(project.tool(`vpcflow-ecs/pkg/${name}`), project.write(`out/pkg/${name}`, ''));
  }),
  inBrowser('esbuild, modules imported', (project, entry) => esbuild(project, entry, '--loader:.wasm=file', '--format=esm', '--outdir=out'), pageWithImports),
  inBrowser('webpack', (project, entry) => webpack(project, entry, { output: { path: `${project.folder}/out`, filename: 'main.js' } })),
  inBrowser('Rollup', (project, entry) => rollup(project, entry, { plugins: '[nodeResolve({ browser: true }), importMetaAssets()]', output: { dir: 'out' } })),
  inBrowser('Vite', async (project) => {
    project.write('index.html', '<script type="module" src="/main.js"></script>');
    project.write('vite.config.mjs', "export default { build: { outDir: 'out', rollupOptions: { output: { entryFileNames: 'main.js' } } }, logLevel: 'warn' };");
    await project.node([project.tool('vite/bin/vite.js'), 'build']);
  }),
  {
    name: 'Vite, server for development',
    ci: true,
    async run(project) {
      project.write('main.js', page);
      project.write('index.html', '<script type="module" src="/main.js"></script>');
      const upstream = await project.serve(process.execPath, [project.tool('vite/bin/vite.js'), '--host', '127.0.0.1', '--port', '0']);
      return project.browse('', { upstream });
    },
  },
  ...[
    ['Chromium', 'chromium', () => undefined],
    ['Firefox', 'firefox', () => (environment().FIREFOX ? undefined : 'it is not installed; on Debian: apt-get install firefox-esr')],
    ['WebKitGTK', 'webkit', () => (environment().WEBKIT && which(['xvfb-run']) ? undefined : 'it is not installed; on Debian: apt-get install webkit2gtk-driver xvfb')],
  ].map(([name, browser, missing]) => ({
    name: `${name}, no bundler`,
    ci: browser === 'chromium',
    missing,
    run: (project) => project.browse(plain(project, page), { browser }),
  })),
  ...[['Web Worker', 'new Worker(url, { type: "module" });'], ['Service Worker', 'navigator.serviceWorker.register(url, { type: "module" });']].map(([name, start]) => ({
    name: `${name}, no bundler`,
    ci: true,
    run(project) {
      return project.browse(plain(project, `const url = '/worker.js';\n${start}`, { 'worker.js': page }));
    },
  })),

  ...['node10', 'node16', 'bundler'].map((kind) => typescript('5.2', oldest, kind)),
  ...['node16', 'nodenext', 'bundler'].map((kind) => typescript('7.0', newest, kind)),

  ...[20, 22, 24, 26].flatMap((version) => ['import', 'require'].map((syntax) => ({
    name: `Node.js ${version}, ${syntax}`,
    expected: EXPECTED_OF_SERVER,
    run(project) {
      project.write('flow.log', SERVER_LOG);
      const file = project.write(syntax === 'import' ? 'main.mjs' : 'main.cjs', server[syntax]);
      return project.run(project.tool(`node-${version}/bin/node`), [file]);
    },
  }))),
  {
    name: 'Deno',
    run: (project) => project.run(project.tool('.bin/deno'), ['run', '--no-remote', '--node-modules-dir=manual', '--allow-read', '--allow-env', project.write('main.mjs', program)]),
  },
  ...['import', 'require'].map((syntax) => ({
    name: `Bun, ${syntax}`,
    expected: EXPECTED_OF_SERVER,
    run(project) {
      project.write('flow.log', SERVER_LOG);
      return project.run(bun(project), [project.write(syntax === 'import' ? 'main.mjs' : 'main.cjs', server[syntax])]);
    },
  })),
  {
    name: 'Bun, one executable file (bun build --compile)',
    expected: EXPECTED_OF_SERVER,
    async run(project) {
      project.write('out/flow.log', SERVER_LOG);
      await project.run(bun(project), ['build', '--compile', '--external', '@aws-sdk/*', '--external', 'hyparquet*', project.write('main.mjs', server.import), '--outfile', 'out/program']);
      const cwd = project.deploy('out');
      return project.run(`${cwd}/program`, [], { cwd });
    },
  },
  {
    name: 'Cloudflare Workers (workerd)',
    async run(project) {
      const names = ['vpcflow_ecs_bg.wasm', 'vpcflow_ecs_detect_bg.wasm'].map((file) => `vpcflow-ecs/${file}`);
      project.write('main.js', workerOfCloudflare);
      await esbuild(project, 'main.js', '--format=esm', '--external:*.wasm', '--outfile=out/main.js');
      for (const name of names) cpSync(project.tool(name.replace('/', '/pkg/')), project.write(`out/${name}`, ''));
      const modules = [
        '(name = "main", esModule = embed "out/main.js")', ...names.map((name) => `(name = "${name}", wasm = embed "out/${name}")`),
      ];
      project.write('config.capnp', `using Workerd = import "/workerd/workerd.capnp";
        const config :Workerd.Config = (services = [(name = "main", worker = (modules = [${modules.join(', ')}], compatibilityDate = "2026-01-01"))]);`);
      return (await project.output(project.tool('.bin/workerd'), ['test', 'config.capnp'])).split('\n').find((line) => line.startsWith('192')) ?? '';
    },
  },
  {
    name: 'Parcel, bundle for browsers',
    async run(project) {
      project.write('main.js', page);
      project.write('index.html', '<script type="module" src="main.js"></script>');
      await project.node([project.tool('parcel/lib/bin.js'), 'build', 'index.html', '--no-cache', '--no-source-maps', '--dist-dir', 'out']);
      return project.browse(project.deploy('out'), { page: 'index.html' });
    },
  },
  {
    name: 'Next.js: prerendered page, page of the server, page of the browser',
    expected: [EXPECTED, EXPECTED, EXPECTED].join('\n'),
    async run(project) {
      project.write('package.json', { private: true });
      project.write('app/layout.js', 'export default ({ children }) => <html><body>{children}</body></html>;');
      project.write('app/prerendered/page.js', nextPage);
      project.write('app/server/page.js', `${nextPage}\nexport const dynamic = 'force-dynamic';\n`);
      project.write('app/client/page.js', `'use client';\nimport { useEffect } from 'react';\n${page.replace('init().then', 'const start = () => init().then')}\nexport default () => { useEffect(() => { start(); }, []); };`);
      const env = { NEXT_TELEMETRY_DISABLED: '1' };
      const next = project.tool('next/dist/bin/next');
      await project.node([next, 'build'], { env });
      const upstream = await project.serve(process.execPath, [next, 'start', '--hostname', '127.0.0.1', '--port', '0'], { env });
      const texts = await Promise.all(['prerendered', 'server'].map(async (path) => /<p>(.*?)<\/p>/.exec(await (await fetch(`${upstream}/${path}`)).text())?.[1]));
      return [...texts, await project.browse('', { upstream, path: '/client' })].join('\n');
    },
  },
  ...[['native', undefined], ['wasm32-wasip1', 'wasm32-wasip1']].map(([name, target]) => ({
    name: `Rust, the packed crate, ${name}`,
    expected: EXPECTED.split(' Parser')[0],
    async run(project) {
      const packed = join(project.folder, 'target/package');
      await project.run('cargo', ['package', '--no-verify', '--allow-dirty', '--offline', '--manifest-path', join(root, 'Cargo.toml'), '--target-dir', join(project.folder, 'target')]);
      const [crate] = readdirSync(packed).filter((file) => file.endsWith('.crate'));
      await project.run('tar', ['xzf', crate], { cwd: packed });
      const dependency = { path: join(packed, crate.slice(0, -'.crate'.length)) };
      project.write('Cargo.toml', `[workspace]\n[package]\nname = "program"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\nvpcflow-ecs = { path = ${JSON.stringify(dependency.path)} }\n`);
      project.write('src/main.rs', rust);
      await project.run('cargo', ['build', '--offline', ...(target ? ['--target', target] : [])]);
      if (!target) return project.run(join(project.folder, 'target/debug/program'), []);
      project.write('wasi.mjs', wasi);
      return project.node(['wasi.mjs', `target/${target}/debug/program.wasm`]);
    },
  })),
  ...[['Jest', 'require', ['jest/bin/jest.js']], ['Vitest', 'import', ['vitest/vitest.mjs', 'run']]].map(([name, syntax, [script, ...args]]) => ({
    name,
    async run(project) {
      project.write('package.json', { private: true });
      project.write('all.test.js', test[syntax]);
      await project.node([project.tool(script), ...args]);
      return EXPECTED;
    },
  })),
  {
    name: 'pnpm',
    async run(project) {
      project.write('package.json', { private: true, dependencies: { 'vpcflow-ecs': `file:${project.tarball}` } });
      const cwd = project.deploy('.');
      await project.run(process.execPath, [project.tool('pnpm/bin/pnpm.mjs'), 'install', '--offline', '--store-dir', `${cwd}/store`], { cwd });
      writeFileSync(`${cwd}/main.mjs`, program);
      return project.node('main.mjs', { cwd });
    },
  },
  {
    name: "Yarn, Plug'n'Play",
    async run(project) {
      project.write('package.json', { private: true, dependencies: { 'vpcflow-ecs': `file:${project.tarball}` } });
      project.write('.yarnrc.yml', 'nodeLinker: pnp\nenableGlobalCache: false\nenableTelemetry: false\nenableNetwork: false\n');
      project.write('yarn.lock', '');
      project.write('main.mjs', program);
      const cwd = project.deploy('.');
      const yarn = project.tool('@yarnpkg/cli-dist/bin/yarn.js');
      await project.node([yarn, 'install'], { cwd, env: { YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' } });
      return project.node([yarn, 'node', 'main.mjs'], { cwd });
    },
  },
  { name: 'Safari', reason: 'it runs on systems of Apple only; its engine is that of WebKitGTK' },
  { name: 'Edge', reason: 'no registry of packages has it; its engine is that of Chromium' },
  { name: 'Windows and macOS', reason: 'the matrix runs on the system that it is started on' },
];
