// Every block of JavaScript and TypeScript in README.md and docs/ compiles under `strict`, with the types of the package.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { copyPackage } from '../../scripts/run.mjs';
import { packageRoot, repository } from './package.js';

/** A folder in which the package and the types that users install are found by their names. */
const folder = mkdtempSync(join(repository, 'target/types-'));
after(() => rmSync(folder, { recursive: true, force: true }));
copyPackage(packageRoot, join(folder, 'node_modules/vpcflow-ecs'));

const configuration = {
  compilerOptions: {
    allowJs: true,
    checkJs: true,
    strict: true,
    noEmit: true,
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'],
    types: ['node'],
    module: 'nodenext',
  },
  include: ['*'],
};

const pages = ['README.md', ...readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];

/** Returns the blocks of the pages as files: by names that say the page and the line. */
function programs() {
  return new Map(pages.flatMap((page) => {
    const text = readFileSync(join(repository, page), 'utf8');
    return [...text.matchAll(/^```(js|ts|html)\n(.*?)^```$/gms)].map((block) => {
      const [, language, code] = block;
      const program = language === 'html' ? /<script type="module">(.*?)<\/script>/s.exec(code)?.[1] ?? '' : code;
      const ending = language === 'ts' ? 'mts' : /\brequire\(/.test(program) ? 'cjs' : 'mjs';
      return [`${basename(page)}.${text.slice(0, block.index).split('\n').length + 1}.${ending}`, program];
    });
  }));
}

function compile() {
  const { stdout } = spawnSync(process.execPath, [join(repository, 'node_modules/typescript/lib/tsc.js'), '-p', folder], { encoding: 'utf8' });
  return stdout.trim().split('\n').filter(Boolean);
}

test('the blocks of the README and of docs/ compile under strict', () => {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration));
  const blocks = programs();
  assert.ok(blocks.size > 20, `there are ${blocks.size} blocks`);
  for (const [name, code] of blocks) writeFileSync(join(folder, name), code);
  assert.deepStrictEqual(compile(), []);
  // A block that does not compile is found.
  writeFileSync(join(folder, 'bad.mts'), "import { parse } from 'vpcflow-ecs';\nparse('', 'default').source;\n");
  const [found] = compile();
  assert.match(found, /bad\.mts\(2,1\): error TS2531: Object is possibly 'null'\./);
});
