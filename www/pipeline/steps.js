// The steps of a line through a pipeline, in the order of the definition, each with its state and the reasons for it.

import { jsonOf } from '../../js/cases/json.js';
import { leaves, parseJson } from '../tree.js';

/** Returns the leaves of a document by their paths. */
export const leavesOf = (source) => leaves(parseJson(jsonOf(source)));

const reasonOf = (error) => error?.caused_by?.reason ?? error?.reason ?? JSON.stringify(error);

const LABELS = { success: 'success', skipped: 'skipped', dropped: 'dropped', error: 'error', error_ignored: 'error ignored', unreached: 'not reached', spare: 'not needed' };

/**
 * Returns the steps: first the line itself, then each processor of the definition.
 *
 * @param {object} found the answer of the worker
 * @param {(start: number, end: number) => [number, number]} rangeOf turns indexes of characters into those of the text
 */
export function stepsOf({ steps, trace, message }, rangeOf, text) {
  const source = message === undefined ? undefined : { message };
  const first = { status: 'start', label: 'line', type: 'message', doc: source, leaves: source ? leavesOf(source) : new Map(), reasons: [{ text: 'The document as it comes from a shipper.', kind: 'hint' }] };
  const results = new Map(trace?.results.map((result) => [result.path, result]));
  const last = trace?.results.at(-1);
  const failed = trace?.results.find(({ status }) => status === 'error');
  return [first, ...steps.map(({ path, type, start, end }) => {
    const result = results.get(path);
    const range = rangeOf(start, end);
    const own = { path, type, range, text: text.slice(...range) };
    if (!trace) return { ...own, status: 'unreached', label: LABELS.unreached, reasons: [] };
    if (!result) {
      const isHandler = path.includes('on_failure');
      const status = isHandler && !failed ? 'spare' : 'unreached';
      return { ...own, status, label: LABELS[status], reasons: [{ text: whyNot({ isHandler, trace, last, failed }), kind: 'hint' }] };
    }
    const { status, tag, description, if: condition, error, ignored_error: ignored, doc } = result;
    const reasons = [];
    if (description) reasons.push({ text: description, kind: 'hint' });
    if (status === 'skipped') reasons.push({ text: `Skipped, because its condition is false: if ${condition.condition}`, kind: 'why' });
    else if (condition) reasons.push({ text: `if ${condition.condition} → ${condition.result}`, kind: 'hint' });
    if (status === 'dropped') reasons.push({ text: 'Dropped the document: it is not indexed, and the processors below do not run.', kind: 'why' });
    const failure = error ?? ignored?.error;
    if (failure) reasons.push({ text: `Failed: ${reasonOf(failure)}`, kind: 'wrong' });
    if (status === 'error_ignored') reasons.push({ text: 'The failure is ignored, and the document goes on.', kind: 'hint' });
    return { ...own, status, label: LABELS[status] ?? status, tag, doc: doc?._source, isEnd: status === 'dropped', reasons };
  })];
}

/** Returns the reason why a processor did not run. */
function whyNot({ isHandler, trace, last, failed }) {
  if (isHandler && !failed) return 'Not needed: no processor failed that this one handles.';
  if (trace.dropped && last?.status === 'dropped') return `Not reached: ${last.path} dropped the document.`;
  if (failed) return `Not reached: ${failed.path} failed.`;
  return 'Not reached.';
}
