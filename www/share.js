// The dialog that shows what a link will hold, before it is copied.

import { ask } from './client.js';
import { button, copy, counted, element, fill, grouped, openDialog, shown } from './dom.js';
import { pack } from './fragment.js';
import { redactedFirst } from './redact.js';

/** The longest address in characters that mail and chat programs keep intact. */
const LONGEST = 30_000;
/** The lines of a file that go into an address at most. */
const MAX_LINES = 500;
/** Members of a filter that name parts of the log, which redacted lines no longer have. */
const NAMING = ['address', 'interface'];

/** Returns the session with its first lines, as many as an address can hold, and the fragment. */
async function fitting(session) {
  const lines = session.lines.split('\n');
  let [count, held, packed] = [lines.length, session, await pack(session)];
  while (packed.length > LONGEST && count > 1) {
    count = Math.max(1, Math.floor(count * Math.min(0.9, LONGEST / packed.length)));
    held = { ...session, lines: lines.slice(0, count).join('\n') };
    packed = await pack(held);
  }
  if (held.line >= count) {
    held = { ...held, line: undefined };
    packed = await pack(held);
  }
  return { held, packed, count, isAll: count === lines.length };
}

/** Returns the lines that an address can hold, and the number of the selected one among them. */
async function headOf({ lines, line }, isTyped) {
  if (isTyped) return { text: lines, line, isAll: true };
  const head = await ask('head', { most: MAX_LINES });
  const at = head.lines.indexOf(line);
  return { ...head, line: at < 0 ? undefined : at };
}

/** Opens the dialog that shows what an address will hold, and then copies it. */
export function openShare(session, isTyped) {
  const address = element('textarea', { readonly: true, rows: 3, 'aria-label': 'Address to share', class: 'code' });
  const content = element('div.content', { tabindex: '0', role: 'group', 'aria-label': 'Content of the address' });
  const { label, said, remake, textOf, isRedacted: isRedactedFirst } = redactedFirst({
    isChecked: true, purpose: 'shared', make, clear: () => (fill(content), (address.value = '')),
  });
  const hasPipeline = element('input', { type: 'checkbox', checked: true, onchange: remake });

  async function make() {
    const head = await headOf(session, isTyped);
    const isRedacted = isRedactedFirst();
    const lines = await textOf(head);
    const filters = Object.fromEntries(Object.entries(session.filters).filter(([name]) => !isRedacted || !NAMING.includes(name)));
    const search = isRedacted ? '' : session.search;
    const { held, packed, count, isAll } = await fitting({
      lines, format: session.format || undefined, precedence: session.precedence, layers: session.layers === true ? undefined : session.layers, shape: session.shape, view: session.view,
      pipeline: hasPipeline.checked ? session.pipeline : undefined, search: search || undefined,
      filters: Object.keys(filters).length ? filters : undefined, line: head.line || undefined,
    });
    const whole = `${location.href.split('#')[0]}#${packed}`;
    const isWhole = isAll && head.isAll !== false;
    const isLess = search !== session.search || Object.keys(filters).length < Object.keys(session.filters).length;
    const text = (value) => element('pre', { tabindex: '0' }, value.split('\n').map((line) => shown(line, 2000)).join('\n'));
    const rows = [
      [`${isWhole ? counted(count, 'line') : `The first ${grouped(count)} lines`}${isRedacted ? ', redacted' : ', as they are'}`, text(held.lines)],
      ['Format', held.format === undefined ? 'none: it is detected' : element('code', shown(held.format, 2000))],
      ['Schema and view', `${held.shape}, ${held.view}`],
      held.line !== undefined && ['Selected line', grouped(held.line + 1)],
      (held.filters || held.search) && ['Filter', shown([...Object.entries(held.filters ?? {}).map(([name, value]) => `${name} ${value}`), ...(held.search ? [`search ${held.search}`] : [])].join(', '), 500)],
      isLess && ['Filter', 'left out in part: it names what was redacted'],
      held.pipeline !== undefined && [`Pipeline, ${counted(held.pipeline.split('\n').length, 'line')}, as it is`, text(held.pipeline)],
    ].filter(Boolean);
    return () => {
      address.value = whole;
      fill(content, element('dl', ...rows.flatMap(([name, value]) => [element('dt', name), element('dd', value)])));
      return `${grouped(whole.length)} characters. ${isWhole ? 'It holds all lines.' : `It holds the first ${grouped(count)} lines.`}`;
    };
  }

  openDialog('Share', 'share',
    element('p', 'The address holds the content below, after the #. Browsers do not send that part to a server. Anyone who has the address can read it.'),
    label,
    session.pipeline !== undefined && element('p', element('label', hasPipeline, ' With the pipeline, which is not redacted')),
    content, address, said,
    element('p', button('Copy address', () => copy(address.value), { class: 'primary' }), ' ',
      button('Save as case…', async () => (await import('./cases.js')).saveCase(), { title: 'A file with the expected documents, which vpcflow-ecs test runs' })));
  remake();
}
