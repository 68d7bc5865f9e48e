// Bars over time. A click on a bar, or a span of bars that was dragged over, filters the lines.

import { counted, element, hint, isCoarse } from './dom.js';
import { isLocal, stampOf, zoneName } from './times.js';

const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT] = [720, 120];
const UNITS = [[31_536_000, 'year'], [2_592_000, 'month'], [604_800, 'week'], [86_400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second']];
const HELP = isCoarse() ? 'Drag over bars to select a span of time.' : 'Drag over bars, or hold Shift with the arrow keys, to select a span of time.';

const svg = (name, attributes, ...content) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
};

function stepName(step) {
  const [size, name] = UNITS.find(([seconds]) => step % seconds === 0);
  return counted(step / size, name);
}

/** Returns the start of a bar, as exactly as bars of that length need. */
function startOf(seconds, step) {
  const stamp = stampOf(seconds * 1000);
  return step >= 86_400 && !isLocal() ? stamp.slice(0, 10) : step >= 60 ? stamp.slice(0, 16) : stamp;
}

/**
 * Returns the chart of bars over time, accepted below rejected. Each bar is a button.
 *
 * @param {{ step: number, bars: { from: number, sums: number[] }[] }} time as `Columns.summary` returns it
 * @param {{ amount: (value: number) => string, filter: (span: { from: number, to: number }) => void }} parts
 */
export function timeLine({ step, bars }, { amount, filter }) {
  const said = bars.length ? ` ${zoneName(bars[0].from * 1000)}, ${stepName(step)} per bar` : '';
  const section = element('section.chart.wide', element('h2', 'Over time', element('small', said)));
  if (bars.length === 0) {
    section.append(hint('The lines have no start time.'));
    return section;
  }
  const most = Math.max(...bars.map(({ sums }) => sums[0] + sums[1] + sums[2]), 1);
  const each = WIDTH / bars.length;
  const groups = bars.map(({ from, sums }, index) => {
    let y = HEIGHT;
    const parts = [1, 0, 2].map((kind) => {
      const size = (sums[kind] / most) * HEIGHT;
      y -= size;
      return svg('rect', { class: `bar-${kind}`, x: index * each + 0.5, width: Math.max(1, each - 1), y, height: size });
    });
    const words = `${startOf(from, step)}: ${amount(sums[1])} accepted, ${amount(sums[2])} rejected${sums[0] ? `, ${amount(sums[0])} without action` : ''}`;
    return svg('g', { class: 'bar-button', role: 'button', tabindex: index === 0 ? 0 : -1, 'data-key': from, 'aria-label': words },
      svg('title', {}, words), svg('rect', { class: 'bar-back', x: index * each, width: each, y: 0, height: HEIGHT }), ...parts);
  });
  const brush = svg('rect', { class: 'brush', y: 0, width: 0, height: HEIGHT, 'aria-hidden': 'true' });
  const chart = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'group', 'aria-label': 'Traffic over time' }, ...groups, brush);
  const help = element('p.hint.brush-help', { role: 'status' }, HELP);
  const axis = element('div.axis', { 'aria-hidden': 'true' }, ...[...new Set([bars[0], bars[Math.floor(bars.length / 2)], bars.at(-1)])].map(({ from }) => element('span', startOf(from, step))));
  startBrush(chart, groups, {
    /** Shows a span of bars; undefined for none. */
    show(span) {
      brush.setAttribute('x', span ? span[0] * each : 0);
      brush.setAttribute('width', span ? (span[1] - span[0] + 1) * each : 0);
      if (!span) return void (help.textContent = HELP);
      const sum = bars.slice(span[0], span[1] + 1).reduce((total, { sums }) => total + sums[0] + sums[1] + sums[2], 0);
      help.textContent = `${startOf(bars[span[0]].from, step)} to ${startOf(bars[span[1]].from + step, step)}: ${amount(sum)}. Enter, or the end of the drag, shows these lines.`;
      return undefined;
    },
    // A span without flows would hide the chart.
    choose: ([first, last]) => bars.slice(first, last + 1).some(({ sums }) => sums.some(Boolean)) && filter({ from: bars[first].from, to: bars[last].from + step }),
  });
  section.append(element('div.time', element('span.most', amount(most)), chart), axis, help);
  return section;
}

/** Lets the pointer and the keyboard select bars, and spans of them. */
function startBrush(chart, groups, { show, choose }) {
  /** The bar where a span began, and its other end. */
  let [anchor, end] = [-1, -1];
  const span = () => (anchor < 0 || anchor === end ? undefined : [Math.min(anchor, end), Math.max(anchor, end)]);
  const indexAt = ({ clientX }) => {
    const { left, width } = chart.getBoundingClientRect();
    return Math.max(0, Math.min(groups.length - 1, Math.floor(((clientX - left) / width) * groups.length)));
  };
  const drop = () => {
    [anchor, end] = [-1, -1];
    show(undefined);
  };
  chart.addEventListener('pointerdown', (event) => {
    if (event.button === 0) anchor = end = indexAt(event);
  });
  chart.addEventListener('pointermove', (event) => {
    if (anchor < 0 || !(event.buttons & 1)) return;
    end = indexAt(event);
    // From now on, the click at the end of the drag is one on the chart, not on a bar.
    if (anchor !== end) chart.setPointerCapture(event.pointerId);
    show(span());
  });
  chart.addEventListener('pointerup', () => {
    const chosen = span();
    drop();
    if (chosen) choose(chosen);
  });
  chart.addEventListener('pointercancel', drop);
  chart.addEventListener('click', ({ target }) => {
    const index = groups.indexOf(target.closest('.bar-button'));
    if (index >= 0) choose([index, index]);
  });
  chart.addEventListener('keydown', (event) => {
    const index = groups.indexOf(event.target.closest('.bar-button'));
    const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: groups.length - 1 }[event.key];
    const next = groups[to];
    if (event.key === 'Escape' && anchor >= 0) drop();
    else if (event.key === 'Enter' || event.key === ' ') choose(span() ?? [index, index]);
    else if (next) {
      groups[index].setAttribute('tabindex', -1);
      next.setAttribute('tabindex', 0);
      next.focus();
      if (!event.shiftKey) return event.preventDefault(), drop();
      if (anchor < 0) anchor = index;
      end = to;
      show(span());
    } else return undefined;
    return event.preventDefault();
  });
}
