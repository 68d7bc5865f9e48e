// Assertions that several tests use.

import assert from 'node:assert/strict';
import { imported } from './package.js';

/** Asserts that a call throws a FlowLogError with these properties. */
export function throwsFlowLogError(call, expected) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof imported.FlowLogError, `${error?.stack ?? error}`);
    for (const [key, value] of Object.entries(expected)) {
      if (value instanceof RegExp) assert.match(error[key], value);
      else assert.deepStrictEqual(error[key], value, key);
    }
    return true;
  });
}
