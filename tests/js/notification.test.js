// Notifications of Amazon S3, in every form in which AWS delivers them: tests/fixtures/aws/.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixture, imported, importFrom, manifest } from './package.js';
import { Dice } from './random.js';

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

test('damaged notifications are errors or announce objects, and nothing else happens', () => {
  const dice = new Dice(7);
  const texts = cases.map(({ notification }) => textOf(notification)).filter((text) => text.length < 10_000);
  const pieces = ['"', '\\', '{', '}', '[', ']', 'null', '0', '%', '+', '..', '\0', 'Records', '__proto__', 'é'];
  let announced = 0;
  for (let round = 0; round < 5000; round++) {
    const text = texts[dice.below(texts.length)];
    const [start, end] = [dice.below(text.length), dice.below(text.length)].sort((a, b) => a - b);
    const damaged = text.slice(0, start) + pieces[dice.below(pieces.length)] + text.slice(dice.below(2) ? start : end);
    try {
      const objects = readNotification(damaged);
      announced += objects.length;
      for (const { bucket, key } of objects) assert.ok(typeof bucket === 'string' && bucket !== '' && typeof key === 'string' && !key.split('/').includes('..'));
    } catch (error) {
      if (!(error instanceof imported.FlowLogError) || error.code !== 'invalid_notification' || /[\n\r]/.test(error.message)) throw error;
    }
  }
  assert.ok(announced > 100, `${announced} objects`);
});
