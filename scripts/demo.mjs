// `npm run demo`: from a fresh clone to ECS documents of a sample log in one command.
//
// Where pkg/ is up to date, the documents come from there, else from a module that is built in a fraction of the time.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildQuickly, isBuilt } from './build.mjs';
import { root } from './env.mjs';
import { isScript, main, printSteps, say } from './run.mjs';
import { setup } from './setup.mjs';

const sample = 'examples/sample.log';

if (isScript(import.meta)) {
  await main('demo', () => {
    const folder = isBuilt() ? root : quickly();
    say('demo', `vpcflow-ecs ${sample}, its first document spread out`);
    const ndjson = execFileSync(process.execPath, [join(folder, 'js/cli/main.js'), sample], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [first, ...rest] = ndjson.trimEnd().split('\n');
    // All at once, so that a reader like `head` can close the pipe without an error here.
    console.log([JSON.stringify(JSON.parse(first), null, 2), ...rest].join('\n'));
    say('demo', `${1 + rest.length} documents`);
    printSteps('demo');
  });
}

function quickly() {
  setup({ wasmPack: false });
  return buildQuickly();
}
