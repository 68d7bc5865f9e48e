// `npm run test:elasticsearch`: our pipelines, documents and templates against real servers.
//
// It starts them with Java and Maven; ELASTICSEARCH_URL names a running cluster instead. With `--record` it only writes
// the servers' answers to tests/fixtures/ingest/. Without Java or Maven it says so and does nothing.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { geo } from '../tests/elasticsearch/cases.js';
import { missing, start } from '../tests/elasticsearch/server.mjs';
import { record } from '../tests/elasticsearch/record.mjs';
import { build } from './build.mjs';
import { environment, root } from './env.mjs';
import { Stop, isScript, main, say } from './run.mjs';
import { setup } from './setup.mjs';

/** Returns the arguments that run the tests. */
export function elasticsearchTests() {
  const folder = join(root, 'tests/elasticsearch');
  const files = readdirSync(folder).filter((name) => name.endsWith('.test.js'));
  if (files.length === 0) throw new Stop('there are no tests in tests/elasticsearch');
  // One at a time: each file has a server of its own, and a small machine has memory for one.
  return ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files.map((name) => join(folder, name))];
}

if (isScript(import.meta)) {
  await main('test:elasticsearch', async () => {
    const absent = missing();
    if (absent) {
      say('test:elasticsearch', `skipped: ${absent}`);
      return;
    }
    if (process.argv.includes('--record')) {
      const server = await start({ geo });
      await record(server).finally(server.stop);
      return;
    }
    setup();
    build();
    const { status } = spawnSync(process.execPath, elasticsearchTests(), { cwd: root, env: environment(), stdio: 'inherit' });
    if (status !== 0) throw new Stop(`the tests failed, exit code ${status}`);
  });
}
