// Programs, configurations and tables for the format of the lines.

import { ask } from './client.js';
import { button, copy, download, element, fill, shown } from './dom.js';
import { athena, cli, terraform } from './exporters/aws.js';
import { lambda, node } from './exporters/code.js';
import { filebeat, otel, vector } from './exporters/shippers.js';
import { facts } from './facts.js';

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

/** The exports by id: a label, a file name, a description, and the function that returns the text. */
export const TARGETS = {
  node: ['Node.js', 'flow-logs.mjs', 'A program that converts lines to NDJSON with this package.', node],
  lambda: ['AWS Lambda', 'index.mjs', 'A function that sends documents from Amazon S3 or CloudWatch Logs to Elasticsearch with this package.', lambda],
  pipeline: ['Elasticsearch pipeline', 'pipeline.json', 'PUT _ingest/pipeline/aws-vpcflow: only built-in processors, which create the same documents as this package.',
    async ({ format, shape }) => json(await ask('elastic', { what: 'pipeline', format, shape }))],
  template: ['Elasticsearch template', 'template.json', 'Index and component templates of the data stream logs-aws.vpcflow-*.',
    async ({ shape }) => json(await ask('elastic', { what: 'template', shape }))],
  filebeat: ['Filebeat', 'filebeat.yml', 'Reads the objects that the bucket reports.', filebeat],
  vector: ['Vector', 'vector.yaml', 'Reads the objects that the bucket reports.', vector],
  otel: ['OpenTelemetry Collector', 'otel.yaml', 'Reads uncompressed files. Requires the contrib distribution.', otel],
  athena: ['Amazon Athena', 'vpc_flow_logs.sql', 'A table of the files in Amazon S3.', athena],
  cli: ['AWS CLI', 'create-flow-logs.sh', 'Creates a flow log with this format.', cli],
  terraform: ['Terraform', 'flow_log.tf', 'Creates a flow log with this format.', terraform],
};

/** Returns a field of a compiled format with its row of the table; a field that AWS does not document holds text. */
export const withFacts = (field) => ({ type: 'string', kind: 'text', logTypes: ['vpc', 'tgw'], ...facts.field(field.name), ...field });

let chosen = 'node';

export function exportView(box, page) {
  const select = element('select', { 'aria-label': 'Export as', onchange: () => ((chosen = select.value), draw()) },
    ...Object.entries(TARGETS).map(([id, [label]]) => element('option', { value: id, selected: id === chosen }, label)));
  let text = '';
  page.tools(select, page.picker, element('span', { class: 'hint' }),
    button('Copy', () => copy(text), { class: 'small' }),
    button('Download', () => download(TARGETS[chosen][1], text), { class: 'small' }));

  async function draw() {
    const [, name, note, make] = TARGETS[chosen];
    const shape = page.shape();
    const { compiled, problem } = await ask('compile', { format: page.format() });
    if (!compiled) return fill(box, element('p', { class: 'empty' }, `The format is invalid: ${shown(problem.message)}`));
    try {
      text = await make({ ...compiled, fields: compiled.fields.map(withFacts), schema: shape.schema, mode: shape.mode, shape });
    } catch (error) {
      text = '';
      return fill(box, element('p', { class: 'empty wrong' }, `This export is not available: ${shown(error.message, 300)}`));
    }
    return fill(box, element('div', { class: 'export-code' },
      element('p', {}, element('code', {}, name), ` ${note}`), element('pre', { tabindex: 0, 'aria-label': name }, text)));
  }
  draw();
  return draw;
}
