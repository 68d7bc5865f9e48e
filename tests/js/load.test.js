// Loading the modules outside of Node.js's own entries: one alone, and both.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { consumer, manifest, packageRoot } from './package.js';

/** Runs a program with the entry for browsers, in a process of its own; `fetch` must not be called. */
function run(program) {
  const source = `
    import { readFileSync } from 'node:fs';
    import * as api from ${JSON.stringify(`${packageRoot}/${manifest.exports['.'].default}`)};
    globalThis.fetch = (input) => { throw new Error('fetched ' + input); };
    const bytes = (name) => readFileSync(${JSON.stringify(`${packageRoot}/pkg/`)} + name + '_bg.wasm');
    const [main, detection] = [bytes('vpcflow_ecs'), bytes('vpcflow_ecs_detect')];
    const caught = (work) => { try { return work(); } catch (error) { return [error.name, error.code, error.message]; } };
    const ip = () => api.parse('192.0.2.1', 'srcaddr').source.ip;
    const calls = {
      detectFormat: () => api.detectFormat('version srcaddr').length, explain: () => api.explain('192.0.2.1').kind, fields: () => api.fields().length,
      presets: () => api.presets().length, schemas: () => api.schemas().length,
    };
    console.log(JSON.stringify(await (async () => { ${program} })()));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', source], { cwd: consumer, encoding: 'utf8' }));
}

const NOT_LOADED = 'the module of detection, which is not loaded: call "await init()", or give it as the second module';
const refusals = ['detectFormat', 'explain', 'fields', 'presets', 'schemas'].map((name) => ['FlowLogError', 'not_initialized', `${name} needs ${NOT_LOADED}`]);

for (const [name, load] of [
  ['init with bytes', 'await api.init(main);'],
  ['init with a compiled module', 'await api.init(new WebAssembly.Module(main));'],
  ['initSync', 'api.initSync(main);'],
  ['initSync with a compiled module', 'api.initSync(new WebAssembly.Module(main));'],
]) {
  test(`${name} loads one module only, and says which functions need the other`, () => {
    assert.deepStrictEqual(run(`${load} return [ip(), ...Object.values(calls).map(caught)];`), ['192.0.2.1', ...refusals]);
  });

  test(`${name}, and the other module later`, () => {
    const found = run(`${load} caught(calls.fields); await api.init(undefined, detection); return [ip(), ...Object.values(calls).map((call) => caught(call) !== undefined)];`);
    assert.deepStrictEqual(found, ['192.0.2.1', true, true, true, true, true]);
  });
}

test('without any module, every function asks for init', () => {
  const missing = ['FlowLogError', 'not_initialized', 'the WASM module is not loaded: call "await init()" first'];
  assert.deepStrictEqual(run('return [ip, ...Object.values(calls)].map(caught);'), Array(6).fill(missing));
});

test('an import makes no function of text, which content security policies report', () => {
  const source = `
    let made = 0;
    globalThis.Function = new Proxy(Function, { construct() { made += 1; throw new EvalError('refused'); } });
    await import(${JSON.stringify(`${packageRoot}/${manifest.exports['.'].default}`)});
    const before = made;
    try { new Function('return 1'); } catch {}
    console.log(before, made);`;
  assert.equal(execFileSync(process.execPath, ['--input-type=module', '--eval', source], { encoding: 'utf8' }), '0 1\n');
});
