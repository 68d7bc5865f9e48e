// The tokens of a row as elements.

import { element, grouped, shown } from './dom.js';
import { facts, kindOf } from './facts.js';

/** Returns the meaning that is shown under a token: a time, a protocol, flags. */
export function glossOf({ field, value, meaning }) {
  if (facts.field(field)?.kind === 'time' && typeof value === 'string') {
    const [, month, day, time] = /^\d{4}-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(value) ?? [];
    return time && `${month}-${day} ${time}`;
  }
  return meaning && meaning !== 'absent' ? meaning : undefined;
}

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
  for (const [index, token] of tokens.entries()) {
    if (token.start < at || token.end > text.length) continue;
    if (token.start > at) parts.push(text.slice(at, token.start));
    const isBad = error && (error.index === index || (error.index < 0 && !error.column));
    const below = error || row.kind === 'header' ? undefined : glossOf(token);
    const made = element('span', { class: `t k-${kindOf(token)}${isBad ? ' bad' : ''}`, 'data-index': index }, text.slice(token.start, token.end));
    if (below) made.append(element('i', { class: 'gloss' }, below));
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
    parts.push(rest.slice(0, start), element('span', { class: 't bad' }, found), rest.slice(start + length));
  } else {
    parts.push(rest);
  }
  if (row.more) parts.push(element('span', { class: 'more' }, ` … ${grouped(row.more)} more bytes`));
  const line = element('span', { class: 'line' }, ...parts);
  if (!error) return [line];
  // Beneath the token, and moved with the edges of the window to stay visible.
  const why = element('b', {}, shown(errorText(error), 240));
  return [line, element('span', { class: 'why-line' }, element('i', {}, before), why)];
}

/** Returns a row for a text that was just typed, with the colours of the columns of a similar row. */
export function provisional(line, text, like) {
  const tokens = text.length > 4000 ? [] : [...text.matchAll(/\S+/g)].map((match, index) => ({
    text: match[0], start: match.index, end: match.index + match[0].length, field: like?.tokens[index]?.field ?? null,
  }));
  return { line, text, state: like?.state === 3 ? 3 : 0, isNew: true, tokens };
}
