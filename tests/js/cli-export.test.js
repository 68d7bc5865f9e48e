// The commands `vpcflow-ecs export` and `vpcflow-ecs install`, the latter against a server of this file.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createNetServer } from 'node:net';
import { after, describe, test } from 'node:test';
import { selfSigned } from './certificate.js';
import { runCommand, temporaryFolder } from './command.js';
import { importIngest } from './package.js';

const { toIngestPipeline, componentTemplates, indexTemplate } = await importIngest();
const folder = temporaryFolder();

const SECRET = 'c2VjcmV0OnNlY3JldA==';
// Settings of the machine are not part of the test.
const NO_CREDENTIALS = { ELASTICSEARCH_URL: '', ELASTICSEARCH_API_KEY: '', ELASTICSEARCH_USER: '' };

const run = (args, env = {}) => runCommand(args, { env: { ...NO_CREDENTIALS, ...env } });

/** Listens on a free port of 127.0.0.1 until the tests are over; gives the port. */
async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    server.closeAllConnections?.();
    server.close();
  });
  return server.address().port;
}

/** Returns a cluster that answers every request in the same way and keeps them all. */
async function cluster({ status = 200, headers = {}, body = { acknowledged: true }, tls } = {}) {
  const requests = [];
  const answer = async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers: { authorization, 'content-type': type } } = request;
    requests.push({ method, url, authorization, type, body: JSON.parse(Buffer.concat(chunks).toString()) });
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const port = await listen(tls ? createHttpsServer(tls, answer) : createHttpServer(answer));
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, requests };
}

describe('export', () => {
  test('pipeline prints what toIngestPipeline gives', async () => {
    const cases = [
      [['-f', 'v5'], 'v5', {}],
      [['--format', '${srcaddr} ${dstaddr} ${protocol}', '--no-community-id', '--geo'], 'srcaddr dstaddr protocol', { communityId: false, geo: true }],
      [['-f', 'default', '-s', 'beats', '-m', 'original', '-t', 'a', '-t', 'b', '--preserve-original'], 'default',
        { schema: 'beats', mode: 'original', tags: ['a', 'b'], preserveOriginal: true }],
      [['-f', 'default', '--fields', '{"a":"{{b}}"}', '--data-stream', '--ingested=2026-01-01T00:00:00Z'], 'default',
        { fields: { a: '{{b}}' }, dataStream: true, ingested: '2026-01-01T00:00:00Z' }],
      [['-f', 'default', '--namespace', 'prod'], 'default', { dataStream: { namespace: 'prod' } }],
    ];
    for (const [args, format, options] of cases) {
      const { status, stdout, stderr } = await run(['export', 'pipeline', ...args]);
      assert.deepStrictEqual({ status, stderr }, { status: 0, stderr: '' });
      assert.deepStrictEqual(JSON.parse(stdout), toIngestPipeline(format, options));
      assert.ok(stdout.endsWith('}\n'));
    }
  });

  test('template prints the component templates and the index template', async () => {
    const expected = (options) => ({ component_templates: componentTemplates(), index_template: indexTemplate(options) });
    const plain = await run(['export', 'template']);
    assert.deepStrictEqual(JSON.parse(plain.stdout), expected());
    const named = await run(['export', 'template', '--pipeline', 'p', '--namespace=prod']);
    assert.deepStrictEqual(JSON.parse(named.stdout), expected({ pipeline: 'p', namespace: 'prod' }));
    assert.equal(JSON.parse(named.stdout).index_template.template.settings.index.default_pipeline, 'p');
  });

  test('help', async () => {
    for (const command of ['export', 'install']) {
      const { status, stdout } = await run([command, '--help']);
      assert.equal(status, 0);
      assert.ok(stdout.startsWith(`usage: vpcflow-ecs ${command} `));
      assert.match(stdout, /--no-community-id/);
      for (const line of stdout.split('\n')) assert.ok(line.length <= 100, line);
    }
    assert.match((await run(['--help'])).stdout, /vpcflow-ecs install --url URL/);
  });
});

