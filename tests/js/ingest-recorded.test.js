// Pipelines answer as Elasticsearch did when its answers were recorded; see tests/fixtures/README.md.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { checkAnswer, deviationOf, ourAnswer } from '../elasticsearch/cases.js';
import { parse, stringify } from '../elasticsearch/json.js';
import { importIngest } from './package.js';

const { Pipeline } = await importIngest();

const folder = new URL('../fixtures/ingest/', import.meta.url);
const files = readdirSync(folder);

test('there are recorded answers', () => assert.ok(files.length > 20));

for (const file of files) {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const { server, cases } = JSON.parse(text);
  const exact = parse(text).cases;
  const [, version] = server.split(' ');
  describe(`${server}, ${file}`, () => {
    for (const [number, each] of cases.entries()) {
      // A document with numbers that JavaScript has not, as 1.0, is for the tests in Rust.
      const unsayable = each.docs.map((doc, index) => JSON.stringify(doc) !== stringify(exact[number].docs[index]));
      test(each.name, () => {
        const ours = ourAnswer(Pipeline, each);
        for (const index of ours.docs?.keys() ?? []) {
          if (unsayable[index] && each.response.docs) ours.docs[index] = each.response.docs[index];
        }
        const deviation = deviationOf(each.name, version);
        checkAnswer(ours, each.response, deviation && { ...deviation, docs: deviation.docs?.filter((index) => !unsayable[index]) });
      });
    }
  });
}
