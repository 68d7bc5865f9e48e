// Programs, configurations and tables for the format of the lines.

import { ask } from './client.js';
import { button, copy, download, element, fill, link, shown } from './dom.js';
import { athena, cli, cloudformation, terraform } from './exporters/aws.js';
import { lambda, node } from './exporters/code.js';
import { filebeat, otel, vector } from './exporters/shippers.js';
import { facts } from './facts.js';

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

const notRun = (document) => `Not run: written from ${document}.`;
const EC2 = 'the reference of CreateFlowLogs in the API of Amazon EC2, 2016-11-15';
const [CREATES, READS] = ['Creates a flow log with this format.', 'Reads the objects that the bucket reports.'];
const TESTS = 'The tests of vpcflow-ecs';
const YAML_ONLY = `${TESTS} read it with the package yaml 2.9.1.`;

/**
 * The exports by id. `mark` starts a comment, and `checked` says how the tests of this project check the export.
 *
 * @type {Record<string, { label: string, file: string, note: string, mark?: string, checked: string, make: Function }>}
 */
const TARGETS = {
  node: { label: 'Node.js', file: 'flow-logs.mjs', mark: '//', note: 'A program that converts lines to NDJSON with this package.',
    checked: `${TESTS} run it, and compare its documents with those of the package.`, make: node },
  lambda: { label: 'AWS Lambda', file: 'index.mjs', mark: '//', note: 'A function that sends documents from Amazon S3 or CloudWatch Logs to Elasticsearch with this package.',
    checked: `${TESTS} run it with events of CloudWatch Logs, and with moto 5 as a stand-in for Amazon S3 and SQS.`, make: lambda },
  pipeline: { label: 'Elasticsearch pipeline', file: 'pipeline.json', note: 'PUT _ingest/pipeline/aws-vpcflow: only built-in processors, which create the same documents as this package.',
    checked: `${TESTS} compare such pipelines with Elasticsearch 7.10.2.`,
    make: async ({ format, shape, guess }) => {
      const pipeline = await ask('elastic', { what: 'pipeline', format, shape });
      return json(guess ? { ...pipeline, description: [pipeline.description, guess].filter(Boolean).join(' ') } : pipeline);
    } },
  template: { label: 'Elasticsearch template', file: 'template.json', note: 'Index and component templates of the data stream logs-aws.vpcflow-*. They fit every format.',
    checked: `${TESTS} put it into OpenSearch and Elasticsearch.`, make: async ({ shape }) => json(await ask('elastic', { what: 'template', shape })) },
  filebeat: { label: 'Filebeat', file: 'filebeat.yml', mark: '#', note: READS,
    checked: `${notRun('the reference of the processor parse_aws_vpc_flow_log, which knows the versions 2 to 8')} ${YAML_ONLY}`, make: filebeat },
  vector: { label: 'Vector', file: 'vector.yaml', mark: '#', note: READS,
    checked: `${notRun('the references of Vector and of the function parse_aws_vpc_flow_log, vrl 0.38.0, which knows the versions 2 to 11')} ${YAML_ONLY} They run the function where the crate vrl is built.`, make: vector },
  otel: { label: 'OpenTelemetry Collector', file: 'otel.yaml', mark: '#', note: 'Requires the contrib distribution.',
    checked: `Not run, and not compared with a release: check the keys of the extension awslogsencodingextension and of the receiver before use. ${YAML_ONLY}`, make: otel },
  athena: { label: 'Amazon Athena', file: 'vpc_flow_logs.sql', mark: '--', note: 'A table of the files in Amazon S3.',
    checked: notRun("AWS's statement for flow logs in the user guide of Athena"), make: athena },
  cli: { label: 'AWS CLI', file: 'create-flow-logs.sh', mark: '#', note: CREATES,
    checked: `${notRun(EC2)} ${TESTS} read it with a shell.`, make: cli },
  cloudformation: { label: 'AWS CloudFormation', file: 'flow-log.yaml', mark: '#', note: CREATES,
    checked: `${notRun(`${EC2}, whose names the resource has`)} ${YAML_ONLY}`, make: cloudformation },
  terraform: { label: 'Terraform', file: 'flow_log.tf', mark: '#', note: CREATES,
    checked: notRun('the reference of the resource aws_flow_log; the names in tag_field_specification are those of the API of Amazon EC2'), make: terraform },
};

