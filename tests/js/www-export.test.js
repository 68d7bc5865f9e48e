// The exports of the page for a format: programs that run, and configurations that quote the format correctly.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { parse as parseYaml } from 'yaml';
import { athena, cli, cloudformation, terraform } from '../../www/exporters/aws.js';
import { lambda, node } from '../../www/exporters/code.js';
import { filebeat, otel, vector } from '../../www/exporters/shippers.js';
import { OPEN_LINES, PLAIN, linesOf } from './logs.js';
import { startCluster } from './cluster.js';
import { close, downloaded, onPage, open, screenshot, tab, write } from './playground.js';
import { imported, packageRoot, repository } from './package.js';
import { BAD, GOOD, OTHER } from './samples.js';

/** Returns a format as the page gives it to the exporters. */
function formatOf(text, schema = 'ecs', mode = 'ecs') {
  const compiled = imported.compileFormat(text);
  const facts = new Map(imported.fields().map((field) => [field.name, field]));
  const unknown = { type: 'string', kind: 'text', logTypes: ['vpc', 'tgw'] };
  return { ...compiled, fields: compiled.fields.map((field) => ({ ...unknown, ...facts.get(field.name), ...field })), schema, mode };
}

let folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vpcflow-ecs-export-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(packageRoot, join(folder, 'node_modules/vpcflow-ecs'), 'dir');
  await open();
});
after(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

test('the Node.js program runs and writes the documents', () => {
  writeFileSync(join(folder, 'flow-logs.mjs'), node(formatOf('default', 'beats', 'original')));
  writeFileSync(join(folder, 'flow.log.gz'), gzipSync([GOOD, BAD, OTHER].join('\n')));
  const stdout = execFileSync(process.execPath, ['flow-logs.mjs', 'flow.log.gz'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const expected = [GOOD, OTHER].map((line) => imported.parse(line, 'default', { schema: 'beats', mode: 'original' }));
  assert.deepStrictEqual(stdout.trimEnd().split('\n').map((line) => JSON.parse(line)), expected);
});

test('the Node.js program ends when its reader goes away', async () => {
  writeFileSync(join(folder, 'flow-logs.mjs'), node(formatOf('default')));
  writeFileSync(join(folder, 'long.log'), `${GOOD}\n`.repeat(100_000));
  const child = spawn(process.execPath, ['flow-logs.mjs', 'long.log'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => { stderr += chunk; });
  child.stdout.once('data', () => child.stdout.destroy());
  const status = await new Promise((resolve) => { child.on('close', resolve); });
  assert.equal(status, 0, stderr);
  // It has read as much as its reader took, and not the whole file.
  assert.ok(Number(/events: (\d+)/.exec(stderr)[1]) < 50_000, stderr);
});

// Those for Amazon S3 need its client: tests/aws/.
test('the Lambda function for CloudWatch Logs runs and sends the documents', async (context) => {
  const cluster = await startCluster();
  context.after(() => cluster.close());
  writeFileSync(join(folder, 'index.mjs'), lambda(formatOf('default')));
  Object.assign(process.env, { ELASTICSEARCH_URL: `${cluster.url}/path`, ELASTICSEARCH_API_KEY: 'key', NAMESPACE: 'prod' });
  const { cloudWatch, queue, s3 } = await import(pathToFileURL(join(folder, 'index.mjs')).href);
  const event = (message) => ({ awslogs: { data: gzipSync(JSON.stringify(message)).toString('base64') } });
  const lines = [GOOD, BAD, OTHER];
  for (let time = 0; time < 2; time++) {
    await cloudWatch(event({ messageType: 'DATA_MESSAGE', logEvents: lines.map((message) => ({ message })) }));
  }
  const parser = new imported.Parser({ format: 'default', dataStream: { namespace: 'prod' } });
  const documents = [...cluster.documents.values()];
  assert.deepStrictEqual([documents[0], documents[2]], [GOOD, OTHER].map((line) => parser.parse(line)));
  assert.deepStrictEqual([documents.length, documents[1].event.kind], [3, 'pipeline_error']);
  const [{ path, headers, count }, ...others] = cluster.requests;
  assert.deepStrictEqual([path.split('?')[0], headers.authorization, count, others.length], ['/path/_bulk', 'ApiKey key', 3, 1]);

  await cloudWatch(event({ messageType: 'CONTROL_MESSAGE', logEvents: [{ message: 'CWL CONTROL MESSAGE' }] }));
  const test = { Service: 'Amazon S3', Event: 's3:TestEvent' };
  await s3(test);
  assert.deepStrictEqual(await queue({ Records: [{ messageId: '1', body: JSON.stringify(test) }] }), { batchItemFailures: [] });
  assert.equal(cluster.requests.length, 2);
  for (const handler of [cloudWatch, queue, s3]) await assert.rejects(handler({ hello: 'world' }), { name: 'FlowLogError' });
});

test('AWS CLI: a shell passes the format unchanged', () => {
  const { format } = formatOf('v5');
  const printed = execFileSync('sh', ['-c', cli(formatOf('v5')).replace('aws ec2', 'printf "%s\\n"')], { encoding: 'utf8' }).trimEnd().split('\n');
  assert.equal(printed.at(-1), format);
  assert.deepStrictEqual(printed.slice(0, 5), ['create-flow-logs', '--resource-type', 'VPC', '--resource-ids', 'vpc-0abcdef0123456789']);
  assert.match(cli(formatOf('tgw')), /--resource-type TransitGateway/);
  assert.doesNotMatch(cli(formatOf('tgw')), /traffic-type/);
  assert.doesNotMatch(cli(formatOf('v10')), /tag-field/i);
});

test('AWS CLI: tag fields have specifications with the keys that they need', () => {
  const specifications = (format) => {
    const words = execFileSync('sh', ['-c', cli(formatOf(format)).replace('aws ec2', 'printf "%s\\n"')], { encoding: 'utf8' }).trimEnd().split('\n');
    const start = words.indexOf('--tag-field-specifications') + 1;
    return start ? words.slice(start, words.indexOf('--log-format')) : [];
  };
  assert.match(cli(formatOf('v11')), /^# Put the keys of your tags in place of TAG_KEY_1 and TAG_KEY_2\.\n/);
  assert.deepStrictEqual(specifications('v11'), ['ResourceType=instance,TagKeys=TAG_KEY_1,TAG_KEY_2', 'ResourceType=network-interface,TagKeys=TAG_KEY_1,TAG_KEY_2', 'ResourceType=auto-scaling-group,TagKeys=TAG_KEY_1,TAG_KEY_2']);
  assert.deepStrictEqual(specifications('srcaddr asg-tag'), ['ResourceType=auto-scaling-group,TagKeys=TAG_KEY_1']);
  assert.deepStrictEqual(specifications('srcaddr interface-tag-2'), ['ResourceType=network-interface,TagKeys=TAG_KEY_1,TAG_KEY_2']);
  assert.deepStrictEqual(specifications('default'), []);
});

test('CloudFormation: a flow log with the format and the keys of tags', () => {
  const { Resources: { FlowLog: { Type, Properties } } } = parseYaml(cloudformation(formatOf('version instance-tag')));
  assert.equal(Type, 'AWS::EC2::FlowLog');
  assert.deepStrictEqual(Properties, {
    ResourceType: 'VPC', ResourceId: 'vpc-0abcdef0123456789', TrafficType: 'ALL', LogDestinationType: 's3', LogDestination: 'arn:aws:s3:::amzn-s3-demo-bucket/flow-logs/',
    MaxAggregationInterval: 60, LogFormat: '${version} ${instance-tag}', TagFieldSpecifications: [{ ResourceType: 'instance', TagKeys: ['TAG_KEY_1'] }],
    DestinationOptions: { FileFormat: 'plain-text', HiveCompatiblePartitions: false, PerHourPartition: false },
  });
  const tgw = parseYaml(cloudformation(formatOf('tgw'))).Resources.FlowLog.Properties;
  assert.deepStrictEqual([tgw.ResourceType, tgw.TrafficType, tgw.TagFieldSpecifications], ['TransitGateway', undefined, undefined]);
});

test('Terraform: tag fields have blocks with the keys that they need', () => {
  assert.match(terraform(formatOf('version instance-tag-2')), /\n {2}}\n\n {2}tag_field_specification \{\n {4}resource_type = "instance"\n {4}tag_keys {6}= \["TAG_KEY_1", "TAG_KEY_2"\]\n {2}}\n}\n$/);
});

test('Terraform: the templates of the format are escaped', () => {
  const text = terraform(formatOf('version vpc-id'));
  assert.equal(text, `resource "aws_flow_log" "flow_log" {
  vpc_id                   = "vpc-0abcdef0123456789"
  traffic_type             = "ALL"
  log_destination_type     = "s3"
  log_destination          = "arn:aws:s3:::amzn-s3-demo-bucket/flow-logs/"
  max_aggregation_interval = 60
  log_format               = "$\${version} $\${vpc-id}"

  destination_options {
    file_format                = "plain-text"
    hive_compatible_partitions = false
    per_hour_partition         = false
  }
}
`);
});

test('Athena: a column for each field, with its type, in the order of the format', () => {
  const text = athena(formatOf('version end region protocol bytes srcaddr'));
  const columns = /\(\n([^)]*)\n\)/.exec(text)[1].split(',\n').map((line) => line.trim());
  assert.deepStrictEqual(columns, ['`version` int', '`end` bigint', '`region` string', '`protocol` bigint', '`bytes` bigint', '`srcaddr` string']);
  // The partitions are not columns of any format.
  assert.match(text, /PARTITIONED BY \(\n {2}`log_region` string,\n {2}`log_day` string\n\)/);
  assert.match(text, /'skip\.header\.line\.count' = '1'/);
  assert.match(text, /'storage\.location\.template' = 's3:\/\/[^']*\/vpcflowlogs\/\$\{log_region\}\/\$\{log_day\}'/);
});

test('shippers: their own parser if it knows the fields, otherwise another configuration', () => {
  for (const version of ['default', 'v5', 'v7', 'v8', 'tgw']) {
    const [{ processors }] = parseYaml(filebeat(formatOf(version)))['filebeat.inputs'];
    const { format, fields } = formatOf(version);
    assert.deepStrictEqual(processors[1].parse_aws_vpc_flow_log, { field: 'message', target_field: 'aws.vpcflow', mode: 'ecs', format: fields.map(({ name }) => name).join(' ') }, format);
  }
  for (const version of ['v9', 'v11']) {
    const { 'filebeat.inputs': [{ processors }], 'output.elasticsearch': { pipeline } } = parseYaml(filebeat(formatOf(version)));
    assert.deepStrictEqual([processors.length, pipeline], [1, 'aws-vpcflow']);
  }
  for (const version of ['default', 'v8', 'v9', 'v10', 'v11']) {
    const { transforms: { parsed } } = parseYaml(vector(formatOf(version)));
    const columns = formatOf(version).fields.map(({ column }) => column).join(' ');
    assert.ok(parsed.source.endsWith(`. = parse_aws_vpc_flow_log!(line, format: "${columns}")\n`), parsed.source);
  }
  assert.match(vector(formatOf('tgw')), /if length\(values\) != 36 \{ abort \}\n[^]*"resource_type": values\[1\],/);
  for (const version of ['default', 'v5', 'v8']) {
    const { extensions, receivers, service } = parseYaml(otel(formatOf(version)));
    assert.deepStrictEqual(extensions.awslogs_encoding, { format: 'vpcflow', vpcflow: { file_format: 'plain-text', format: formatOf(version).fields.map(({ name }) => name).join(' ') } });
    assert.deepStrictEqual([receivers.awss3.encodings, service.extensions], [[{ extension: 'awslogs_encoding', suffix: '.log.gz' }], ['awslogs_encoding']]);
  }
  for (const version of ['v9', 'v11', 'tgw', 'version end bogus']) {
    const { extensions, receivers } = parseYaml(otel(formatOf(version)));
    assert.deepStrictEqual([extensions, receivers.filelog.operators[1].header], [undefined, formatOf(version).fields.map(({ column }) => column).join(' ')]);
    assert.equal(receivers.filelog.operators[1].timestamp.parse_from, 'attributes.end');
  }
  assert.doesNotMatch(otel(formatOf('resource-id dstaddr')), /timestamp/);
});

test('the configurations are YAML with every format that has a name', () => {
  for (const { name } of imported.presets()) {
    for (const make of [filebeat, vector, otel, cloudformation]) assert.equal(typeof parseYaml(make(formatOf(name))), 'object', name);
  }
});

const vrl = join(repository, 'target/vrl/release/bench-vrl');
test("Vector: VRL's function takes the formats that are given to it", { skip: !existsSync(vrl) && 'npm run bench builds the program with the crate vrl' }, () => {
  for (const version of ['default', 'v5', 'v8', 'v11']) {
    const [, format] = /format: ("[^"]+")/.exec(vector(formatOf(version)));
    const path = join(folder, 'vrl.log');
    writeFileSync(path, formatOf(version).fields.map(({ name }) => (name === 'srcaddr' ? '10.0.0.1' : '-')).join(' '));
    const { lines, failed, first } = JSON.parse(execFileSync(vrl, [path, JSON.parse(format), 'check'], { encoding: 'utf8' }));
    assert.deepStrictEqual([lines, failed, first.srcaddr], [1, 0, '10.0.0.1'], version);
  }
});

/** Returns the text above each export, by the label of the export. */
async function notesOf(page) {
  await tab(page, 'Export');
  const select = page.getByLabel('Export as');
  const notes = new Map();
  let last;
  for (const label of await select.locator('option').allTextContents()) {
    await select.selectOption({ label });
    await page.waitForFunction((before) => (document.querySelector('.export-code p')?.textContent ?? before) !== before, last);
    last = await page.locator('.export-code p').first().textContent();
    notes.set(label, last);
  }
  return notes;
}

test('every export says how it is checked', async () => {
  await onPage(async (page) => {
    const notes = await notesOf(page);
    assert.equal(notes.size, 11);
    for (const [label, note] of notes) assert.match(note, / (?:The tests of vpcflow-ecs (?:run|compare|put) |Not run(?:: written from |, and not compared with a release: ))/, label);
  });
});

test('the versions in the page are those of the tests', async () => {
  const read = (path) => readFileSync(join(repository, path), 'utf8');
  const [, elasticsearch] = /<elasticsearch\.version>(.*)<\/elasticsearch\.version>/.exec(read('tests/elasticsearch/servers/elasticsearch/pom.xml'));
  const [, vrl] = /name = "vrl"\nversion = "(.*)"/.exec(read('benches/vrl/Cargo.lock'));
  const [, moto] = /^moto==(\d+)\./m.exec(read('tests/aws/requirements.txt'));
  const versions = { 'package yaml': JSON.parse(read('package.json')).devDependencies.yaml, Elasticsearch: elasticsearch, vrl, moto };
  await onPage(async (page) => {
    const texts = [...(await notesOf(page)).values()];
    for (const [name, version] of Object.entries(versions)) {
      const found = texts.flatMap((text) => [...text.matchAll(new RegExp(`${name} (\\d[\\d.]*\\d|\\d)`, 'g'))].map(([, one]) => one));
      assert.deepStrictEqual([...new Set(found)], [version], name);
    }
  });
});

test('a format that was inferred is marked in what is exported, and one that is open is asked for', async () => {
  await onPage(async (page) => {
    const code = page.locator('.export-code pre');
    await write(page, linesOf(PLAIN, 40), '40 documents');
    await tab(page, 'Export');
    await code.filter({ hasText: '// The format was inferred from the values of lines.' }).waitFor();
    await page.getByLabel('Export as').selectOption({ label: 'Elasticsearch pipeline' });
    await code.filter({ hasText: '"processors"' }).waitFor();
    assert.match(JSON.parse(await code.textContent()).description, /The format was inferred/);
    await page.getByLabel('Export as').selectOption({ label: 'Filebeat' });
    await page.locator('#format').fill(PLAIN);
    await page.waitForFunction(() => /^# Not run: /.test(document.querySelector('.export-code pre')?.textContent));

    await page.locator('#format').fill('');
    await write(page, OPEN_LINES, 'format is ambiguous');
    await page.getByText('There is no export yet').waitFor();
    assert.match(await page.locator('#panel li').first().textContent(), /^Column 2: \w+addr or /);
    await screenshot(page, 'export-open');
    await page.getByRole('button', { name: 'use the likeliest format' }).click();
    await code.filter({ hasText: 'parse_aws_vpc_flow_log' }).waitFor();
  });
});

test('the page shows each export for the format of the lines, and downloads it', async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    await tab(page, 'Export');
    const code = page.locator('.export-code pre');
    await code.waitFor();
    const compiled = formatOf('default');
    const expected = { 'Node.js': node, 'AWS Lambda': lambda, Filebeat: filebeat, Vector: vector, 'OpenTelemetry Collector': otel, 'Amazon Athena': athena, 'AWS CLI': cli, 'AWS CloudFormation': cloudformation, Terraform: terraform };
    for (const [label, make] of Object.entries(expected)) {
      await page.getByLabel('Export as').selectOption({ label });
      await page.waitForFunction((text) => document.querySelector('.export-code pre')?.textContent.endsWith(`\n${text}`), make(compiled));
      assert.match(await code.textContent(), /^(?:\/\/|#|--) (?:The tests|Not run)/);
    }
    const [name] = await downloaded(page);
    assert.equal(name, 'flow_log.tf');
    await screenshot(page, 'export');
  });
});

test('an export that is late does not replace another view or a later export', async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    // The format that is detected draws the export again.
    await page.locator('.badge', { hasText: 'Detected' }).waitFor();
    // Requests for a format are held until the test releases them, the latest first.
    await page.evaluate(() => {
      const { postMessage } = Worker.prototype;
      globalThis.held = [];
      Worker.prototype.postMessage = function post(message, ...more) {
        const send = () => postMessage.call(this, message, ...more);
        if (message.ask !== 'compile') return send();
        const answered = new Promise((resolve) => this.addEventListener('message', ({ data }) => data.id === message.id && resolve()));
        return globalThis.held.push(async () => (send(), await answered, await new Promise((resolve) => setTimeout(resolve))));
      };
    });
    const release = (count) => page.waitForFunction((number) => globalThis.held.length === number, count)
      .then(() => page.evaluate(async () => { while (globalThis.held.length) await globalThis.held.pop()(); }));
    await tab(page, 'Export');
    await page.getByLabel('Export as').selectOption({ label: 'Filebeat' });
    await page.getByLabel('Export as').selectOption({ label: 'Node.js' });
    await page.getByLabel('Export as').selectOption({ label: 'Filebeat' });
    await release(4);
    const code = page.locator('.export-code pre');
    assert.match(await code.textContent(), /parse_aws_vpc_flow_log/);

    await page.getByLabel('Export as').selectOption({ label: 'Node.js' });
    await tab(page, 'Document');
    await page.locator('#panel .tree .leaf').first().waitFor();
    await release(1);
    assert.equal(await page.locator('#panel .tree .leaf').count() > 0, true);
    assert.equal(await code.count(), 0);
  });
});