test('wrong usage', async () => {
  const cases = [
    [['export'], 'export prints a pipeline or a template: expected one of these words, found nothing'],
    [['export', 'x', 'y'], 'export prints a pipeline or a template: expected one of these words, found "x y"'],
    [['export', 'pipeline'], 'a pipeline is for one format: --format=FORMAT'],
    [['export', 'pipeline', '-f', 'v4', '-f', 'v5'], 'a pipeline reads one format, and 2 were given'],
    [['export', 'pipeline', '-f', 'v4', '--pipeline', 'x'], 'export pipeline has no use for --pipeline'],
    [['export', 'template', '-f', 'v4'], 'export template has no use for --format'],
    [['export', 'template', '--namespace', 'A'], 'option "namespace": expected 1 to 100 bytes, no capitals, none of \\ / * ? " < > | , # : - and no blank, found "A"'],
    [['export', 'pipeline', '--frmat', 'v4'], 'there is no option --frmat; did you mean --format?'],
    [['export', 'pipeline', '-f', 'default', '--fields', '{"a..b":1}'], 'option "fields": no processor can address "a..b"'],
    [['install'], 'install needs the cluster: --url=URL, or ELASTICSEARCH_URL'],
    [['install', `https://elastic:${SECRET}@localhost:9200`], 'install takes no file; the cluster is --url=URL, or ELASTICSEARCH_URL'],
    [['install', '--url', 'localhost'], '--url is not a URL such as https://localhost:9200'],
    [['install', '--url', 'http://%zz:x@localhost'], '--url is not a URL such as https://localhost:9200'],
    [['install', '--url', 'ftp://localhost'], '--url must begin with https:// or http://'],
    [['install', '--url', 'http://127.0.0.1:1', '--geo'], 'install has no use for --geo without --format: they are about the pipeline'],
    [['install', '--url', 'http://127.0.0.1:1', '--api-key', 'k', '-u', 'a:b'], '--api-key and --user are two ways to say the same: give one'],
    [['install', '--url', 'http://127.0.0.1:1', '-u', 'name'], '--user must be NAME:PASSWORD'],
    [['install', '--url', 'http://127.0.0.1:1', '--api-key', 'a\u{1b}b'], 'an API key has no such characters'],
  ];
  for (const [args, message] of cases) {
    const { status, stdout, stderr } = await run(args);
    assert.deepStrictEqual({ status, stdout, stderr }, { status: 2, stdout: '', stderr: `vpcflow-ecs: ${message}\n` }, args.join(' '));
  }
  const bad = await run(['install', '--url', 'http://127.0.0.1:1', '-f', 'srcadr']);
  assert.equal(bad.status, 2);
  assert.ok(bad.stderr.startsWith('vpcflow-ecs: --format: column 1: field "srcadr": there is no such field or preset'));
});

