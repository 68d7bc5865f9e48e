// The web streams and `decode` in Deno: by the name of the package, which is its form for Node.js, and by the file that browsers load.

import * as packed from 'vpcflow-ecs';
import * as web from './node_modules/vpcflow-ecs/js/index.js';

await web.init(await Deno.readFile(new URL('node_modules/vpcflow-ecs/pkg/vpcflow_ecs_bg.wasm', import.meta.url)), null);

const LINE = '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK';
const lines = (count) => Array.from({ length: count }, (_, index) => LINE.replace(' 4249 ', ` ${index} `));

function equal(found, expected, what) {
  if (found !== expected) throw new Error(`${what}: expected ${expected}, found ${found}`);
}

/** Returns a stream of chunks that are cut anywhere. */
function streamOf(text, length = 1000) {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at += length));
    },
  });
}

for (const [name, api] of Object.entries({ packed, web })) {
  const { Parser, bulkStream, decode, documentStream, ndjsonStream } = api;

  Deno.test(`${name}: streams give what the parser gives, the last line without a line feed, too`, async () => {
    const text = lines(3000).join('\n');
    const parser = new Parser({ format: 'default' });
    const ndjson = new TextDecoder().decode(parser.toNdjson(text));
    equal(await new Response(streamOf(text).pipeThrough(ndjsonStream({ format: 'default' }))).text(), ndjson, 'NDJSON');
    const bulk = { index: 'flows', id: 'fingerprint' };
    const body = new TextDecoder().decode(parser.toBulk(text, bulk));
    equal(await new Response(streamOf(text).pipeThrough(bulkStream({ format: 'default', bulk }))).text(), body, 'bodies');
    let documents = '';
    for await (const document of streamOf(text).pipeThrough(documentStream({ format: 'default' }))) documents += `${JSON.stringify(document)}\n`;
    equal(documents.split('\n').length, 3001, 'documents');
    equal(documents.split('\n')[2999], JSON.stringify(JSON.parse(ndjson.split('\n')[2999])), 'the last document');
  });

  Deno.test(`${name}: a stream waits for its reader, and an abort ends it`, async () => {
    let read = 0;
    const source = new ReadableStream({
      pull(controller) {
        read += 1;
        controller.enqueue(new TextEncoder().encode(`${lines(100).join('\n')}\n`));
      },
    }, { highWaterMark: 0 });
    const reader = source.pipeThrough(ndjsonStream({ format: 'default' })).getReader();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (read > 4) throw new Error(`${read} chunks were read for one`);
    await reader.cancel('enough');
    const before = read;
    await new Promise((resolve) => setTimeout(resolve, 20));
    equal(read, before, 'chunks after the end');
    const failure = await streamOf(`${LINE}\nnonsense`).pipeThrough(ndjsonStream({ format: 'default' })).pipeTo(new WritableStream(), {
      signal: AbortSignal.abort(new Error('stop')),
    }).catch((error) => error);
    equal(failure.message, 'stop', 'the reason');
  });

  Deno.test(`${name}: a bad line is an error after the documents before it`, async () => {
    let text = '';
    let failure;
    try {
      const stream = streamOf([...lines(10), LINE.replace('20641', '70000')].join('\n')).pipeThrough(ndjsonStream({ format: 'default' }));
      for await (const chunk of stream) text += new TextDecoder().decode(chunk);
    } catch (error) {
      failure = error;
    }
    equal(text.split('\n').length, 11, 'documents');
    equal(`${failure.name} ${failure.code} ${failure.lineNumber}`, 'FlowLogError out_of_range 11', 'the error');
  });

  Deno.test(`${name}: decode reads gzip of several members, UTF-16 and envelopes, from streams and bytes`, async () => {
    const text = `${lines(2000).join('\n')}\n`;
    const gzip = async (part) => new Uint8Array(await new Response(new Blob([part]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer());
    const half = text.indexOf('\n', text.length / 2) + 1;
    const members = [await gzip(text.slice(0, half)), await gzip(text.slice(half))];
    const packedBytes = new Uint8Array(await new Blob(members).arrayBuffer());
    const wide = new Uint8Array(new Uint16Array([0xfeff, ...Array.from(text, (letter) => letter.charCodeAt(0))]).buffer);
    const envelope = JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: lines(2000).map((message) => ({ message })) });
    for (const [input, layer] of [[packedBytes, 'gzip'], [new Blob([packedBytes]).stream(), 'gzip'], [wide, 'utf-16le'], [envelope, undefined]]) {
      const decoded = decode(input);
      const stream = decoded.stream().pipeThrough(ndjsonStream({ format: 'default' }));
      const count = (await new Response(stream).text()).trimEnd().split('\n').length;
      equal(count, 2000, `${layer} documents`);
      if (layer) equal(decoded.layers.join(), layer, 'layers');
    }
    // All text before the damage comes first.
    let found = '';
    let failure;
    try {
      for await (const chunk of decode(packedBytes.subarray(0, packedBytes.length - 8))) found += new TextDecoder().decode(chunk);
    } catch (error) {
      failure = error;
    }
    equal(failure.code, 'damaged_input', 'the error');
    equal(found, text, 'the text');
  });
}
