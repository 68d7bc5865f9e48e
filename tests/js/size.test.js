// The downloads of users stay within a budget. The numbers are the present sizes and a small margin: a change that needs more
// changes them here. `npm run build` prints all sizes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

/** kB (1,000 bytes) after gzip -9. */
const budgets = {
  'pkg/vpcflow_ecs_bg.wasm': 100,
  'pkg/vpcflow_ecs_detect_bg.wasm': 183,
  'pkg/vpcflow_ecs_ingest_bg.wasm': 676,
  'pkg/node.cjs': 47,
  'pkg/ingest.cjs': 27,
  'pkg/worker.cjs': 30,
  'pkg/node-packed.js': 260,
  'pkg/node-packed-ingest.js': 507,
};

for (const [path, budget] of Object.entries(budgets)) {
  test(`${path} is at most ${budget} kB`, () => {
    const size = gzipSync(readFileSync(new URL(`../../${path}`, import.meta.url)), { level: 9 }).length / 1000;
    assert.ok(size <= budget, `${size.toFixed(1)} kB after gzip`);
    // A budget that is far from what there is holds nothing.
    assert.ok(size > budget / 2, `${size.toFixed(1)} kB: lower the budget`);
  });
}
