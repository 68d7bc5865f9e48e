// The tokens of the selected line: the field, the value and the keys of each.

import { facts, kindOf } from './facts.js';
import { button, byId, copy, counted, element, fill, grouped, hint, isCoarse, rove, shown } from './dom.js';
import { lightNothing, lightToken, linkRow } from './links.js';
import { onPreferenceChange, preference, setPreference } from './preferences.js';
import { zoneName } from './times.js';
import { briefly, errorText, glossOf } from './tokens.js';

const box = byId('anatomy');
let row;

// The note stays while the pointer is in it, to copy its paths.
onPreferenceChange('zone', () => row && draw());
onPreferenceChange('folded', () => row && draw());
box.addEventListener('mouseleave', () => (lightNothing(), showNote(undefined)));

export function showRow(next) {
  if (next && next === row) return;
  row = next;
  linkRow(row);
  draw();
}

function draw() {
  box.hidden = !row || (row.tokens.length === 0 && !row.error);
  if (box.hidden) return;
  const { error, tokens, line, missing } = row;
  const isFolded = preference('folded');
  const fold = button(isFolded ? 'Show tokens' : 'Fold', () => {
    setPreference('folded', !isFolded);
    box.querySelector('.fold').focus();
  }, { class: 'small quiet fold', 'aria-expanded': String(!isFolded) });
  const head = element('p.anatomy-head', element('span', element('strong', `Line ${line + 1}`), ` ${describe()}`), fold);
  if (isFolded) {
    const why = error && element('p.wrong', { 'aria-live': 'polite' }, shown(error.message, 300));
    return fill(box, head, why);
  }
  const items = tokens.map((token, index) => chip(token, index, error?.index === index));
  const gaps = missing.slice(0, 60).map((name) => element('span.token.gap', element('b', '?'), element('small', name)));
  const group = element('div.tokens', { role: 'group', 'aria-label': `Tokens of line ${line + 1}` }, ...items, ...gaps);
  const note = element('div.note', { id: 'token-note', 'aria-live': 'polite' });
  const { reset } = rove(group, 'button');
  box.replaceChildren(head, group, note);
  if (items.length) reset();
  return showNote(undefined);
}

function describe() {
  const { kind, format, tokens, more } = row;
  if (more) return `is too long to split into tokens: ${grouped(more + row.text.length)} bytes`;
  if (kind === 'header') return `is a header line with ${tokens.length} field names`;
  const layout = format && facts.layoutOf(format);
  return `${counted(tokens.length, 'token')}${layout ? `, ${layout}` : format ? '' : ', unknown format'}`;
}

function chip(token, index, isBad) {
  const isHeader = row.kind === 'header';
  const below = isHeader ? undefined : glossOf(token);
  const name = isHeader ? '' : (token.field ?? 'unexpected');
  const made = element('button', {
    type: 'button',
    class: `token k-${kindOf(token)}${isBad ? ' bad' : ''}`,
    'data-index': index,
    'aria-describedby': 'token-note',
    onmouseenter: () => showNote(token),
    onfocus: () => showNote(token),
    onclick: () => showNote(token),
  }, element('b', shown(token.text, 64)), element('small', name + (token.alternatives.length ? ' ?' : '')));
  if (below) made.append(element('i', below));
  if (isBad) made.append(element('i.why', errorText({ ...row.error, field: undefined })));
  return made;
}

/** Shows the meaning of a token; without one, the error of the line. */
export function showNote(token) {
  const note = byId('token-note');
  if (!note || !row) return;
  if (!token) {
    const { error } = row;
    note.className = `note${error ? ' wrong' : ' hint'}`;
    note.textContent = error ? shown(briefly(error.message), 600) : isCoarse() ? 'Tap a token to see its meaning and the keys that it sets.' : 'Point at a token, or use the arrow keys, to see its meaning and the keys that it sets.';
    return;
  }
  lightToken(token);
  note.className = 'note';
  fill(note, ...noteOf(row, token));
}

/** Returns what is known of a token: its field, its meaning, and the keys that it sets. */
export function noteOf({ kind }, token) {
  const field = facts.field(token.field);
  const said = kind === 'header' ? undefined : facts.field(token.field)?.kind === 'time' && glossOf(token) ? `${glossOf(token)} ${zoneName(Date.parse(token.value))}` : token.meaning ?? (token.value !== null && String(token.value) !== token.text ? String(token.value) : undefined);
  return [
    element('p',
      element('code', { class: `k-${kindOf(token)}` }, token.field ?? 'no field'),
      said && element('span.said', ` ${shown(said)}`),
      field && element('span.hint', ` ${field.type}, since version ${field.version}`)),
    element('p', field?.description ?? (token.field ? 'AWS does not document this field. Its text is kept.' : 'The format has no field for this token.')),
    token.problem && element('p.wrong', shown(token.problem)),
    token.alternatives.length > 0 && hint(`It may also be ${token.alternatives.join(' or ')}.`),
    token.paths.length > 0 && element('p.paths', '→ ', ...token.paths.flatMap((path, index) => [index ? ' ' : '', button(path, () => copy(path), { class: 'path', 'data-path': path, title: 'Copy the path' })])),
  ];
}
