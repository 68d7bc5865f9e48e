// The rows that the page has, so that they are not sent again.

/** The rows that the page has, by their text. Unchanged ones are not sent again. */
let sent = new Map();
let sentEpoch;

/** Returns rows, those that the page has as their text alone. `epoch` changes when the page drops its rows. */
export function unsent(rows, epoch) {
  if (epoch !== sentEpoch) sent = new Map();
  sentEpoch = epoch;
  return rows.map((row) => {
    const { line, text, state, format, error } = row;
    const content = `${state} ${format} ${error?.message} ${error?.index}`;
    if (sent.get(text) === content) return { line, same: text };
    sent.set(text, content);
    return row;
  });
}
