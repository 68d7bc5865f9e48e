// Charts of the log: traffic over time, and the most frequent addresses, ports, protocols and interfaces. A click filters
// the lines.

import { ask, generation } from './client.js';
import { byteSize, counted, element, fill, grouped } from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const NAMES = ['without action', 'accepted', 'rejected'];
const PORTS = { 20: 'ftp', 22: 'ssh', 23: 'telnet', 25: 'smtp', 53: 'dns', 80: 'http', 123: 'ntp', 443: 'https', 445: 'smb', 1433: 'mssql', 2049: 'nfs', 3306: 'mysql', 3389: 'rdp', 5432: 'postgresql', 6379: 'redis', 8080: 'http', 9200: 'elasticsearch', 27017: 'mongodb' };
let weight = 'flows';

export function pictureView(box, page) {
  const choice = (name) => {
    const input = element('input', { type: 'radio', name: 'weight', value: name, checked: name === weight, onchange: () => ((weight = name), draw()) });
    return element('label', {}, input, ` ${name}`);
  };
  const legend = element('span', { class: 'legend' }, ...[1, 2, 0].map((index) => element('span', { class: `key-${index}` }, NAMES[index])));
  const body = element('div', { class: 'picture' });
  page.tools(element('fieldset', {}, element('legend', {}, 'Count'), ...['flows', 'bytes', 'packets'].map(choice)), legend);
  fill(box, body);

  async function draw() {
    const mine = generation;
    const found = await ask('picture', { weight }).catch(() => undefined);
    if (mine !== generation) return;
    if (!found?.records) {
      fill(body, element('p', { class: 'empty' }, page.lines() ? 'No flow matches the filter.' : 'Charts of the log are shown here: traffic over time, by address, port, protocol and interface.'));
      return;
    }
    const { filter } = page;
    const focused = body.contains(document.activeElement) && document.activeElement.dataset.key;
    fill(body,
      timeLine(found.time, filter),
      ranking('Top talkers', found.talkers, (name) => name, (name) => filter({ address: name })),
      ranking('Destination ports', found.ports, (name) => (PORTS[name] ? `${name} ${PORTS[name]}` : String(name)), (name) => filter({ port: name })),
      ranking('Protocols', found.protocols, (name) => found.names[name] ?? `protocol ${name}`, (name) => filter({ protocol: name })),
      ranking('Rejects by interface', found.rejects, (name) => name, (name) => filter({ place: name, action: 'REJECT' }), 'No flow was rejected.'));
    // The keyboard focus stays at the same button, or goes to the first.
    const buttons = focused ? [...body.querySelectorAll('[data-key]')] : [];
    const same = buttons.find(({ dataset }) => dataset.key === focused) ?? buttons[0];
    if (same?.matches('.bar-button')) for (const bar of body.querySelectorAll('.bar-button')) bar.setAttribute('tabindex', bar === same ? 0 : -1);
    same?.focus();
  }
  draw();
  return draw;
}

const amount = (value) => (weight === 'bytes' ? byteSize(value) : grouped(Math.round(value)));

function ranking(title, rows, label, choose, none = 'The lines have no such field.') {
  const most = Math.max(...rows.map(({ total }) => total), 1);
  const items = rows.map(({ name, sums, total }) => {
    const bars = [1, 2, 0].map((index) => {
      const bar = element('span', { class: `bar-${index}` });
      bar.style.width = `${(sums[index] / most) * 100}%`;
      return bar;
    });
    const said = [1, 2, 0].filter((index) => sums[index]).map((index) => `${amount(sums[index])} ${NAMES[index]}`).join(', ');
    return element('li', {}, element('button', { type: 'button', class: 'rank', 'data-key': `${title} ${name}`, onclick: () => choose(name), title: `${said}: show these lines` },
      element('span', { class: 'rank-name' }, label(name)), element('span', { class: 'rank-bar', 'aria-hidden': 'true' }, ...bars), element('span', { class: 'rank-total' }, amount(total))));
  });
  return element('section', { class: `chart${rows.every(({ name }) => typeof name === 'number') ? ' short' : ''}` }, element('h3', {}, title), items.length ? element('ol', {}, ...items) : element('p', { class: 'hint' }, none));
}

const svg = (name, attributes, ...content) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
};

const timeOf = (seconds, step) => {
  const text = new Date(seconds * 1000).toISOString();
  return step >= 86_400 ? text.slice(0, 10) : step >= 60 ? text.slice(5, 16).replace('T', ' ') : text.slice(11, 19);
};

/** Returns bars over time, accepted below rejected. Each bar is a button. */
function timeLine({ step, bars }, filter) {
  const section = element('section', { class: 'chart wide' }, element('h3', {}, 'Over time', element('small', {}, bars.length ? ` UTC, ${stepName(step)} per bar` : '')));
  if (bars.length === 0) {
    section.append(element('p', { class: 'hint' }, 'The lines have no start time.'));
    return section;
  }
  const [width, height] = [720, 120];
  const most = Math.max(...bars.map(({ sums }) => sums[0] + sums[1] + sums[2]), 1);
  const each = width / bars.length;
  const drawn = bars.map(({ from, sums }, index) => {
    let y = height;
    const parts = [1, 0, 2].map((kind) => {
      const size = (sums[kind] / most) * height;
      y -= size;
      return svg('rect', { class: `bar-${kind}`, x: index * each + 0.5, width: Math.max(1, each - 1), y, height: size });
    });
    const words = `${timeOf(from, step)}: ${amount(sums[1])} accepted, ${amount(sums[2])} rejected${sums[0] ? `, ${amount(sums[0])} without action` : ''}`;
    const group = svg('g', { class: 'bar-button', role: 'button', tabindex: index === 0 ? 0 : -1, 'data-key': from, 'aria-label': words },
      svg('title', {}, words), svg('rect', { class: 'bar-back', x: index * each, width: each, y: 0, height }), ...parts);
    const choose = () => filter({ from, to: from + step });
    group.addEventListener('click', choose);
    group.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') choose();
      const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const next = move && group.parentNode.children[index + move];
      if (next) {
        group.setAttribute('tabindex', -1);
        next.setAttribute('tabindex', 0);
        next.focus();
      }
      if (move || event.key === ' ') event.preventDefault();
    });
    return group;
  });
  const chart = svg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'group', 'aria-label': 'Traffic over time' }, ...drawn);
  const axis = element('div', { class: 'axis' }, ...[...new Set([bars[0], bars[Math.floor(bars.length / 2)], bars.at(-1)])].map(({ from }) => element('span', {}, timeOf(from, step))));
  section.append(element('div', { class: 'time' }, element('span', { class: 'most' }, amount(most)), chart), axis);
  return section;
}

const UNITS = [[31_536_000, 'year'], [2_592_000, 'month'], [604_800, 'week'], [86_400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second']];

function stepName(step) {
  const [size, name] = UNITS.find(([seconds]) => step % seconds === 0);
  return counted(step / size, name);
}
