// A stand-in for a cluster on the loopback interface: it keeps the documents of bulk requests by identifier, and fails on
// demand.

import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { gunzipSync } from 'node:zlib';

/**
 * Starts a server.
 *
 * @param {{ fault?: (request: { number: number, path: string, documents: object[] }) => object | undefined, port?: number,
 *   documents?: Map<string, object>, tls?: object }} [options] `fault`: the answer to a request by its number from 1, see `answer`;
 *   undefined for the usual one
 */
export async function startCluster({ fault = () => undefined, port = 0, documents = new Map(), tls } = {}) {
  const requests = [];
  let twice = 0;
  const server = tls ? createHttpsServer(tls) : createHttpServer();
  server.on('request', async (request, response) => {
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return;
    }
    const packed = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(packed) : packed;
    const lines = body.toString().trimEnd().split('\n').map((line) => JSON.parse(line));
    const pairs = lines.flatMap((action, index) => (index % 2 ? [] : [{ action, document: lines[index + 1] }]));
    const { url: path, method, headers } = request;
    requests.push({ method, path, headers, bytes: body.length, count: pairs.length });
    const answer = fault({ number: requests.length, path, documents: pairs.map(({ document }) => document) }) ?? {};
    if (answer.close === 'before') return void request.socket.destroy();
    if (answer.status !== undefined) {
      response.writeHead(answer.status, answer.headers ?? {});
      response.end(answer.text ?? '{"error":{"reason":"no"}}');
      return;
    }
    const items = pairs.map(({ action, document }, index) => {
      const [[operation, { _id: id = `made-${documents.size}-${index}`, _index: index_ }]] = Object.entries(action);
      const refused = answer.item?.(document, index);
      if (refused) return { [operation]: { _index: index_, _id: id, ...refused } };
      if (documents.has(id)) {
        twice += 1;
        return { [operation]: { _id: id, status: 409, error: { type: 'version_conflict_engine_exception', reason: 'there already' } } };
      }
      documents.set(id, document);
      return { [operation]: { _id: id, status: 201 } };
    });
    const errors = items.some((item) => Object.values(item)[0].error !== undefined);
    const text = JSON.stringify({ took: 1, errors, items });
    if (answer.delay) await new Promise((resolve) => { setTimeout(resolve, answer.delay); });
    response.writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch', 'content-length': Buffer.byteLength(text) });
    if (answer.close === 'within') {
      response.write(text.slice(0, 10));
      setImmediate(() => request.socket.destroy());
      return;
    }
    response.end(text);
  });
  await new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`,
    port: server.address().port,
    documents,
    requests,
    /** Returns the number of documents that came again. */
    get twice() {
      return twice;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => { server.close(resolve); });
    },
  };
}
