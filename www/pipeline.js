// An ingest pipeline as in a debugger: it runs while it is typed, on all lines, and the document is shown at each step.

import { ask, on } from './client.js';
import { definition, setDefinition } from './definition.js';
import { button, counted, element, fill, grouped, link, shown } from './dom.js';
import { choose, currentLine } from './editor.js';
import { facts } from './facts.js';
import { linkPaths } from './links.js';
import { difference, origins } from './pipeline/changes.js';
import { jsonOf, placeOf } from '../js/cases/json.js';
import { codeBox, unitsOf } from './pipeline/code.js';
import { leavesOf, stepsOf } from './pipeline/steps.js';
import { treeOf } from './tree.js';

/** The pause of typing after which a pipeline runs, in milliseconds. */
const DELAY = 150;

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

/** The types of processors, from the package. */
let types = [];

/** The step that is shown, from 0 for the line itself; undefined for the last one that ran. */
let at;

export function pipelineView(box, page) {
  const first = () => {
    const known = page.known();
    return example(facts.presetOf(known) === 'default' ? '' : known);
  };
  const code = codeBox({ value: definition() ?? first(), onchange: typed, types: () => types });
  const problem = element('p.problem.wrong', { role: 'alert', hidden: true });
  const list = element('ol.steps', { 'aria-label': 'Steps', onkeydown: onKey });
  const result = element('section.step-result', { 'aria-label': 'Document at the step' });
  const [back, forward] = [button('◀ Back', () => show(place() - 1)), button('Forward ▶', () => show(place() + 1))];
  const position = element('span.hint', { role: 'status' });
  const whole = element('span.hint');
  page.tools(back, forward, position, whole);
  fill(box, element('div.pipeline-edit', code.node), problem, element('div.debugger', list, result));

  let found;
  let counts;
  let steps = [];
  let timer;
  let asked = 0;

  if (!types.length) ask('processorTypes').then((all) => (types = all)).catch(() => {});
  on('tallied', (tally) => {
    // Another view is shown.
    if (!list.isConnected) return void ask('cancelDebug');
    if (tally.run !== found?.run) return;
    counts = tally;
    drawCounts();
  });

  function typed(text) {
    setDefinition(text);
    list.parentElement.classList.add('stale');
    clearTimeout(timer);
    timer = setTimeout(run, DELAY);
  }

  async function run() {
    // Until it is edited, the pipeline follows the format of the lines.
    if (definition() === undefined && code.text !== first()) code.text = first();
    const text = code.text;
    const line = currentLine();
    asked += 1;
    const mine = asked;
    try {
      const answer = await ask('debug', { definition: text, line });
      // A run is superseded by a later one.
      if (mine !== asked || !list.isConnected) return;
      showProblem(answer.problem);
      list.parentElement.classList.toggle('stale', Boolean(answer.problem));
      if (answer.problem) return;
      ({ counts } = answer);
      found = { ...answer, line };
      follow(text);
      draw();
    } catch (error) {
      if (mine === asked) showProblem({ message: error.message });
    }
  }

  /** Computes the documents, their changes and the origins of their keys. */
  function follow(text) {
    steps = stepsOf(found, (start, end) => [unitsOf(text, start), unitsOf(text, end)], text);
    let before = steps[0].leaves;
    for (const step of steps.slice(1)) {
      step.before = before;
      step.leaves = step.doc ? leavesOf(step.doc) : before;
      step.changes = difference(before, step.leaves);
      before = step.leaves;
    }
    const all = origins(found.tokens ?? [], steps.slice(1).map(({ text: own, before: old, leaves, type }) => ({ text: own, before: old, after: leaves, isParse: type === 'aws_vpcflow' })));
    for (const [index, from] of all.entries()) steps[index + 1].origins = from;
  }

  function showProblem(wrong) {
    problem.hidden = !wrong;
    if (!wrong) return;
    const text = code.text;
    if (wrong.start === undefined) return fill(problem, shown(wrong.message, 600));
    const [start, end] = [unitsOf(text, wrong.start), unitsOf(text, wrong.end)];
    const { line, column } = placeOf(text, start);
    code.mark([{ start, end: Math.max(end, start + 1), kind: 'wrong' }]);
    return fill(problem, link(`Line ${line}, column ${column}`, () => code.reveal(start, end)), `: ${shown(wrong.message, 600)}`, wrong.path && element('code', ` (${shown(wrong.path, 120)})`));
  }

  const lastRun = () => steps.findLastIndex(({ status }) => status !== 'spare' && status !== 'unreached');
  const place = () => Math.min(at ?? lastRun(), steps.length - 1);

  /** Shows a step. The last one that ran stays so when processors are added. */
  function show(next, { isFocused = false } = {}) {
    if (next < 0 || next >= steps.length) return;
    at = next === lastRun() ? undefined : next;
    draw();
    const chosen = list.querySelector('[aria-current]');
    chosen.scrollIntoView({ block: 'nearest' });
    if (isFocused) chosen.focus();
  }

  function onKey(event) {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -place(), End: steps.length - 1 - place() }[event.key];
    if (by === undefined || !event.target.matches('.step')) return;
    event.preventDefault();
    show(place() + by, { isFocused: true });
  }

  function draw() {
    const chosen = place();
    const step = steps[chosen];
    back.disabled = chosen === 0;
    forward.disabled = chosen === steps.length - 1;
    position.textContent = `${found.lines ? `Line ${found.line + 1}, step` : 'Step'} ${chosen} of ${steps.length - 1}`;
    fill(list, ...steps.map((one, index) => element('li', { class: one.status },
      element('button', { type: 'button', class: 'step', tabindex: index === chosen ? '0' : '-1', 'aria-current': index === chosen ? 'step' : undefined, onclick: () => show(index, { isFocused: true }) },
        element('span', { class: `status ${one.status}` }, one.label), element('code', one.type), one.tag && element('span', shown(one.tag, 40)),
        one.changes && element('span.hint', numbersOf(one.changes))),
      index > 0 && element('span.tally'))));
    drawCounts();
    const marks = new Map(step.changes?.filter(([kind]) => kind !== 'removed').map(([kind, path]) => [path, kind]));
    linkPaths(found.line, found.tokens?.map((_, index) => [...(step.origins ?? [])].filter(([, from]) => from.includes(index)).map(([path]) => path)));
    const document = steps.slice(0, chosen + 1).findLast(({ doc }) => doc)?.doc;
    const { changes = [] } = step;
    fill(result,
      ...step.reasons.map(({ text, kind }) => element('p', { class: kind }, shown(text, 600))),
      changes.length > 0 && element('details', { open: changes.length < 8 }, element('summary', numbersOf(changes)),
        element('ul.changes', ...changes.map(([kind, path, value]) => element('li', { class: kind }, `${{ added: '+', removed: '−', changed: '~' }[kind]} ${path}: ${shown(value, 300)}`)))),
      document && !step.isEnd && treeOf(jsonOf(document), marks));
    code.mark(steps.flatMap(({ range, status }, index) => (range && (index === chosen || status === 'error') ? [{ start: range[0], end: range[1], kind: index === chosen ? `here ${status}` : status }] : [])));
  }

  /** Draws the counts of all lines. */
  function drawCounts() {
    if (!counts) return fill(whole, found.lines ? 'Counting …' : 'There are no lines to run it on.');
    const { documents, dropped, failed, first, read, lines, message } = counts;
    if (message) return fill(whole, shown(message, 200));
    const share = read < lines ? `${Math.floor((100 * read) / lines)} % of ` : '';
    // A shipper sends headers and wrong lines, too.
    const also = documents > page.log()?.stats.records ? ', also of headers and errors' : '';
    fill(whole, `${share}all lines: ${counted(documents, 'document')}${also}`, ...countsOf({ dropped, failed }, first).flatMap((part) => [', ', part]));
    for (const [index, item] of [...list.children].entries()) {
      const tally = counts.steps[steps[index].path];
      if (!tally) continue;
      const { changed, skipped, dropped: gone, error: failures, error_ignored: ignored } = tally;
      const { error, error_ignored: firstIgnored, ...others } = tally.first;
      const parts = countsOf({ changed, skipped, dropped: gone, failed: failures, 'failure ignored': ignored }, { ...others, failed: error, 'failure ignored': firstIgnored });
      fill(item.querySelector('.tally'), parts.length > 0 && 'all lines:', ...parts.flatMap((part) => [' ', part]));
    }
    return undefined;
  }

  run();
  return run;
}

/** Returns each number of lines as a button to the first of them. */
function countsOf(numbers, first) {
  return Object.entries(numbers).filter(([, number]) => number).map(([word, number]) =>
    button(`${grouped(number)} ${word}`, () => choose(first[word]), { class: 'link', title: `Select the first of these lines, ${first[word] + 1}` }));
}

function numbersOf(changes) {
  const count = { added: 0, removed: 0, changed: 0 };
  for (const [kind] of changes) count[kind] += 1;
  return Object.entries(count).filter(([, number]) => number).map(([kind, number]) => `${number} ${kind}`).join(', ') || 'no changes';
}
