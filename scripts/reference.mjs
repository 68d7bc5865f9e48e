// `npm run reference`: the references of the npm package and of the crate, from the comments in the code, in target/reference/.
//
// TypeDoc reads the declarations of the entries, and rustdoc the crate with all features. A warning of either is an error. TypeDoc and the
// TypeScript that it works with are not among the npm tools of the project, because nothing else needs them.

import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { environment, root } from './env.mjs';
import { installNpm, isScript, main, run, say } from './run.mjs';
import { setup } from './setup.mjs';

const here = join(root, 'tools/reference');
const home = join(root, 'target/reference');

/** Writes the reference of the npm package to target/reference/npm/. */
function npmReference() {
  installNpm(here, home, () => say('reference', 'installing TypeDoc, once, into target/reference/'));
  run(process.execPath, [join(home, 'node_modules/typedoc/bin/typedoc'), '--options', join(here, 'typedoc.json')], { cwd: root, env: environment() });
}

/** Writes the reference of the crate to target/reference/rust/. */
function rustReference() {
  const target = join(home, 'rust');
  rmSync(target, { recursive: true, force: true });
  run('cargo', ['doc', '--locked', '--no-deps', '--all-features'], { cwd: root, env: { ...environment(), RUSTDOCFLAGS: '-D warnings' } });
  cpSync(join(root, 'target/doc'), target, { recursive: true });
}

if (isScript(import.meta)) {
  await main('reference', () => {
    setup();
    npmReference();
    rustReference();
    say('reference', 'target/reference/npm/index.html and target/reference/rust/vpcflow_ecs/index.html');
  });
}
