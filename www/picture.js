// Charts of the log: traffic over time, and the most frequent addresses, ports, protocols and interfaces. A click filters
// the lines.

import { ask, generation } from './client.js';
import { byteSize, element, fill, grouped, hint } from './dom.js';
import { timeLine } from './timeline.js';

const NAMES = ['without action', 'accepted', 'rejected'];
const PORTS = { 20: 'ftp', 22: 'ssh', 23: 'telnet', 25: 'smtp', 53: 'dns', 80: 'http', 123: 'ntp', 443: 'https', 445: 'smb', 1433: 'mssql', 2049: 'nfs', 3306: 'mysql', 3389: 'rdp', 5432: 'postgresql', 6379: 'redis', 8080: 'http', 9200: 'elasticsearch', 27017: 'mongodb' };
let weight = 'flows';

export function pictureView(box, page) {
  const choice = (name) => {
    const input = element('input', { type: 'radio', name: 'weight', value: name, checked: name === weight, onchange: () => ((weight = name), draw()) });
    return element('label', input, ` ${name}`);
  };
  const legend = element('span.legend', ...[1, 2, 0].map((index) => element('span', { class: `key-${index}` }, NAMES[index])));
  const body = element('div.picture');
  page.tools(element('fieldset', element('legend', 'Count'), ...['flows', 'bytes', 'packets'].map(choice)), legend);
  fill(box, body);

  async function draw() {
    const mine = generation;
    const found = await ask('picture', { weight }).catch(() => undefined);
    if (mine !== generation) return;
    if (!found?.records) {
      fill(body, element('p.empty', page.lines() ? 'No flow matches the filter.' : 'Charts of the log are shown here: traffic over time, by address, port, protocol and interface.'));
      return;
    }
    const { filter } = page;
    // All bars of all rankings have one scale.
    const most = Math.max(...[found.talkers, found.ports, found.protocols, found.rejects].flat().map(({ total }) => total), 1);
    const focused = body.contains(document.activeElement) && document.activeElement.dataset.key;
    fill(body,
      timeLine(found.time, { amount, filter }),
      ...[
        ['Top talkers', found.talkers, (name) => name, (name) => filter({ address: name })],
        ['Destination ports', found.ports, (name) => (PORTS[name] ? `${name} ${PORTS[name]}` : String(name)), (name) => filter({ port: name })],
        ['Protocols', found.protocols, (name) => found.names[name] ?? `protocol ${name}`, (name) => filter({ protocol: name })],
        ['Rejects by interface', found.rejects, (name) => name, (name) => filter({ interface: name, action: 'REJECT' }), 'No flow was rejected.'],
      ].map(([title, ...chart]) => ranking(title, most, ...chart)));
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

function ranking(title, most, rows, label, choose, none = 'The lines have no such field.') {
  const items = rows.map(({ name, sums, total }) => {
    const bars = [1, 2, 0].map((index) => {
      const bar = element('span', { class: `bar-${index}` });
      bar.style.width = `${(sums[index] / most) * 100}%`;
      return bar;
    });
    const said = [1, 2, 0].filter((index) => sums[index]).map((index) => `${amount(sums[index])} ${NAMES[index]}`).join(', ');
    return element('li', element('button', { type: 'button', class: 'rank', 'data-key': `${title} ${name}`, onclick: () => choose(name), title: `${said}: show these lines` },
      element('span.rank-name', label(name)), element('span.rank-bar', { 'aria-hidden': 'true' }, ...bars), element('span.rank-total', amount(total))));
  });
  return element('section.chart', element('h2', title), items.length ? element('ol', ...items) : hint(none));
}
