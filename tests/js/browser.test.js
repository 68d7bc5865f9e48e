// The browser entry of the installed package, in a headless browser.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launchBrowser, serve } from './browser.js';
import { OPEN_LINES, PLAIN, linesOf } from './logs.js';
import { NOW, documentCases, imported, importIngest, packageRoot, repository } from './package.js';
import { GOOD } from './samples.js';

let browser;
let server;

before(async () => {
  [browser, server] = await Promise.all([
    launchBrowser(),
    serve({ '/package/': packageRoot, '/fixtures/': join(repository, 'tests/fixtures') }),
  ]);
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/** Runs the work in a new page; what the page complains about fails the test. */
async function inPage(work, { complaintsAllowed = false } = {}) {
  const page = await browser.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  try {
    await page.goto(server.origin);
    const result = await work(page);
    if (!complaintsAllowed) assert.deepStrictEqual(complaints, []);
    return result;
  } finally {
    await page.close();
  }
}

test('every golden document', async () => {
  const cases = documentCases();
  const files = [...new Set(cases.map((each) => each.file))];
  const results = await inPage((page) =>
    page.evaluate(async ([names, now]) => {
      Date.now = () => now;
      const { init, Parser } = await import('/package/js/index.js');
      await init();
      const found = [];
      for (const name of names) {
        const fileCases = await (await fetch(`/fixtures/${name}`)).json();
        for (const { options, lines } of fileCases) {
          const parser = new Parser(options ?? {});
          const documents = lines.map((line) => parser.parse(line));
          const ndjson = new TextDecoder().decode(parser.toNdjson(lines.join('\n')));
          parser.free();
          found.push({ documents, ndjson });
        }
      }
      return found;
    }, [files, Date.parse(NOW)]),
  );
  assert.equal(results.length, cases.length);
  for (const [index, { file, name, expected }] of cases.entries()) {
    const { documents, ndjson } = results[index];
    assert.deepStrictEqual(documents, expected, `${file}: ${name}`);
    const fromNdjson = ndjson.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    assert.deepStrictEqual(fromNdjson, expected.filter((document) => document !== null), `${file}: ${name}, NDJSON`);
  }
});

test('streams', async () => {
  const found = await inPage((page) =>
    page.evaluate(async (line) => {
      const { init, Parser, bulkStream, documentStream, ndjsonStream } = await import('/package/js/index.js');
      await init();
      const log = `${line}\n`.repeat(2000);
      const bulk = { dataStream: true };
      const through = async (stream) => {
        const values = [];
        const reader = new Blob([log]).stream().pipeThrough(stream).getReader();
        for (let step = await reader.read(); !step.done; step = await reader.read()) values.push(step.value);
        return values;
      };
      const text = async (stream) => new Blob(await through(stream)).text();
      const parser = new Parser();
      const decode = (bytes) => new TextDecoder().decode(bytes);
      const documents = documentStream();
      return {
        ndjson: (await text(ndjsonStream())) === decode(parser.toNdjson(log)),
        bulk: (await text(bulkStream({ bulk }))) === decode(parser.toBulk(log, bulk)),
        documents: (await through(documents)).filter(({ source }) => source.ip === '172.31.16.139').length,
        records: documents.stats.records,
      };
    }, GOOD),
  );
  assert.deepStrictEqual(found, { ndjson: true, bulk: true, documents: 2000, records: 2000 });
});

describe('init', () => {
  const inputs = {
    'nothing: the module of the package': () => undefined,
    'a URL': () => new URL('/package/pkg/vpcflow_ecs_bg.wasm', location.href),
    'a string': () => '/package/pkg/vpcflow_ecs_bg.wasm',
    'a Request': () => new Request('/package/pkg/vpcflow_ecs_bg.wasm'),
    'a Response': () => fetch('/package/pkg/vpcflow_ecs_bg.wasm').then((response) => response),
    'a promise of a Response': () => ({ promise: fetch('/package/pkg/vpcflow_ecs_bg.wasm') }),
    bytes: async () => new Uint8Array(await (await fetch('/package/pkg/vpcflow_ecs_bg.wasm')).arrayBuffer()),
    'an ArrayBuffer': async () => (await fetch('/package/pkg/vpcflow_ecs_bg.wasm')).arrayBuffer(),
    'a compiled module': () => WebAssembly.compileStreaming(fetch('/package/pkg/vpcflow_ecs_bg.wasm')),
  };
  for (const [name, makeInput] of Object.entries(inputs)) {
    test(`takes ${name}`, async () => {
      const address = await inPage((page) =>
        page.evaluate(
          async ([source, line]) => {
            const { default: init, parse } = await import('/package/js/index.js');
            const input = await new Function(`return (${source})()`)();
            await init(input?.promise ?? input);
            return parse(line, 'default').source.ip;
          },
          [String(makeInput), GOOD],
        ),
      );
      assert.equal(address, '172.31.16.139');
    });
  }

  test('loads once, however often and early it is called', async () => {
    const requests = await inPage(async (page) => {
      const urls = [];
      page.on('request', (request) => urls.push(request.url()));
      await page.evaluate(async () => {
        const { init, parse } = await import('/package/js/index.js');
        await Promise.all([init(), init(), init()]);
        await init();
        parse('');
      });
      return urls.filter((url) => url.endsWith('.wasm'));
    });
    const names = requests.map((url) => new URL(url).pathname);
    assert.deepStrictEqual(names.sort(), ['/package/pkg/vpcflow_ecs_bg.wasm', '/package/pkg/vpcflow_ecs_detect_bg.wasm']);
  });

  test('leaves the second module out for null, until it is called again', async () => {
    const [requests, found] = await inPage(async (page) => {
      const urls = [];
      page.on('request', (request) => urls.push(request.url()));
      const found = await page.evaluate(async ([line, lines]) => {
        const { init, parse, fields, Parser } = await import('/package/js/index.js');
        const outcome = (call) => {
          try {
            return call();
          } catch (error) {
            return error.code;
          }
        };
        await init(undefined, null);
        const parser = new Parser({ mode: 'original' });
        const count = () => outcome(() => parser.parseMany(lines).length);
        const before = [parse(line, 'default').source.ip, outcome(() => fields().length), count()];
        await init();
        return [before, [fields().length > 0, count()]];
      }, [GOOD, linesOf(PLAIN, 40).join('\n')]);
      return [urls.filter((url) => url.endsWith('.wasm')), found];
    });
    assert.deepStrictEqual(found, [['172.31.16.139', 'not_initialized', 'unknown_layout'], [true, 40]]);
    // One after the other.
    assert.deepStrictEqual(requests.map((url) => new URL(url).pathname.split('/').at(-1)), ['vpcflow_ecs_bg.wasm', 'vpcflow_ecs_detect_bg.wasm']);
  });

  test('says what failed, and can be tried again', async () => {
    const [message, document] = await inPage(
      (page) =>
        page.evaluate(async () => {
          const { init, parse } = await import('/package/js/index.js');
          const failure = await init('/nowhere.wasm').catch((error) => error.message);
          await init();
          return [failure, parse('192.0.2.1', 'srcaddr')];
        }),
      { complaintsAllowed: true },
    );
    assert.equal(message, `cannot load the WASM module: ${server.origin}/nowhere.wasm has status 404`);
    assert.equal(document.source.ip, '192.0.2.1');
  });

  test('initSync takes compiled modules, the second of which may come later', async () => {
    const found = await inPage((page) =>
      page.evaluate(async (line) => {
        const { initSync, fields, parse } = await import('/package/js/index.js');
        const compiled = (name) => WebAssembly.compileStreaming(fetch(`/package/pkg/${name}_bg.wasm`));
        const [module, detection] = await Promise.all([compiled('vpcflow_ecs'), compiled('vpcflow_ecs_detect')]);
        initSync(module);
        initSync(module);
        const { ip } = parse(line, 'default').source;
        initSync(module, detection);
        return [ip, fields().length];
      }, GOOD),
    );
    assert.deepStrictEqual(found, ['172.31.16.139', 72]);
  });
});

test('everything says so when it is called before init', async () => {
  const errors = await inPage((page) =>
    page.evaluate(async () => {
      const { FlowLogError, Parser, compileFormat, detectFormat, explain, fields, parse, presets, schemas } = await import('/package/js/index.js');
      const calls = [() => parse(''), () => new Parser(), () => compileFormat('v5'), () => detectFormat(''), () => explain(''),
        fields, presets, schemas];
      return calls.map((call) => {
        try {
          return call();
        } catch (error) {
          return [error instanceof FlowLogError, error.code, error.message];
        }
      });
    }),
  );
  const expected = [true, 'not_initialized', 'the WASM module is not loaded: call "await init()" first'];
  assert.deepStrictEqual(errors, Array(8).fill(expected));
});

test('errors, BigInts and streams work as in Node', async () => {
  const result = await inPage((page) =>
    page.evaluate(async (line) => {
      const { FlowLogError, Parser, init, parse } = await import('/package/js/index.js');
      await init();
      const found = { bytes: parse(line.replace(' 4249 ', ' 9007199254740993 '), 'default').source.bytes };
      const reported = [];
      const parser = new Parser({ format: 'default', onError: 'skip', report: (error) => reported.push(error) });
      const bytes = new TextEncoder().encode(`${line}\n${line.replace(' 20641 ', ' 70000 ')}\n${line}`);
      const chunks = [];
      for (const byte of bytes) chunks.push(...parser.push(Uint8Array.of(byte)));
      chunks.push(...parser.end());
      found.lines = new TextDecoder().decode(Uint8Array.from(chunks)).trimEnd().split('\n').length;
      found.errors = reported.map((error) => [error instanceof FlowLogError, error.lineNumber, error.found]);
      found.stats = parser.stats;
      return found;
    }, GOOD),
  );
  assert.deepStrictEqual(result, {
    bytes: 9007199254740993n,
    lines: 2,
    errors: [[true, 2, '70000']],
    stats: { lines: 3, records: 2, omitted: 0, headers: 0, blanks: 0, errors: 1, nodata: 0, skipdata: 0, withoutTime: 0 },
  });
});

test('documents are written into a buffer, whatever its size', async () => {
  const log = `\ufeff${GOOD}\nzwölf Füße \u{1f600}\n${GOOD.replace('ACCEPT', 'REJECT')}\n`.repeat(300);
  const found = await inPage((page) =>
    page.evaluate(async (text) => {
      const { Parser, init } = await import('/package/js/index.js');
      await init();
      const parser = new Parser({ format: 'default', onError: 'document', ingested: '2024-02-29T00:00:00.000Z' });
      const digest = async (bytes) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].join();
      const found = { whole: await digest(parser.toNdjson(text)), same: 0, calls: 0 };
      for (const input of [text, new TextEncoder().encode(text)]) {
        for (const size of [1_500, 4_096, 100_000, 2_000_000]) {
          const parts = [];
          const target = new Uint8Array(size);
          for (let at = 0; at < input.length; ) {
            const { read, written } = parser.toNdjsonInto(input.slice(at), target);
            parts.push(target.slice(0, written));
            at += read;
          }
          found.calls += parts.length;
          if ((await digest(await new Blob(parts).arrayBuffer())) === found.whole) found.same += 1;
        }
      }
      try {
        parser.toNdjsonInto(text, new Uint8Array(10));
      } catch (error) {
        found.code = error.code;
      }
      return found;
    }, log),
  );
  assert.equal(found.same, 8);
  assert.ok(found.calls > 600);
  assert.equal(found.code, 'target_too_small');
});

test('formats are detected as in Node', async () => {
  const samples = [linesOf('v5-alphabetical', 40), OPEN_LINES, OPEN_LINES.join('\n')];
  const line = OPEN_LINES[0];
  const found = await inPage((page) =>
    page.evaluate(async ([logs, one]) => {
      const { detectFormat, explain, init } = await import('/package/js/index.js');
      await init();
      const refused = (() => {
        try {
          return detectFormat(new TextEncoder().encode('{}'));
        } catch (error) {
          return error.code;
        }
      })();
      return [logs.map((log) => detectFormat(log)), explain(one), explain('9223372036854775807', 'bytes'), refused];
    }, [samples, line]),
  );
  const { detectFormat, explain } = imported;
  const expected = [samples.map((sample) => detectFormat(sample)), explain(line), explain('9223372036854775807', 'bytes'), 'not_a_flow_log'];
  assert.deepStrictEqual(found, expected);
});

describe('vpcflow-ecs/ingest', () => {
  test('everything says so when it is called before init', async () => {
    const errors = await inPage((page) =>
      page.evaluate(async () => {
        const { Pipeline, Parser, componentTemplates, toIngestPipeline } = await import('/package/js/ingest/index.js');
        const calls = [() => new Pipeline({ processors: [] }), () => new Parser(), () => toIngestPipeline('v5'), componentTemplates];
        return calls.map((call) => {
          try {
            return call();
          } catch (error) {
            return error.code;
          }
        });
      }),
    );
    assert.deepStrictEqual(errors, Array(4).fill('not_initialized'));
  });

  test('pipelines, geo and exporters work as in Node, with one module', async () => {
    const definition = `
processors:
  - aws_vpcflow: { field: message, format: srcaddr dstaddr dstport bytes, geo: true }
  - geoip: { field: source.ip, target_field: place, if: ctx.source?.ip != null }
  - remove: { field: message }
on_failure:
  - set: { field: error.message, value: '{{{_ingest.on_failure_message}}}' }
`;
    const line = '192.0.2.200 2001:db8:1::9 443 9007199254740993';
    const docs = [{ _source: { message: line } }, { _source: { message: 'x' } }];
    const work = async ({ Parser, Pipeline, componentTemplates, toIngestPipeline }, geo) => {
      const { now } = Date;
      Date.now = () => 1_767_323_045_678;
      const pipeline = new Pipeline(definition, { geo });
      const parser = new Parser({ format: 'srcaddr dstaddr dstport bytes', geo });
      const simulated = pipeline.simulate({ docs, verbose: false });
      for (const { doc } of simulated.docs) delete doc._ingest;
      const found = [pipeline.run({ message: line }), parser.parse(line), simulated, toIngestPipeline('v5'), componentTemplates()];
      pipeline.free();
      parser.free();
      Date.now = now;
      return found;
    };
    const requests = [];
    const found = await inPage(async (page) => {
      page.on('request', (request) => requests.push(new URL(request.url()).pathname));
      const source = String(work).replaceAll('definition', JSON.stringify(definition)).replaceAll('docs, ', `docs: ${JSON.stringify(docs)}, `);
      return page.evaluate(
        async ([source, line]) => {
          const { default: init, ...api } = await import('/package/js/ingest/index.js');
          await init();
          const bytes = async (name) => new Uint8Array(await (await fetch(`/fixtures/geo/${name}.mmdb`)).arrayBuffer());
          const geo = { city: await bytes('city'), asn: await bytes('asn') };
          return new Function('line', `return ${source}`)(line)(api, geo);
        },
        [source, line],
      );
    });
    const ingest = await importIngest();
    const bytes = (name) => readFileSync(join(repository, `tests/fixtures/geo/${name}.mmdb`));
    assert.deepStrictEqual(found, await work(ingest, { city: bytes('city'), asn: bytes('asn') }));
    const { source, destination, place } = found[0];
    assert.deepStrictEqual([source.bytes, source.geo.city_name, place.city_name], [9007199254740993n, 'Oxford', 'Oxford']);
    assert.deepStrictEqual([destination.geo.city_name, destination.as.number], ['Oxford', 65551]);
    assert.deepStrictEqual(requests.filter((path) => path.endsWith('.wasm')), ['/package/pkg/vpcflow_ecs_ingest_bg.wasm']);
  });
});

test('objects are the same where a content security policy forbids functions made of text, and cause no report', async () => {
  const lines = [GOOD, GOOD.replace(' 4249 ', ' 9007199254740993 '), GOOD.replace('ACCEPT', 'REJECT')];
  // In Node.js, a function is made for so many.
  const log = Array.from({ length: 100 }, () => lines).flat().join('\n');
  const options = { format: 'default', mode: 'ecs_and_original', tags: ['Größe'], fields: { 'a-b': { 1: ['"'] } } };
  const found = await inPage(async (page) => {
    await page.goto(`${server.origin}/strict`);
    return page.evaluate(async ([text, given]) => {
      const reports = [];
      const reported = new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', ({ blockedURI, sourceFile }) => {
          reports.push([blockedURI, /objects/.test(sourceFile)]);
          resolve();
        });
      });
      const { Parser, init } = await import('/package/js/index.js');
      await init();
      const parser = new Parser(given);
      const objects = [parser.parseMany(text), text.split('\n').map((line) => parser.parse(line))];
      let refused = false;
      try {
        new Function('return 1');
      } catch {
        refused = true;
      }
      await reported;
      return [refused, reports, ...objects];
    }, [log, options]);
  }, { complaintsAllowed: true });
  const expected = new imported.Parser(options).parseMany(log);
  assert.equal(expected[1].source.bytes, 9007199254740993n);
  // The only report is that of the function which this test has tried to make.
  assert.deepStrictEqual(found, [true, [['eval', false]], expected, expected]);
});
