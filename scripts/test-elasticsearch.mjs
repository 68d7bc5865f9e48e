// `npm run test:elasticsearch`: our pipelines, documents and templates against real servers.
//
// It starts them with Java and Maven; ELASTICSEARCH_URL names a running cluster instead. With `--record` it only writes
// the servers' answers to tests/fixtures/ingest/. Without Java or Maven it says so and does nothing.

import { geo } from '../tests/elasticsearch/cases.js';
import { missing, start } from '../tests/elasticsearch/server.mjs';
import { record } from '../tests/elasticsearch/record.mjs';
import { build } from './build.mjs';
import { environment, root } from './env.mjs';
import { isScript, main, runTests, say, testFiles } from './run.mjs';
import { setup } from './setup.mjs';

/** Returns the arguments that run the tests. */
export function elasticsearchTests() {
  // One at a time: each file has a server of its own, and a small machine has memory for one.
  return ['--test', '--test-concurrency=1', '--test-reporter=spec', ...testFiles(root, 'tests/elasticsearch')];
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
    runTests(process.execPath, elasticsearchTests(), { cwd: root, env: environment() });
  });
}
