// The declarations of `vpcflow-ecs/ship`, as users have them.

import { Parser } from 'vpcflow-ecs';
import { ShipError, ship } from 'vpcflow-ecs/ship';
import type { ShipObject, ShipOptions, ShipResult, ShipStats } from 'vpcflow-ecs/ship';
import { openSources } from 'vpcflow-ecs/sources';

const object: ShipObject = {
  name: 'a.log',
  async *open() {
    yield new Uint8Array();
  },
};
const options: ShipOptions = { url: ['https://a:9200', new URL('https://b:9200')], apiKey: 'k', dataStream: true, id: 'fingerprint', retries: Infinity };
const result: ShipResult = await ship([object], options);
const counts: ShipStats = result;
const names: string[] = result.failed.map(({ name, error }) => `${name}: ${error.message}`);
void [counts.duplicates + counts.rejected, names, result.isStopped];
await ship(openSources(['logs/']), {
  url: 'http://localhost:9200',
  index: 'flows',
  op: 'index',
  parser: { format: 'v5', onError: 'document' },
  Parser,
  deadLetter: 'dead.ndjson',
  checkpoint: 'ship.json',
  signal: AbortSignal.timeout(1000),
  onProgress: ({ events, seconds }) => void (events / seconds),
  report: (error, { name }) => void `${name}: ${error.message}`,
});
await ship([object], { client: { helpers: { bulk: async () => ({}) } }, dataStream: 'logs-a-b' });
await ship([object], { file: { path: 'a.ndjson', maxBytes: 1e6, maxFiles: 3 } });
await ship([object], { to: ({ body, count }) => void (body.length + count) });
await ship([object], { to: ({ body, signal }) => fetch('https://example.com/', { method: 'POST', body, signal }) });
const error: Error = new ShipError('no', { code: 'refused' });
void error;
// @ts-expect-error a cluster needs an index or a data stream
await ship([object], { url: 'http://localhost:9200' });
// @ts-expect-error there is one destination
await ship([object], { dataStream: true });
// @ts-expect-error the target is an option of ship
await ship([object], { file: 'a', parser: { bulk: { index: 'a' } } });
