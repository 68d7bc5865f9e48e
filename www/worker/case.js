// A case in the worker: the results of its lines, and how they differ from what is expected.

import { caseText } from '../../js/cases/case.js';
import { ofLine } from '../../js/cases/differences.js';
import { accepted, resultsOf } from '../../js/cases/results.js';

/** The number of lines with differences that are sent. */
const MOST_LINES = 200;

/**
 * Returns the text of a case file for these lines, and the counts of what it expects.
 *
 * @param {{ given: import('../../js/cases/case.js').Case }} question with the texts of its lines
 */
export function written(api, { given }) {
  const { lines, ...rest } = accepted(given, resultsOf(api, given));
  const errors = lines.filter(({ error }) => error).length;
  const documents = lines.filter(({ document }) => document).length;
  return { text: caseText({ ...rest, lines }), lines: lines.length, documents, errors, error: rest.error };
}

/** The lines of the opened case, with what is expected of them. */
let expected = [];

/** Refuses a format and options, if they are wrong. @param {Pick<import('../../js/cases/case.js').Case, 'format' | 'options'>} given */
export function checked(api, { format, options }) {
  new api.Parser({ ...options, ...(format !== undefined && { format }) }).free();
}

/** Sets the case with which lines are compared. @param {{ lines: import('../../js/cases/case.js').CaseLine[] }} given */
export function expect(api, { lines }) {
  expected = lines;
}

/**
 * Compares the results of lines with the opened case. A line that the case has not is new, and not compared.
 *
 * @param {{ given: import('../../js/cases/case.js').Case }} question
 */
export function compared(api, { given }) {
  const { results } = resultsOf(api, given);
  const left = new Map();
  // Equal lines are in reverse, so that the first of them is the last of its list.
  for (const each of [...expected].reverse()) {
    if (left.has(each.text)) left.get(each.text).push(each);
    else left.set(each.text, [each]);
  }
  const counts = { equal: 0, differing: 0, fresh: 0, gone: 0 };
  const differing = [];
  for (const [line, { text }] of given.lines.entries()) {
    const each = left.get(text)?.pop();
    const differences = each ? ofLine(each, results[line]) : [];
    if (!each) counts.fresh += 1;
    else if (differences.length === 0) counts.equal += 1;
    else counts.differing += 1;
    if (differences.length > 0 && differing.length < MOST_LINES) differing.push({ line, differences });
  }
  counts.gone = [...left.values()].reduce((sum, { length }) => sum + length, 0);
  return { ...counts, lines: differing };
}
