// The prose keeps the rules of CONTRIBUTING.md, "Language"; `node scripts/language.mjs src` prints what a folder breaks.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findings, findingsOf, prosePaths, sentence } from '../../scripts/language.mjs';

const paths = prosePaths();
const list = (found) => found.map((finding) => `\n${sentence(finding)}`).join('');

test('the prose keeps the rules', () => {
  assert.ok(paths.length > 300, `${paths.length} files`);
  const found = findingsOf(paths);
  assert.equal(found.length, 0, list(found));
});

/** Returns the findings of a text as `line: found`. */
const lines = (name, text) => findings(name, text).map(({ line, found }) => `${line}: ${found}`);

describe('bad prose is found', () => {
  const long = `Word ${'word '.repeat(30).trimEnd()}.`;

  test('Markdown', () => {
    const text = `# What it does

The text is no flow
log, if need be. There is no other, and it is no longer one.

| What | Where |
|---|---|
| a new one drives an old one out | \`is no code\` |

- Four have come
  together.
- [It is](a) no
  link, and *seldom* so.

\`\`\`text
this is no prose
\`\`\`

Short. ${long} Short.

What is left is little. What is left?
`;
    assert.deepStrictEqual(lines('a.md', text), [
      '3: is no flow',
      '4: if need be',
      '8: drives an old one out',
      '10: come together',
      '12: is no link',
      '13: seldom',
      '19: a sentence of 31 words: "Word word word word word …"',
      '21: What is left',
    ]);
  });

  test('a sentence of thirty words is not', () => {
    assert.deepStrictEqual(lines('a.md', `Word ${'word '.repeat(28)}\`code of several words\`.\n`), []);
  });

  test('Rust', () => {
    const text = `//! Reads a format off
//! the lines.

/// The sum.
#[inline]
pub(crate) fn sum() -> u32 {
    // Made anew.
    fail("the text is no flow log", "is no", 'a')
}

/// Whether it is full.
const FULL: bool = true;

/// Returns the sum. What is told
/// is wrong.
/// # Errors
/// What is wrong.
fn other() {}

/// The length.
length: usize,

/// No length is negative.
#[test]
fn lengths() {}
`;
    assert.deepStrictEqual(lines('a.rs', text), [
      '1: Reads a format off',
      '4: The sum.',
      '7: anew',
      '8: is no flow',
      '11: Whether it is full.',
      '14: told',
      '14: What is told',
      '17: What is wrong.',
    ]);
  });

  test('JavaScript', () => {
    const text = `// Tells the user.
const quote = /['"]/;
/** Where it is. */
export async function find(a = (1)) {}
/**
 * Returns it.
 * @param {string} name what
 *   is no name
 * @example
 * const x = 'is no prose';
 */
const get = (name) => \`the \${name} is no name\`;
class A {
  /** The size. */
  get size() {}
  /** The sum. */
  sum(a, b) {}
  /** @returns {number} the product */
  product(a, b) {}
  /** The width. */
  width = 3;
}
`;
    assert.deepStrictEqual(lines('a.js', text), [
      '1: Tells',
      '3: Where it is.',
      '8: is no name',
      '12: is no name',
      '16: The sum.',
    ]);
  });

  test('a page', () => {
    assert.deepStrictEqual(lines('a.html', '<p>It\n  <b>is</b> no\n  record.</p><script>"is no record"</script>\n<p>Of late.'), ['2: is no record', '4: Of late']);
  });
});
