// Notifications of Amazon S3, in every form in which AWS delivers them: tests/fixtures/aws/.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixture, imported, importFrom, manifest } from './package.js';

const { readNotification } = await importFrom(manifest.exports['./sources'].default);
const cases = fixture('aws/notifications.json');
const textOf = (notification) => (typeof notification === 'string' ? notification : JSON.stringify(notification));

describe('a notification', () => {
  for (const { name, notification, objects } of cases.filter((each) => each.objects)) {
    test(name, () => {
      assert.deepStrictEqual(readNotification(notification), objects);
      assert.deepStrictEqual(readNotification(textOf(notification)), objects);
    });
  }

  test('states its source', () => {
    for (const { name, source, objects } of cases) assert.equal(typeof source, objects ? 'string' : 'undefined', name);
  });
});

describe('an error', () => {
  for (const { name, notification, error } of cases.filter((each) => each.error)) {
    test(name, () => {
      const expected = { name: 'FlowLogError', code: 'invalid_notification', message: error };
      assert.throws(() => readNotification(notification), expected);
      assert.throws(() => readNotification(notification), imported.FlowLogError);
      if (typeof notification !== 'string') assert.throws(() => readNotification(textOf(notification)), expected);
    });
  }

  test('a message that is too long', () => {
    const message = 'notification: expected a notification of at most 6291456 characters, found 6291457';
    assert.throws(() => readNotification(' '.repeat(6 * 1024 * 1024 + 1)), { code: 'invalid_notification', message });
  });

  test('what has no JSON', () => {
    for (const value of [undefined, 7, () => 1, Symbol('a')]) assert.throws(() => readNotification(value), { code: 'invalid_notification' });
  });
});