const GUESS = "The format was inferred from the values of lines. Compare it with the flow log's own, as aws ec2 describe-flow-logs shows it.";

/** Returns a text with comments at its start, in lines of at most 120 characters. */
function commented(text, mark, sentences) {
  if (!mark) return text;
  const lines = sentences.flatMap((sentence) => sentence.match(/\S.{0,110}(?=\s|$)/g) ?? []);
  return lines.map((line) => `${mark} ${line}\n`).join('') + text;
}

/** Returns a field of a compiled format with its row of the table; a field that AWS does not document holds text. */
const withFacts = (field) => ({ type: 'string', kind: 'text', logTypes: ['vpc', 'tgw'], ...facts.field(field.name), ...field });

let chosen = 'node';

export function exportView(box, page) {
  const select = element('select', { 'aria-label': 'Export as', onchange: () => ((chosen = select.value), draw()) },
    ...Object.entries(TARGETS).map(([id, { label }]) => element('option', { value: id, selected: id === chosen }, label)));
  let text = '';
  let latest = 0;
  page.tools(select, page.picker, element('span.hint'),
    button('Copy', () => text && copy(text), { class: 'small' }),
    button('Download', () => text && download(TARGETS[chosen].file, text), { class: 'small' }));

  async function draw() {
    latest += 1;
    const mine = latest;
    // The panel is that of another view, or a later drawing has begun.
    const isOver = () => mine !== latest || !select.isConnected;
    const id = chosen;
    const { file, note, mark, checked, make } = TARGETS[id];
    const shape = page.shape();
    const { certainty, unresolved = [] } = page.certainty();
    text = '';
    // A template is for every format.
    if (certainty === 'open' && id !== 'template') return fill(box, questionOf(unresolved, page));
    const { compiled, problem } = await ask('compile', { format: page.format() });
    if (isOver()) return undefined;
    if (!compiled) return fill(box, element('p.empty', `The format is invalid: ${shown(problem.message)}`));
    const guess = certainty === 'inferred' && id !== 'template' ? GUESS : undefined;
    let made;
    try {
      made = await make({ ...compiled, fields: compiled.fields.map(withFacts), schema: shape.schema, mode: shape.mode, shape, guess });
    } catch (error) {
      if (isOver()) return undefined;
      return fill(box, element('p.empty.wrong', `This export is not available: ${shown(error.message, 300)}`));
    }
    if (isOver()) return undefined;
    text = commented(made, mark, [guess, checked].filter(Boolean));
    return fill(box, element('div.export-code',
      element('p', element('code', file), ` ${note} ${checked}`),
      guess && element('p.warning', guess),
      element('pre', { tabindex: 0, 'aria-label': file }, text)));
  }
  // The format can change while the view is open.
  const ended = new AbortController();
  const onChange = () => (select.isConnected ? draw() : ended.abort());
  for (const event of ['lines-read', 'format-detected']) addEventListener(event, onChange, { signal: ended.signal });
  draw();
  return draw;
}

const fieldsOf = (names) => (names.length === 0 ? 'not a field that AWS documents' : shown(names.slice(0, 6).join(' or '), 300) + (names.length > 6 ? ` or ${names.length - 6} others` : ''));

/** Returns the question that the lines leave open. An export would be for a format that nobody has chosen. */
function questionOf(unresolved, page) {
  const columns = unresolved.slice(0, 12).map(({ index, field, alternatives = [] }) =>
    element('li', `Column ${index + 1}: ${fieldsOf([field, ...alternatives].filter(Boolean))}`));
  return element('div.empty',
    element('p', 'There is no export yet: the lines do not determine the format, and a configuration with a wrong one reads all later lines wrongly.'),
    columns.length > 0 && element('ul', ...columns),
    element('p', 'Select the fields above the lines. Or ', link('use the likeliest format', page.acceptFormat), '.'));
}
