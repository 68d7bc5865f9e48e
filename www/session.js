// The session: the part of the page's state that a link holds, and that the browser keeps.

import { generation } from './client.js';
import { definition } from './definition.js';
import { choose, currentLine, dropRows } from './editor.js';
import { filterState, showFilter } from './filter.js';
import { formatOptions, preferFormat } from './format.js';
import { change } from './history.js';
import { setShape, shape, showView, view } from './output.js';
import { afterReading, state, update } from './source.js';

/** Returns the session: the members of a link, and the files and pasted layers that only the browser can keep. */
export function session() {
  const { text: lines, files, format, layers, pasted } = state();
  const { precedence } = formatOptions();
  return { lines, files, format, ...(precedence === 'format' && { precedence }), layers, pasted, shape: shape().id, view: view(), pipeline: definition(), ...filterState(), line: currentLine() };
}

/**
 * Opens a session as one step. Members that it does not have stay as they are, except the filter. Its lines are shown as they
 * are: the layers around them were removed when it was made, or were to stay.
 */
export function openSession(label, { lines, files = [], format = '', precedence, layers = true, pasted, shape: form, view: shows, pipeline, search = '', filters = {}, line }) {
  if (form !== undefined) setShape(form);
  if (precedence === 'format') preferFormat(format);
  dropRows();
  if (shows !== undefined) showView(shows);
  const input = files.length ? { files, layers } : lines === undefined ? {} : { text: lines, layers, pasted };
  const before = generation;
  change(label, { format, case: undefined, ...input, ...(pipeline !== undefined && { pipeline }) });
  // The schema can be the only change.
  if (generation === before) update();
  const isFiltered = search !== '' || Object.keys(filters).length > 0;
  if (line > 0 || isFiltered) {
    afterReading((count) => {
      choose(Math.max(0, Math.min(line ?? 0, count - 1)), { isFocused: false });
      if (isFiltered) showFilter(filters, search);
    });
  }
}
