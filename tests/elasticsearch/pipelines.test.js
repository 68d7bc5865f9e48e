// The corpus of pipelines, run by us and by the server: equal documents and equal error texts.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { importIngest } from '../js/package.js';
import { abilities, checkAnswer, corpus, deviationOf, deviations, geo, lacks, ourAnswer, serverAnswer } from './cases.js';
import { stringify } from './json.js';
import { start } from './server.mjs';

const { Pipeline } = await importIngest();
const server = await start({ geo });
after(() => server.stop());
const able = await abilities(server.url);

// Both get, and are compared by, what a JavaScript program can say: there 1.0 is 1.
const cases = [...corpus(JSON.parse)];

test('the corpus has enough cases, and the deviations are of it', () => {
  assert.ok(cases.length > 400, `only ${cases.length} cases`);
  const names = new Set(cases.map(({ name }) => name));
  assert.equal(names.size, cases.length, 'two cases have the same name');
  for (const { name, reason } of deviations) {
    assert.ok(names.has(name), `deviations.json names no case: ${name}`);
    assert.ok(reason, `deviations.json has no reason for ${name}`);
  }
});

for (const file of new Set(cases.map((each) => each.file))) {
  describe(`${server.name}, ${file}`, () => {
    for (const each of cases.filter((other) => other.file === file)) {
      const skip = lacks(each, able);
      test(each.name, { skip }, async () => {
        const servers = JSON.parse(stringify(await serverAnswer(server.url, each)));
        checkAnswer(ourAnswer(Pipeline, each), servers, deviationOf(each.name, able.version));
      });
    }
  });
}
