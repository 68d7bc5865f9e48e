// The line above the lines: the layers around the records, which can be switched off, and warnings.

import { button, byId, element, fill, hint, link, shown } from './dom.js';

const box = byId('layers');

/** True if layers are found and peeled; false if the lines are read as they are; else the layers within a line that are peeled. */
let isOn = true;
let onchange = () => {};

/** Returns the option `layers` of the package: true, false, or a list. */
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

/** Compression and encodings, without which there are no lines. */
const CONTAINERS = ['gzip', 'zstd', 'parquet', 'utf-16le', 'utf-16be'];

/** Layers that the parser finds beside those that are given: without one of them, lines are read as they are. */
const FOUND_ALWAYS = /^(?:json|events|fields)/;

/**
 * Shows layers from outside in, and warnings. Each layer can be removed, with those inside it.
 *
 * @param {{ outer: string[], inner: string[], warnings: string[], text?: string, offer?: { layers: string[], accept: () => void } }} found
 *   the layers around the text and within its lines. `text` is the first line, and `offer` has the layers of a text that was
 *   inserted, with the function that decodes it.
 */
export function showLayers({ outer, inner, warnings, text = '', offer }) {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(?:Z|[+-]\d\d:\d\d)\s/.test(text);
  const turn = (next) => () => onchange(next);
  // Without a record, the parser reports no layers.
  const within = inner.length === 0 && Array.isArray(isOn) ? isOn : inner;
  const chips = [
    ...outer.map((layer) => ({ label: labelOf(layer), without: CONTAINERS.includes(layer) ? undefined : false })),
    ...within.map((layer, index) => ({ label: layer === 'prefix 1' && isTime ? 'CloudWatch time' : labelOf(layer), without: FOUND_ALWAYS.test(layer) ? false : within.slice(0, index) })),
  ].filter(({ label }, index, all) => label !== all[index - 1]?.label);
  const path = chips.flatMap(({ label, without }) => [
    element('span.around', element('span.layer', shown(label, 40)),
      without !== undefined && button('✕', turn(without), { class: 'link', title: `Do not peel ${shown(label, 40)}`, 'aria-label': `Do not peel ${shown(label, 40)}` })),
    element('span.arrow', { 'aria-hidden': 'true' }, ' › '),
  ]);
  const isLess = isOn !== true;
  box.hidden = !isLess && chips.length === 0 && warnings.length === 0 && !offer;
  fill(box,
    isOn && chips.length > 0 && element('p', element('span.hint', 'Records inside '), ...path, element('span.layer', 'flow log'), ' ',
      !isLess && link('Read the lines as they are', turn(false))),
    isLess && element('p', element('span.hint', isOn ? 'Other layers are not peeled. ' : 'The lines are read as they are. '), link('Look for layers around records', turn(true))),
    offer && element('p', element('span.hint', 'The inserted text has layers: '), shown(offer.layers.map(labelOf).join(' › '), 200), '. ', link('Decode it', offer.accept)),
    ...warnings.slice(0, 5).map((warning) => element('p.warning', shown(warning, 300))),
    warnings.length > 5 && hint(`${warnings.length - 5} more warnings`));
}
