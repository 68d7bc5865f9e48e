// The preview of a redaction: what is replaced, some lines before and after, and the words that stay. And the box for lines that leave the page.

import { ask } from './client.js';
import { button, byId, counted, element, grouped, link, openDialog, say, shown } from './dom.js';

/** The number of words that are shown at first. */
const MOST_WORDS = 60;

const NAMES = { address: 'address', account: 'account', identifier: 'resource identifier', ARN: 'ARN', 'access key': 'access key', 'MAC address': 'MAC address', name: 'name or word', number: 'other number' };

const plural = (count, name) => (name.endsWith('address') && count !== 1 ? `${grouped(count)} ${name}es` : counted(count, name === 'name or word' && count !== 1 ? 'names or word' : name));

/**
 * Opens the preview.
 *
 * @param {{ counts: [string, number][], kept: [string, number][], samples: [string, string][] }} report
 * @param {() => void} apply replaces the lines
 */
export function openRedaction({ counts, kept, samples }, apply) {
  const accept = () => {
    byId('dialog').close();
    apply();
    say('The lines were redacted. Equal values stay equal, and shared prefixes stay shared. Undo brings the lines back.');
  };
  openDialog('Redact', 'redaction', element('div',
    element('p', 'Addresses, accounts, identifiers, keys, names and words are replaced by random ones: equal values by equal ones, also in further logs as long as this page is open.'),
    element('p', { id: 'redaction-counts' }, counts.length ? `Replaced: ${counts.map(([kind, count]) => plural(count, NAMES[kind] ?? kind)).join(', ')}.` : 'Nothing is replaced.'),
    samples.length > 0 && element('div.samples', { tabindex: 0, role: 'region', 'aria-label': 'Lines before and after' }, ...samples.map(sampleOf)),
    element('h3', 'What stays'),
    element('p', 'Times and single digits stay. Where each column has a value of its kind, ports, protocols and counters stay, too. Other lines, such as most with an error, do not show which number is an account: longer numbers are replaced. These words stay: look for one that names somebody.'),
    wordsOf(kept),
    element('p.dialog-end', button('Redact the lines', accept, { class: 'primary' }), ' ', button('Cancel', () => byId('dialog').close()))));
}

/** Returns a line before and after, with the parts that differ. */
function sampleOf([before, after]) {
  const [one, other] = [before, after].map((text) => text.split(/(\s+)/));
  const isSame = one.length === other.length;
  const marked = (parts, others, name) => element('code', ...parts.map((part, index) => (isSame && part === others[index] ? shown(part, 600) : element(name, shown(part, 600)))));
  return element('p', marked(one, other, 'del'), element('br'), marked(other, one, 'ins'));
}

function wordsOf(kept) {
  const items = ([word, count]) => element('li', element('code', shown(word, 60)), ` ${grouped(count)}`);
  const list = element('ul.kept', { tabindex: 0, 'aria-label': 'Words that stay' }, ...kept.slice(0, MOST_WORDS).map(items));
  if (kept.length <= MOST_WORDS) return list;
  const more = link(`Show all ${kept.length} words`, () => {
    list.append(...kept.slice(MOST_WORDS).map(items));
    more.remove();
    list.focus();
  });
  return element('div', list, more);
}

/**
 * Returns the box that redacts lines before they leave the page, and a status. The latest result counts; an error is the status.
 *
 * @param {{ make: () => Promise<() => string>, clear: () => void }} leaving the function that `make` returns shows its result and returns the status
 */
export function redactedFirst({ isChecked, purpose, make, clear }) {
  const said = element('p.hint', { role: 'status' });
  let latest = 0;
  const remake = async () => {
    const mine = ++latest;
    let show;
    try {
      show = await make();
    } catch (error) {
      show = () => (clear(), `This cannot be ${purpose}: ${shown(error.message, 300)}`);
    }
    if (mine === latest) said.textContent = show();
  };
  const box = element('input', { type: 'checkbox', checked: isChecked, onchange: remake });
  const label = element('p', element('label', box, ' Redact first: replace addresses, accounts, identifiers and names consistently'));
  const textOf = ({ text, lines }) => (box.checked ? ask('redact', { text, lines }) : text);
  return { label, said, remake, textOf, isRedacted: () => box.checked };
}
