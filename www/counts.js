// The counts above the lines.

import { button, byId, counted, element, fill, grouped } from './dom.js';

/** Shows the counts of a log. `onerrors` shows its errors alone. */
export function showCounts({ lines: total, stats, warning }, isEmpty, onerrors) {
  const { records, headers, blanks, errors, nodata, skipdata, withoutTime, omitted } = stats;
  const parts = [[records, 'document'], [headers, 'header'], [blanks, 'blank line']].filter(([count], index) => count || index === 0);
  const words = parts.map(([count, noun]) => counted(count, noun)).join(', ');
  const rare = [[nodata, 'NODATA'], [skipdata, 'SKIPDATA'], [withoutTime, 'without a time'], [omitted, 'left out']].filter(([count]) => count > 0);
  byId('next-error').hidden = errors === 0;
  if (warning && total === 0) return fill(byId('counts'), element('span.wrong', 'No lines were read'));
  return fill(byId('counts'), isEmpty ? 'No lines yet' : `${counted(total, 'line')}: ${words}`, !isEmpty && errors > 0 && ', ',
    !isEmpty && errors > 0 && button(counted(errors, 'error'), onerrors, { class: 'link wrong', title: 'Show only these lines' }),
    !isEmpty && rare.length > 0 && element('span.hint', ` (${rare.map(([count, word]) => `${grouped(count)} ${word}`).join(', ')})`));
}
