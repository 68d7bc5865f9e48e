// Every golden and every error, in a library of another language. A program of it answers questions, and the answers are
// compared with the goldens and with the errors of the npm package.
//
// A question is a line of JSON: an object with `options`, and `lines` or an `input`. So is an answer:
//
// - `lines`: for each line its `document` or its text `json`, or both; null if the line is not a record;
// - `documents`, as lines of JSON, and `errors`, for an input;
// - `error`, if the options or the input are wrong.

import assert from 'node:assert/strict';
import { documentCases, fixture, imported } from '../js/package.js';
import { jsonLines } from './core.js';

/**
 * Compares the goldens.
 *
 * @param {(questions: string) => string} ask runs the program
 * @param {{ byLines: boolean, areIndependent?: boolean }} abilities `byLines`: it reads single lines. `areIndependent`: a header
 * does not count for the lines after it.
 */
export function compareGoldens(ask, { byLines, areIndependent = false }) {
  const cases = documentCases();
  const isAsked = ({ expected }) => byLines && !(areIndependent && expected.includes(null));
  const questions = cases.flatMap((each) => {
    const { options = {}, lines } = each;
    return [{ options, input: lines.join('\n') }, ...(isAsked(each) ? [{ options, lines }] : [])];
  });
  const answers = answersOf(ask, questions);
  for (const each of cases) {
    const { file, name, lines, expected } = each;
    const whole = answers.shift();
    assert.deepStrictEqual([jsonLines(whole.documents), whole.errors], [expected.filter((document) => document !== null), []], `${file}: ${name}`);
    if (!isAsked(each)) continue;
    const { lines: found } = answers.shift();
    assert.equal(found.length, lines.length);
    for (const [at, { document, json }] of found.entries()) {
      const both = [document, typeof json === 'string' ? JSON.parse(json) : json].filter((value) => value !== undefined);
      assert.ok(both.length > 0);
      for (const value of both) assert.deepStrictEqual(value, expected[at], `${file}: ${name}: ${lines[at]}`);
    }
  }
}

/** The members of an error, in the npm package and in JSON. */
export const MEMBERS = ['code', 'message', 'problem', 'lineNumber', 'column', 'offset', 'field', 'expected', 'found', 'format', 'input'];

/** Compares the members of errors that are thrown. */
export function compareErrors(ask) {
  const cases = fixture('errors.json').map(({ name, options, input }) => ({ name, options: { ...options, onError: 'throw' }, input }));
  const answers = answersOf(ask, cases.map(({ options, input }) => ({ options, input })));
  // Some languages have an empty text or a negative number for a member that is absent.
  const memberOf = (value) => (value === undefined || value === '' || value === -1 ? null : value);
  const all = (error) => Object.fromEntries(MEMBERS.map((name) => [name, memberOf(error?.[name])]));
  for (const [index, { name, options, input }] of cases.entries()) {
    assert.throws(() => new imported.Parser(options).toNdjson(input), (expected) => {
      assert.deepStrictEqual(all(answers[index].error), all(expected), name);
      return true;
    });
  }
}

function answersOf(ask, questions) {
  const answers = jsonLines(ask(questions.map((question) => `${JSON.stringify(question)}\n`).join('')));
  assert.equal(answers.length, questions.length);
  return answers;
}
