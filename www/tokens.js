// The tokens of a row as elements.

import { element, grouped, shown } from './dom.js';
import { facts, kindOf } from './facts.js';
import { stampOf } from './times.js';

/** The layout of rows: the characters after which they wrap, and true if nothing is shown beneath their tokens. */
export const layout = { columns: Infinity, isCompact: false };

/** The width of a character beneath a token, as a share of one of the line; and the gap between two meanings. */
const SHARE = 0.8125;
const GAP = 0.6;

/** Returns the meaning that is shown under a token: a time, a protocol, flags. */
export function glossOf({ field, value, meaning }) {
  if (facts.field(field)?.kind === 'time' && typeof value === 'string') return stampOf(value);
  return meaning && meaning !== 'absent' ? meaning : undefined;
}

/** Returns the columns of each visual line that a token may take for its meaning, by its start. */
const lineOf = (start) => (layout.columns === Infinity ? 0 : Math.floor(start / layout.columns));

/**
 * Returns the meanings beneath tokens, by the index of the token: the text, and its shift from the start of the token in its
 * own characters. They do not overlap: from the right to the left, each moves to the left or becomes shorter if necessary.
 */
function glosses(tokens) {
  const found = new Map();
  const items = tokens.map((token, index) => ({ index, text: glossOf(token), start: token.start, field: token.field })).filter(({ text }) => text);
  let next;
  for (let at = items.length - 1; at >= 0; at--) {
    const { index, text, start, field } = items[at];
    const line = lineOf(start);
    const from = line * (layout.columns === Infinity ? 0 : layout.columns);
    const before = at > 0 && lineOf(items[at - 1].start) === line ? items[at - 1].start + 1 + GAP : from;
    const limit = next?.line === line ? next.left - GAP : from + layout.columns;
    const leftOf = (form) => Math.min(start, limit - form.length * SHARE);
    // A time that does not fit loses its date.
    const forms = facts.field(field)?.kind === 'time' ? [text, text.slice(11)] : [text];
    let form = forms.find((one) => leftOf(one) >= before);
    if (!form) {
      const space = Math.floor((limit - Math.min(start, Math.max(before, from))) / SHARE);
      form = forms.at(-1).length > space ? `${forms.at(-1).slice(0, Math.max(0, space - 1))}…` : forms.at(-1);
    }
    const left = Math.max(leftOf(form), from);
    found.set(index, { text: form, shift: (left - start) / SHARE });
    next = { line, left };
  }
  return found;
}

/** Returns the error of a message, and not what to do. */
export const briefly = (message) => message.split(/: they have|; (?=give |it is |by its )/, 1)[0];

/** Returns the error in a few words: field, expected, found. */
export function errorText({ code, field, expected, found, message }) {
  if (!expected || code === 'field_count') return message;
  const what = found === undefined ? '' : `, found ${/^\d+$/.test(found) ? found : `"${shown(found, 60)}"`}`;
  return `${field ? `${field}: ` : ''}expected ${expected.length > 80 ? `${expected.slice(0, 80)}…` : expected}${what}`;
}

/** Returns the text of a row, with its tokens in colour, glosses beneath them, and the error below its token. */
export function rowContent(row) {
  const { text, error } = row;
  const parts = [];
  let at = 0;
  let before;
  const tokens = row.tokens.filter(({ start }) => start !== null);
  const below = error || row.kind === 'header' || layout.isCompact ? new Map() : glosses(tokens);
  for (const [index, token] of tokens.entries()) {
    if (token.start < at || token.end > text.length) continue;
    if (token.start > at) parts.push(text.slice(at, token.start));
    const isBad = error && (error.index === index || (error.index < 0 && !error.column));
    const made = element('span', { class: `t k-${kindOf(token)}${isBad ? ' bad' : ''}`, 'data-index': index }, text.slice(token.start, token.end));
    if (below.has(index)) made.append(glossElement(below.get(index)));
    if (isBad) before ??= text.slice(0, token.start);
    parts.push(made);
    at = token.end;
  }
  const rest = text.slice(at);
  if (error && before === undefined) {
    // The error is after the last token, or the line has no tokens.
    const start = Math.min(Math.max((error.at ?? 0) - at, 0), rest.length);
    const length = error.column === undefined ? rest.length : error.length;
    const found = rest.slice(start, start + length) || ' ';
    before = text.slice(0, at + start);
    parts.push(rest.slice(0, start), element('span.t.bad', found), rest.slice(start + length));
  } else {
    parts.push(rest);
  }
  if (row.more) parts.push(element('span.more', ` … ${grouped(row.more)} more bytes`));
  const line = element('span.line', ...parts);
  if (!error) return [line];
  const why = element('b', shown(errorText(error), 240));
  if (layout.isCompact) return [line, element('span.why-line', element('i', `${text} `), why)];
  // Beneath the token, and moved with the edges of the window to stay visible.
  const wrapped = lineOf(before.length);
  const beneath = element('span.why-line', element('i', wrapped ? before.slice(wrapped * layout.columns) : before), why);
  beneath.style.setProperty('--wrapped', wrapped);
  return [line, beneath];
}

function glossElement({ text, shift }) {
  const made = element('i.gloss', text);
  if (shift) made.style.left = `${shift.toFixed(2)}ch`;
  return made;
}

/** Returns a row for a text that was just typed, with the colours of the columns of a similar row. */
export function provisional(line, text, like) {
  const tokens = text.length > 4000 ? [] : [...text.matchAll(/\S+/g)].map((match, index) => ({
    text: match[0], start: match.index, end: match.index + match[0].length, field: like?.tokens[index]?.field ?? null,
  }));
  return { line, text, state: like?.state === 3 ? 3 : 0, isNew: true, tokens };
}
