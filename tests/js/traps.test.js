// A trap ends an instance of a module, and nothing else: the next call works.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { TRAP_OF_DETECTION, TRAP_OF_PARSER, TRAP_OF_PIPELINE, trapOfDetection, trapOfParser, trapOfPipeline, watchInstances } from './trapping.js';

const instances = watchInstances();
const { imported, importIngest, packageRoot, repository } = await import('./package.js');
const { BROWSER, launchBrowser, serve } = await import('./browser.js');

test('the main module traps', () => {
  assert.deepStrictEqual(trapOfParser(imported, instances), TRAP_OF_PARSER);
});

test('the module of detection traps', () => {
  assert.deepStrictEqual(trapOfDetection(imported, instances), TRAP_OF_DETECTION);
});

test('the module of vpcflow-ecs/ingest traps', async () => {
  const ingest = await importIngest();
  assert.deepStrictEqual(trapOfPipeline(ingest, instances), TRAP_OF_PIPELINE);
});

describe(`in ${BROWSER}`, () => {
  let browser;
  let server;

  before(async () => {
    server = await serve({ '/package/': packageRoot, '/tests/': join(repository, 'tests/js') });
    browser = await launchBrowser();
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const cases = [
    { entry: 'index.js', scenario: 'trapOfParser', expected: TRAP_OF_PARSER },
    { entry: 'index.js', scenario: 'trapOfDetection', expected: TRAP_OF_DETECTION },
    { entry: 'ingest/index.js', scenario: 'trapOfPipeline', expected: TRAP_OF_PIPELINE },
  ];
  for (const { entry, scenario, expected } of cases) {
    test(scenario, async () => {
      const page = await browser.newPage();
      await page.goto(server.origin);
      const seen = await page.evaluate(async ([entry, scenario]) => {
        const scenarios = await import('/tests/trapping.js');
        const instances = scenarios.watchInstances();
        const api = await import(`/package/js/${entry}`);
        await api.init();
        return scenarios[scenario](api, instances);
      }, [entry, scenario]);
      assert.deepStrictEqual(seen, expected);
      await page.close();
    });
  }
});
