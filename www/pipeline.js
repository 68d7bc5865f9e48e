// An ingest pipeline that runs on the lines as in `_simulate?verbose`, and the changes that each processor makes.

import { ask } from './client.js';
import { definition, setDefinition } from './definition.js';
import { button, counted, element, fill, shown } from './dom.js';
import { currentLine } from './editor.js';
import { facts } from './facts.js';
import { leaves, parseJson } from './tree.js';

const MOST = 10;

/** Returns the first pipeline in the box: the processor with the format of the lines, and some further ones. */
const example = (format) => `{
  "description": "Flow logs to ECS, with fields of a team",
  "processors": [
    { "aws_vpcflow": { "field": "message", "tag": "parse"${format ? `,\n        "format": ${JSON.stringify(format)}` : ''} } },
    { "set": { "field": "labels.team", "value": "network", "tag": "team" } },
    { "set": { "field": "event.risk_score", "value": 80,
        "if": "ctx.event?.outcome == 'failure' && ctx.destination?.port == 22" } },
    { "rename": { "field": "network.iana_number", "target_field": "network.number", "ignore_missing": true } },
    { "remove": { "field": "message" } }
  ],
  "on_failure": [
    { "set": { "field": "error.message", "value": "{{{_ingest.on_failure_message}}}" } }
  ]
}`;

export function pipelineView(box, page) {
  const area = element('textarea', { 'aria-label': 'Ingest pipeline, as JSON or YAML', spellcheck: 'false', wrap: 'off', rows: 17, oninput: () => setDefinition(area.value) });
  const known = page.known();
  area.value = definition() ?? example(facts.presetOf(known) === 'default' ? '' : known);
  const which = element('select', { 'aria-label': 'Lines to run it on' }, element('option', { value: 'one' }, 'The selected line'), element('option', { value: 'first' }, `The first ${MOST} lines`));
  const steps = element('div', { class: 'steps', 'aria-live': 'polite' });
  page.tools(which, button('Run', run, { class: 'primary' }), element('span', { class: 'hint' }, 'Shortcut: Ctrl+Enter'));
  area.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run();
  });
  fill(box, element('div', { class: 'pipeline-edit' }, area), steps);

  async function run() {
    fill(steps, element('p', { class: 'hint' }, 'Running …'));
    const shownLines = page.lines();
    const count = shownLines ? shownLines.length : (page.log()?.lines ?? 0);
    const first = Array.from({ length: Math.min(MOST, count) }, (_, index) => (shownLines ? shownLines[index] : index));
    const lines = which.value === 'one' ? [currentLine()] : first;
    try {
      const { docs, messages, error } = await ask('simulate', { definition: area.value, lines });
      if (error) throw new Error(reasonOf({ error }));
      fill(steps, ...docs.map((doc, index) => section(lines[index], messages[index], doc)));
    } catch (error) {
      fill(steps, element('p', { class: 'wrong', role: 'alert' }, shown(error.message, 1000)));
    }
  }
  return () => {};
}

function section(line, message, doc) {
  const { processor_results: results = [], error } = doc ?? {};
  let before = new Map([['message', JSON.stringify(message)]]);
  const steps = results.map((result) => {
    const after = result.doc ? leaves(parseJson(JSON.stringify(result.doc._source ?? {}))) : before;
    const changes = difference(before, after);
    before = after;
    return step(result, changes);
  });
  return element('section', {}, element('h3', {}, `Line ${line + 1}: ${counted(results.length, 'step')}`), ...steps, error && element('p', { class: 'wrong' }, shown(reasonOf({ error }), 600)));
}

function difference(before, after) {
  const changes = [];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) continue;
    const kind = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    changes.push([kind, path, kind === 'changed' ? `${old} → ${now}` : (now ?? old)]);
  }
  return changes.sort((a, b) => (a[1] < b[1] ? -1 : 1));
}

const reasonOf = ({ error }) => error?.reason ?? error?.root_cause?.[0]?.reason ?? JSON.stringify(error);

function step(result, changes) {
  const { processor_type: type, status = 'success', tag, description, if: condition, error, ignored_error: ignored } = result;
  const count = { added: 0, removed: 0, changed: 0 };
  for (const [kind] of changes) count[kind] += 1;
  const words = Object.entries(count).filter(([, number]) => number).map(([kind, number]) => `${number} ${kind}`).join(', ') || 'no changes';
  const failure = error ?? ignored?.error ?? ignored;
  return element('details', { open: changes.length > 0 && changes.length < 8 },
    element('summary', {}, element('span', { class: `status ${status}` }, status.replace('_', ' ')), element('code', {}, type), tag && element('span', {}, tag),
      element('span', { class: 'hint' }, status === 'skipped' || status === 'dropped' ? '' : words),
      failure && element('span', { class: 'wrong' }, shown(reasonOf({ error: failure }), 300))),
    description && element('p', { class: 'changes hint' }, shown(description)),
    condition && element('p', { class: 'changes' }, `if ${shown(condition.condition, 300)} → ${condition.result}`),
    changes.length > 0 && element('ul', { class: 'changes' }, ...changes.map(([kind, path, value]) =>
      element('li', { class: kind }, `${{ added: '+', removed: '−', changed: '~' }[kind]} ${path}: ${shown(value, 300)}`))));
}
