// A room of src/ or js/ imports only rooms that stand before it in its table: see scripts/rooms.mjs.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { circlesOf, importsBetween, picture, problemsOf, readTree, trees } from '../../scripts/rooms.mjs';

/** Returns what is wrong with a tree, given its files. */
function problemsWith(name, files) {
  const texts = files instanceof Map ? files : new Map(Object.entries(files));
  return problemsOf(trees[name], importsBetween(trees[name], texts));
}

describe('the tables', () => {
  for (const [name, { table }] of Object.entries(trees)) {
    test(`${name}: a room may import rooms above it only`, () => {
      const rooms = Object.keys(table);
      for (const [index, room] of rooms.entries()) {
        for (const other of table[room]) assert.ok(rooms.slice(0, index).includes(other), `${room} may import ${other}`);
      }
    });

    test(`${name}: every room of the table is there`, () => {
      const tree = trees[name];
      const found = new Set([...readTree(tree).keys()].map(tree.roomOf));
      const outside = ['node:', 'dom', 'pkg'];
      assert.deepStrictEqual(Object.keys(table).filter((room) => !found.has(room) && !outside.includes(room)), []);
    });
  }
});

describe('the trees', () => {
  for (const [name, tree] of Object.entries(trees)) {
    test(`${name}: each room imports what it may, without a circle`, () => {
      const files = readTree(tree);
      assert.ok(importsBetween(tree, files).length > 30);
      assert.equal(problemsWith(name, files).join('\n'), '');
    });
  }
});

describe('a bad import is found', () => {
  const core = 'may import no other room';
  const cases = {
    'import upwards': ["import { run } from '../cli/run.js';\n", `js/core/bad.js:1: "core" imports "cli", but ${core}`],
    'import over lines': ["import {\n  run,\n} from '../cli/run.js';\n", `js/core/bad.js:1: "core" imports "cli", but ${core}`],
    'import for its effects': ["\nimport '../node/load.js';\n", `js/core/bad.js:2: "core" imports "node", but ${core}`],
    'dynamic import': ["const load = () => import('../index.js');\n", `js/core/bad.js:1: "core" imports "entries", but ${core}`],
    're-export': ["export * from '../text/text.js';\n", `js/core/bad.js:1: "core" imports "text", but ${core}`],
    'module of Node.js': ["import { open } from 'node:fs/promises';\n", `js/core/bad.js:1: "core" imports "node:", but ${core}`],
    'global of Node.js': ['const here = process.cwd();\n', `js/core/bad.js:1: "core" imports "node:", but ${core}`],
    'global of the DOM': ["const found = document.querySelector('a');\n", `js/core/bad.js:1: "core" imports "dom", but ${core}`],
    'worker': ["new Worker(new URL('../node/parallel-worker.js', import.meta.url));\n", `js/core/bad.js:1: "core" imports "node", but ${core}`],
  };
  for (const [what, [text, problem]] of Object.entries(cases)) {
    test(`js: ${what}`, () => assert.deepStrictEqual(problemsWith('js', { 'js/core/bad.js': text }), [problem]));
  }

  test('js: not what comments say', () => {
    const text = "/** @typedef {import('../index.js').Parser} Parser */\n// import '../node/load.js'\n";
    assert.deepStrictEqual(problemsWith('js', { 'js/core/good.js': text }), []);
  });

  test('js: a room that no table names', () => {
    const problem = 'js/new/bad.js:1: "new" is not in the table of rooms';
    assert.deepStrictEqual(problemsWith('js', { 'js/new/bad.js': "import '../text/text.js';\n" }), [problem]);
  });

  const value = 'may import base';
  const paths = {
    'use': ['use crate::parser::Line;\n', ['parser']],
    'use of a group': ['use crate::{base::Span, parser, wasm::{core, detect}};\n', ['parser', 'wasm']],
    'path in code': ['fn f() {\n    crate::parser::parse();\n}\n', ['parser']],
    'name of the face': ['use crate::Error;\n', ['lib']],
    'path through the parents': ['use super::super::parser::Line;\n', ['parser']],
  };
  for (const [what, [text, rooms]] of Object.entries(paths)) {
    test(`src: ${what}`, () => {
      const line = text.split('\n').findIndex((part) => /crate::|super::/.test(part)) + 1;
      const problems = rooms.map((room) => `src/value/bad.rs:${line}: "value" imports "${room}", but ${value}`);
      assert.deepStrictEqual(problemsWith('src', { 'src/value/bad.rs': text }), problems);
    });
  }

  test('src: not what comments, texts and tests say', () => {
    const tests = '#[cfg(test)]\nmod tests {\n    use crate::parser::Parser;\n    use super::*;\n}\n';
    const text = `//! Read by [crate::parser::Parser].\nuse super::kind::Kind;\nconst A: &str = "crate::wasm";\n${tests}`;
    assert.deepStrictEqual(problemsWith('src', { 'src/value/good.rs': text, 'src/value/tests.rs': 'use crate::parser;\n' }), []);
  });
});

describe('a circle is found', () => {
  const arrow = (from, to) => ({ from, to, at: 'here:1' });

  test('of two and of three rooms, each once', () => {
    const imports = [
      arrow('a', 'b'), arrow('b', 'a'), arrow('c', 'd'), arrow('d', 'e'), arrow('e', 'c'), arrow('a', 'c'), arrow('e', 'f'),
    ];
    assert.deepStrictEqual(circlesOf(imports), [['a', 'b'], ['c', 'd', 'e']]);
  });

  test('in a tree', () => {
    const problems = problemsWith('js', { 'js/text/bad.js': "import '../core/error.js';\n", 'js/core/bad.js': "import '../text/text.js';\n" });
    assert.deepStrictEqual(problems, [
      'js/text/bad.js:1: "text" imports "core", but may import no other room',
      'js/core/bad.js:1: "core" imports "text", but may import no other room',
      'a circle of imports: core, text',
    ]);
  });
});

test('the picture has rooms, arrows and circles', () => {
  const texts = new Map([
    ['js/text/text.js', "import '../core/error.js';\n"],
    ['js/core/error.js', "import '../text/text.js';\n"],
  ]);
  assert.deepStrictEqual(picture('js', trees.js, texts).split('\n'), [
    'js/         files  lines  imports',
    '  text           1      1  core',
    '  core           1      1  text',
    '  2 rooms, 2 arrows, circles = 1',
    '  circle: core text',
  ]);
});

test('DESIGN.md has the picture that `node scripts/rooms.mjs --arrows` prints', () => {
  const design = readFileSync(new URL('../../DESIGN.md', import.meta.url), 'utf8');
  const pictures = Object.entries(trees).map(([name, tree]) => picture(name, tree, readTree(tree), { counts: false }));
  assert.ok(design.includes(`\n\n\`\`\`text\n${pictures.join('\n\n')}\n\`\`\`\n`));
});
