// The line above the lines: the layers around the records, which can be switched off, and warnings.

import { byId, button, element, fill, shown } from './dom.js';

const box = byId('layers');

/** False if the lines are read as they are. */
let isOn = true;
let onchange = () => {};

/** True if layers are peeled. */
export const peels = () => isOn;

export function startLayers(change) {
  onchange = change;
}

/** Sets whether layers are peeled, without a change of the lines. */
export function setPeels(next) {
  isOn = next;
}

const LABELS = {
  gzip: 'gzip', zstd: 'zstd', parquet: 'Parquet', 'utf-16le': 'UTF-16', 'utf-16be': 'UTF-16', base64: 'base64', list: 'JSON list',
  'json values': 'JSON values', 'cloudwatch-subscription': 'CloudWatch subscription', 'log-events': 'CloudWatch log events',
  awslogs: 'Lambda event', firehose: 'Firehose records', kinesis: 'Kinesis records', 'insights-results': 'Logs Insights results',
  'athena-results': 'Athena results', quotes: 'quotes', spaces: 'other spaces', tabs: 'tabs between records', csv: 'CSV',
  number: 'numbers', 'end ,': 'commas at the end', 'end ;': 'semicolons at the end', 'csv ;': 'CSV with semicolons', tsv: 'TSV', fields: 'JSON fields', 'events logEvents': 'CloudWatch subscription', 'events events': 'CloudWatch log events',
};

const MORE = [
  [/^json (.+)$/, ([, key]) => `"${key}"`],
  [/^(prefix|suffix) (\d+)$/, ([, kind, count]) => `${count} ${count === '1' ? 'token' : 'tokens'} ${kind === 'prefix' ? 'before' : 'after'}`],
];

/** Returns the words of a layer for people. */
export function labelOf(layer) {
  if (LABELS[layer]) return LABELS[layer];
  const [pattern, label] = MORE.find(([one]) => one.test(layer)) ?? [];
  return label ? label(pattern.exec(layer)) : layer;
}

/** Shows layers from outside in, and warnings. `before` is the text before the record of the first line. */
export function showLayers(layers, warnings, before = '') {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(?:Z|[+-]\d\d:\d\d)\s+$/.test(before);
  const names = layers.map((layer) => (layer === 'prefix 1' && isTime ? 'CloudWatch time' : labelOf(layer))).filter((label, index, all) => label !== all[index - 1]);
  box.hidden = isOn && names.length === 0 && warnings.length === 0;
  const path = [...names, 'flow log'].flatMap((label, index) => [index > 0 && element('span', { class: 'arrow', 'aria-hidden': 'true' }, ' › '), element('span', { class: 'layer' }, shown(label, 40))]);
  const turn = (next) => () => onchange(next);
  fill(box,
    isOn && names.length > 0 && element('p', {}, element('span', { class: 'hint' }, 'Records inside '), ...path, ' ', button('Read the lines as they are', turn(false), { class: 'link' })),
    !isOn && element('p', {}, element('span', { class: 'hint' }, 'The lines are read as they are. '), button('Look for layers around records', turn(true), { class: 'link' })),
    ...warnings.slice(0, 5).map((warning) => element('p', { class: 'warning' }, shown(warning, 300))),
    warnings.length > 5 && element('p', { class: 'hint' }, `${warnings.length - 5} more warnings`));
}
