// The worker of the page: a pipeline counted over all lines, while definitions, lines and databases change.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { cancelDebug, debug } from '../../www/worker/pipelines.js';
import { Log } from '../../www/worker/log.js';
import { facts, optionsOf } from '../../www/facts.js';
import { linesOf } from './logs.js';
import { importIngest, imported } from './package.js';

const ingest = await importIngest();
facts.set({ fields: imported.fields(), presets: imported.presets(), schemas: imported.schemas() });

const DROP = '{ "processors": [ { "drop": {} } ] }';
const SET = '{ "processors": [ { "set": { "field": "a", "value": 1 } } ] }';
const INVALID = '{ "processors": [ { "st": {} } ] }';
const LINES = 500;

/** Returns a log, a function that runs a definition on it, and its reports. */
function reading() {
  const bytes = new TextEncoder().encode(linesOf('default', LINES).join('\n'));
  const log = new Log(imported);
  log.store.add(bytes);
  log.feed(bytes);
  log.finish();
  after(() => log.free());
  const reports = [];
  const run = (definition, { line = 0, environment, isCurrent = () => true } = {}) =>
    debug(ingest, { definition, environment }, { api: imported, log, line, shapes: facts.shapes.map(optionsOf), isCurrent }, (counts) => reports.push(counts));
  const isWhole = ({ read, lines }) => read === lines;
  /** Returns the counts of a run when it has ended. */
  const counted = async (wanted) => {
    for (;;) {
      const found = reports.find(({ run: number, ...counts }) => number === wanted && isWhole(counts));
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  return { run, counted, reports };
}

test('all lines are counted again after another definition ended the counting', { timeout: 60_000 }, async () => {
  const { run, counted } = reading();
  for (const other of [SET, INVALID]) {
    const first = await run(DROP);
    await run(other);
    const again = await run(DROP);
    assert.notEqual(again.run, first.run);
    assert.equal(again.counts, undefined);
    assert.equal((await counted(again.run)).dropped, LINES);
  }
});

test('for another line the counting goes on, and the answer has its last report', { timeout: 60_000 }, async () => {
  const { run, counted, reports } = reading();
  const first = await run(DROP);
  const second = await run(DROP, { line: 1 });
  assert.equal(second.run, first.run);
  const whole = await counted(first.run);
  const third = await run(DROP, { line: 2 });
  assert.deepStrictEqual([third.run, third.counts], [first.run, whole]);
  assert.equal(reports.filter(({ read, lines }) => read === lines).length, 1);
});

test('all lines are counted again by another reading, and with other databases', { timeout: 60_000 }, async () => {
  const [one, other] = [reading(), reading()];
  const first = await one.run(SET);
  const second = await other.run(SET);
  assert.notEqual(second.run, first.run);
  await other.counted(second.run);
  const third = await other.run(SET, { environment: { geo: {} } });
  assert.notEqual(third.run, second.run);
  assert.equal((await other.counted(third.run)).documents, LINES);
});

test('no line is counted after the counting was cancelled', { timeout: 60_000 }, async () => {
  const { run, counted, reports } = reading();
  const first = await run(SET);
  cancelDebug();
  const second = await run(SET);
  await counted(second.run);
  assert.deepStrictEqual(reports.filter((counts) => counts.run === first.run), []);
});