describe('install', () => {
  test('puts templates and the pipeline', async () => {
    const { url, requests } = await cluster();
    const { status, stdout, stderr } = await run(['install', '--url', url, '--format', 'v5', '--schema', 'beats']);
    const paths = [
      '/_component_template/vpcflow-ecs@aws',
      '/_component_template/vpcflow-ecs@ecs',
      '/_ingest/pipeline/vpcflow-ecs',
      '/_index_template/vpcflow-ecs',
    ];
    assert.deepStrictEqual({ status, stdout, stderr }, { status: 0, stdout: paths.map((path) => `PUT ${path}\n`).join(''), stderr: '' });
    const components = componentTemplates();
    const bodies = [
      components['vpcflow-ecs@aws'],
      components['vpcflow-ecs@ecs'],
      toIngestPipeline('v5', { schema: 'beats' }),
      indexTemplate({ pipeline: 'vpcflow-ecs' }),
    ];
    const expected = paths.map((path, index) => (
      { method: 'PUT', url: path, authorization: undefined, type: 'application/json', body: bodies[index] }
    ));
    assert.deepStrictEqual(requests, expected);
  });

  test('without a format, templates alone', async () => {
    const { url, requests } = await cluster();
    const { status } = await run(['install'], { ELASTICSEARCH_URL: `${url}/behind/` });
    assert.equal(status, 0);
    assert.deepStrictEqual(requests.map(({ url }) => url), [
      '/behind/_component_template/vpcflow-ecs@aws',
      '/behind/_component_template/vpcflow-ecs@ecs',
      '/behind/_index_template/vpcflow-ecs',
    ]);
    assert.deepStrictEqual(requests[2].body, indexTemplate());
  });

  test('for one namespace', async () => {
    const { url, requests } = await cluster();
    const { status } = await run(['install', '--url', url, '--format', 'v5', '--namespace', 'prod%eu']);
    assert.equal(status, 0);
    assert.deepStrictEqual(requests.slice(2).map(({ url }) => url), [
      '/_ingest/pipeline/vpcflow-ecs-prod%25eu',
      '/_index_template/vpcflow-ecs-prod%25eu',
    ]);
    assert.deepStrictEqual(requests[2].body, toIngestPipeline('v5', { dataStream: { namespace: 'prod%eu' } }));
    assert.deepStrictEqual(requests[3].body, indexTemplate({ namespace: 'prod%eu', pipeline: 'vpcflow-ecs-prod%eu' }));
  });

  test('--dry-run prints what would be sent, and sends nothing', async () => {
    const { url, requests } = await cluster();
    const args = ['install', '--format', 'default', '--url', url];
    const { status, stdout, stderr } = await run([...args, '--dry-run'], { ELASTICSEARCH_API_KEY: SECRET });
    assert.deepStrictEqual({ status, stderr, sent: requests.length }, { status: 0, stderr: '', sent: 0 });
    assert.ok(!stdout.includes(SECRET));
    await run(args);
    const printed = stdout.split(/^PUT /m).slice(1).map((text) => {
      const end = text.indexOf('\n');
      return { path: text.slice(0, end), body: JSON.parse(text.slice(end)) };
    });
    assert.deepStrictEqual(printed, requests.map(({ url: path, body }) => ({ path, body })));
    // It needs no cluster to be named.
    assert.equal((await run(['install', '--dry-run'])).status, 0);
  });

  test('credentials: an option before a variable, and both before the URL', async () => {
    const base64 = (text) => Buffer.from(text).toString('base64');
    const { url, requests } = await cluster();
    const withUser = url.replace('//', '//na%20me:p%3Aw@');
    const cases = [
      [[], {}, url, undefined],
      [[], {}, withUser, `Basic ${base64('na me:p:w')}`],
      [[], { ELASTICSEARCH_USER: 'é:x' }, withUser, `Basic ${base64('é:x')}`],
      [[], { ELASTICSEARCH_USER: 'a:b', ELASTICSEARCH_API_KEY: SECRET }, url, `ApiKey ${SECRET}`],
      [['-u', 'a:b'], { ELASTICSEARCH_API_KEY: SECRET }, url, `Basic ${base64('a:b')}`],
      [['--api-key', 'id:key'], { ELASTICSEARCH_USER: 'a:b' }, withUser, `ApiKey ${base64('id:key')}`],
    ];
    for (const [args, env, at, authorization] of cases) {
      const { status, stderr } = await run(['install', '--url', at, ...args], env);
      assert.deepStrictEqual({ status, stderr }, { status: 0, stderr: '' });
      for (const request of requests.splice(0)) assert.equal(request.authorization, authorization);
    }
  });

  const path = '/_component_template/vpcflow-ecs@aws';
  const error = (type, reason, more = {}) => ({ error: { root_cause: [{ type, reason }], type, reason, ...more } });
  const refusals = [
    ['401 with credentials', { status: 401, body: error('security_exception', 'unable to authenticate') }, SECRET,
      'the cluster does not accept the credentials (401)'],
    ['401 without', { status: 401, body: error('security_exception', 'missing authentication credentials') }, '',
      'the cluster asks for credentials (401); give ELASTICSEARCH_API_KEY or ELASTICSEARCH_USER, or --api-key or --user'],
    ['403', { status: 403, body: error('security_exception', 'action [x] is unauthorized') }, SECRET,
      'not allowed (403): action [x] is unauthorized; the credentials need the cluster privileges manage_index_templates and manage_ingest_pipelines'],
    ['400 with a cause', { status: 400, body: error('mapper_parsing_exception', 'Failed', { caused_by: { reason: 'No handler for type [x]\u{1b}[31m' } }) }, '',
      'refused (400): No handler for type [x]\\u{1b}[31m'],
    ['an old cluster', { status: 400, body: error('parse_exception', 'No processor type exists with name [community_id]') }, '',
      'refused (400): No processor type exists with name [community_id]; give --no-community-id'],
    ['no databases', { status: 400, body: error('parse_exception', 'No processor type exists with name [geoip]') }, '',
      'refused (400): No processor type exists with name [geoip]; leave --geo out'],
    ['no JSON', { status: 502, body: '<html>Bad gateway</html>' }, '', 'refused (502)'],
    ['elsewhere', { status: 301, headers: { location: 'https://a:b@there/' }, body: '' }, '', 'the cluster is elsewhere (301): https://there/'],
    ['elsewhere, with secrets', { status: 302, headers: { location: '//a:p@ss@there:9200/login?key=abc#x' }, body: '' }, '',
      'the cluster is elsewhere (302): http://there:9200/login'],
    ['elsewhere, but not a URL', { status: 302, headers: { location: 'http://%' }, body: '' }, '', 'the cluster is elsewhere (302): not a URL'],
    ['the credentials are repeated', { status: 400, body: error('x', `Authorization: ApiKey ${SECRET}`) }, SECRET, 'refused (400): Authorization: ***'],
    ['a login page', { body: '<html>\u{1b}login</html>' }, '', 'the answer (200) is not that of a cluster: expected {"acknowledged":true}, ' +
      'found "<html>\\u{1b}login</html>"; does a proxy or a login page answer at this URL?'],
    ['no answer', { status: 204, body: '' }, '', 'the answer (204) is not that of a cluster: expected {"acknowledged":true}, ' +
      'found nothing; does a proxy or a login page answer at this URL?'],
    ['not acknowledged', { body: { acknowledged: false } }, '', 'the answer (200) is not that of a cluster: expected {"acknowledged":true}, ' +
      'found "{"acknowledged":false}"; does a proxy or a login page answer at this URL?'],
  ];
  for (const [name, answer, secret, message] of refusals) {
    test(`refused: ${name}`, async () => {
      const { url, requests } = await cluster(answer);
      const result = await run(['install', '--url', url, '-f', 'v5'], { ELASTICSEARCH_API_KEY: secret });
      assert.deepStrictEqual(result, { status: 1, stdout: '', stderr: `vpcflow-ecs: PUT ${path}: ${message}\n` });
      // It stops at the first that is refused.
      assert.equal(requests.length, 1);
    });
  }

  test('a password is not repeated, in whichever form', async () => {
    const basic = Buffer.from('name:pass\u{1b}word').toString('base64');
    const reason = `Basic ${basic} is name:pass\u{1b}word, pass\u{1b}word`;
    const { url } = await cluster({ status: 400, body: error('x', reason) });
    const { stderr } = await run(['install', '--url', url, '-u', 'name:pass\u{1b}word']);
    assert.equal(stderr, `vpcflow-ecs: PUT ${path}: refused (400): *** is ***, ***\n`);
  });

  test('a cluster that cannot be reached', async () => {
    const { url, host } = await cluster();
    const closing = await listen(createNetServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
    const talking = await listen(createNetServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
    const closed = createNetServer();
    const free = await listen(closed);
    closed.close();
    const cases = [
      [`http://127.0.0.1:${free}`, `127.0.0.1:${free}: nothing listens there; is the cluster running, and the port right?`],
      [url.replace('http:', 'https:'), new RegExp(`^${host}: it does not speak TLS \\((EPROTO|ERR_SSL_\\w+)\\); is it http://\\?$`)],
      [`http://127.0.0.1:${closing}`, `127.0.0.1:${closing}: it does not speak HTTP (ECONNRESET); is it https://?`],
      [`http://127.0.0.1:${talking}`, new RegExp(`^127\\.0\\.0\\.1:${talking}: it does not speak HTTP \\(HPE_\\w+\\); is it https://\\?$`)],
      ['http://cluster.invalid:9200', 'cluster.invalid:9200: there is no host of the name cluster.invalid'],
    ];
    for (const [at, expected] of cases) {
      const { status, stdout, stderr } = await run(['install', '--url', at.replace('//', '//name:passw0rd@')]);
      assert.deepStrictEqual({ status, stdout }, { status: 1, stdout: '' }, at);
      const lines = stderr.trimEnd().split('\n').filter((line) => !line.includes(' warning: '));
      const reason = lines.join('\n').replace('vpcflow-ecs: cannot reach ', '');
      if (typeof expected === 'string') assert.equal(reason, expected);
      else assert.match(reason, expected);
      assert.ok(!stderr.includes('passw0rd'));
    }
  });

  test('a certificate of no known authority', async () => {
    const tls = selfSigned();
    const { url, host, requests } = await cluster({ tls });
    const refused = await run(['install', '--url', url], { ELASTICSEARCH_API_KEY: SECRET });
    assert.deepStrictEqual(refused, {
      status: 1,
      stdout: '',
      stderr: `vpcflow-ecs: cannot reach ${host}: its certificate comes from no authority that is trusted ` +
        "(DEPTH_ZERO_SELF_SIGNED_CERT); give the authority's with --ca-cert\n",
    });
    assert.equal(requests.length, 0);
    const taken = await run(['install', '--url', url, '--ca-cert', folder.write('ca.pem', tls.cert)]);
    assert.deepStrictEqual({ status: taken.status, stderr: taken.stderr, sent: requests.length }, { status: 0, stderr: '', sent: 3 });
    const other = await run(['install', '--url', url.replace('127.0.0.1', 'localhost'), '--ca-cert', folder.write('ca.pem', tls.cert)]);
    assert.match(other.stderr, /: its certificate is for another name than localhost; give the URL that it is for\n$/);
    const missing = await run(['install', '--url', url, '--ca-cert', `${folder.path}/none.pem`]);
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /^vpcflow-ecs: --ca-cert cannot be read: ENOENT/);
    const noCertificate = folder.write('key.pem', 'not a certificate');
    const unreadable = await run(['install', '--url', url, '--ca-cert', noCertificate]);
    assert.deepStrictEqual([unreadable.status, unreadable.stderr], [2, `vpcflow-ecs: --ca-cert is not a certificate in PEM: ${noCertificate}\n`]);
  });

  test('credentials without encryption are warned of, but not within the machine', async () => {
    const { stderr } = await run(['install', '--url', 'http://cluster.invalid', '-u', 'name:passw0rd']);
    assert.equal(stderr.split('\n')[0], 'vpcflow-ecs: warning: the credentials go to cluster.invalid without encryption');
    assert.ok(!stderr.includes('passw0rd'));
  });
});
