// A case in the worker: the results of its lines, and how they differ from what is expected.

import { caseText } from '../js/cases/case.js';
import { ofLine } from '../js/cases/differences.js';
import { accepted, resultsOf } from '../js/cases/results.js';

/** The number of lines with differences that are sent. */
const MOST_LINES = 200;

/**
 * Returns the text of a case file for these lines, and the counts of what it expects.
 *
 * @param {import('../js/cases/case.js').Case} given with the texts of its lines
 */
export function written(api, given) {
  const { lines, ...rest } = accepted(given, resultsOf(api, given));
  const errors = lines.filter(({ error }) => error).length;
  const documents = lines.filter(({ document }) => document).length;
  return { text: caseText({ ...rest, lines }), lines: lines.length, documents, errors, error: rest.error };
}

/**
 * Compares the results of lines with an opened case. A line that the case has not is new, and not compared.
 *
 * @param {{ given: import('../js/cases/case.js').Case, expected: import('../js/cases/case.js').CaseLine[] }} question
 */
export function compared(api, { given, expected }) {
  const { results } = resultsOf(api, given);
  const left = new Map();
  for (const each of expected) left.set(each.text, [...left.get(each.text) ?? [], each]);
  const counts = { equal: 0, differing: 0, fresh: 0, gone: 0 };
  const differing = [];
  for (const [line, { text }] of given.lines.entries()) {
    const each = left.get(text)?.shift();
    const differences = each ? ofLine(each, results[line]) : [];
    if (!each) counts.fresh += 1;
    else if (differences.length === 0) counts.equal += 1;
    else counts.differing += 1;
    if (differences.length > 0 && differing.length < MOST_LINES) differing.push({ line, differences });
  }
  counts.gone = [...left.values()].reduce((sum, { length }) => sum + length, 0);
  return { ...counts, lines: differing };
}
