// Writes what a server answers to the corpus into tests/fixtures/ingest/: `npm run test:elasticsearch -- --record`.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { say } from '../../scripts/run.mjs';
import { abilities, corpus, lacks, serverAnswer } from './cases.js';
import { stringify } from './json.js';

const folder = new URL('../fixtures/ingest/', import.meta.url);

/** Records the answers of a server: { url, name }. */
export async function record(server) {
  const able = await abilities(server.url);
  const files = new Map();
  const skipped = [];
  for (const test of corpus()) {
    const reason = lacks(test, able);
    if (reason) {
      skipped.push(test.name);
      continue;
    }
    const { name, file, pipeline, pipelines, docs, verbose } = test;
    const response = await serverAnswer(server.url, test);
    if (!files.has(file)) files.set(file, []);
    files.get(file).push({ name, pipeline, pipelines, docs, verbose, response });
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [file, cases] of files) writeFileSync(new URL(`${file}.json`, folder), text(server.name, cases));
  const count = [...files.values()].reduce((sum, cases) => sum + cases.length, 0);
  say('elasticsearch', `recorded ${count} cases of ${server.name}; it cannot run ${skipped.length} others`);
}

/** Returns a file of JSON with one line for each part of a case and for each document. */
function text(server, cases) {
  const lines = (list) => `[\n${list.map((item) => `        ${stringify(item)}`).join(',\n')}\n      ]`;
  const one = ({ response, docs, ...rest }) => {
    const members = Object.entries(rest).filter(([, value]) => value !== undefined);
    const parts = members.map(([key, value]) => `      ${stringify(key)}: ${stringify(value)}`);
    parts.push(`      "docs": ${lines(docs)}`);
    parts.push(`      "response": ${response.docs ? `{ "docs": ${lines(response.docs)} }` : stringify(response)}`);
    return `    {\n${parts.join(',\n')}\n    }`;
  };
  return `{\n  "server": ${stringify(server)},\n  "cases": [\n${cases.map(one).join(',\n')}\n  ]\n}\n`;
}
