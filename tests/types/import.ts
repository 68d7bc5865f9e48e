// The types as a program with `import` meets them. Nothing here runs: `tsc` is the test.

import load, {
  FlowLogError, Parser, bulkStream, compileFormat, detectFormat, documentStream, explain, fields, init, initSync, ndjsonStream, parallel,
  parse, presets, schemas, toNode,
} from 'vpcflow-ecs';
import type {
  BulkTarget,
  CompiledFormat,
  DetectOptions,
  DocumentOptions,
  ExplainedToken,
  Explanation,
  FieldFacts,
  FieldKind,
  FlowLogDocument,
  FormatCandidate,
  IntoResult,
  Long,
  Mode,
  ParallelChunk,
  ParallelOptions,
  ParallelRun,
  ParserOptions,
  ParserStats,
  ParserStream,
  Preset,
  Schema,
  SchemaFacts,
  UnresolvedColumn,
} from 'vpcflow-ecs';

// parse: every way to give a format.
const document: FlowLogDocument | null = parse('2 123456789010 ...');
parse(new Uint8Array(), 'v5');
parse('...', null, { schema: 'beats', mode: 'ecs_and_original' });
parse('...', undefined, { format: ['v5', '${srcaddr} ${dstaddr}'] });
parse('...', ['srcaddr', 'dstaddr'] as const, { preserveOriginal: true, tags: ['a'] as const });
parse('...', compileFormat('v5'), { dataStream: { namespace: 'prod' }, ingested: '2024-01-01T00:00:00Z' });
parse('...', [compileFormat('v5'), 'tgw'], { fields: { host: { name: 'collector-1', ip: ['192.0.2.1'] } } });

// The document.
if (document) {
  const address: string | undefined = document.source?.ip;
  const port: number | undefined = document.destination?.port;
  const bytes: Long | undefined = document.network?.bytes;
  const total: bigint = BigInt(bytes ?? 0);
  const flags = document.aws?.vpcflow?.tcp_flags_array?.includes('syn');
  const unknown: unknown = document.aws?.vpcflow?.['a-field-of-next-year'];
  const type: string[] | string | undefined = document.event?.type;
  const timestamp: string | undefined = document['@timestamp'];
  void [address, port, total, flags, unknown, type, timestamp];
  // @ts-expect-error a document has no such member
  document.sorce;
  // @ts-expect-error counters may be BigInts
  const packets: number | undefined = document.source?.packets;
  void packets;
}
// @ts-expect-error the document may be null
parse('...').source;

// Parser.
const options: ParserOptions = {
  format: 'v5',
  schema: 'ecs',
  mode: 'original',
  strict: true,
  onError: 'document',
  maxLineBytes: 4096,
  layers: ['json message', 'prefix 1'],
  report: (error) => {
    const place: [number | undefined, number | undefined] = [error.lineNumber, error.column];
    void place;
  },
};
const parser = new Parser(options);
const ndjson: Uint8Array = parser.toNdjson('...');
const chunk: Uint8Array = parser.push(ndjson);
const rest: Uint8Array = parser.end();
const views: Uint8Array[] = [parser.toNdjson('...', { view: true }), parser.push(chunk, { view: true }), parser.end({ view: true })];
const target: BulkTarget = { dataStream: { namespace: 'prod' }, id: 'fingerprint' };
const body: Uint8Array = parser.toBulk(chunk, target);
parser.toBulk('...', { index: 'flows', op: 'index' }, { view: true });
parser.toBulk(new Uint8Array(), { dataStream: 'logs-aws.vpcflow-prod', op: 'create' });
const { read, written }: IntoResult = parser.toNdjsonInto('...', new Uint8Array(100));
parser.toBulkInto(chunk.subarray(read, written), new Uint8Array(100), target);
new Parser({ bulk: target, communityId: false }).toBulk('...');
const documents: FlowLogDocument[] = parser.parseMany(body);
const inferred: string | undefined = parser.inferred;
const layers: string[] = parser.layers;
const stats: ParserStats = parser.stats;
const { lines, records, headers, blanks, errors }: Record<keyof ParserStats, number> = stats;
const one: FlowLogDocument | null = parser.parse(chunk);
parser.reset();
parser[Symbol.dispose]();
parser.free();
void [views, documents, rest, inferred, layers, lines, records, headers, blanks, errors, one];
new Parser();

// Many files.
const parallelOptions: ParallelOptions = { ...options, threads: 2, maxBufferedBytes: 1e6, signal: AbortSignal.timeout(1000) };
const run: ParallelRun = parallel(['a.log', new URL('file:///b.log')], parallelOptions);
for await (const { file, chunk } of run) {
  const part: ParallelChunk = { file, chunk };
  void [part, run.stats.files + run.stats.records];
}
parallel(new Set<string>());
// @ts-expect-error files are an iterable of paths
parallel(['a.log', 5]);
// @ts-expect-error there is no such option
parallel([], { workers: 2 });

// Streams.
const stream: ParserStream = ndjsonStream({ format: 'v5', onError: 'skip' });
const piped: ReadableStream = new Blob(['...']).stream().pipeThrough(documentStream());
void [stream.stats.records, stream.inferred, piped, bulkStream({ bulk: target }).readable, toNode.documents().stats.lines];
// @ts-expect-error a body of a bulk request needs a target
bulkStream({ format: 'v5' });
// @ts-expect-error its chunks would not be NDJSON of documents
ndjsonStream({ bulk: target });
// @ts-expect-error the same
toNode.ndjson({ bulk: target });

// Formats and facts.
const compiled: CompiledFormat = compileFormat('version vpc_id', { strict: true });
const columns: string[] = compiled.fields.filter((field) => field.known).map((field) => field.column);
const facts: FieldFacts[] = fields();
const kinds: FieldKind[] = facts.map(({ kind }) => kind);
const names: string[] = presets().map((preset: Preset) => preset.name);
const modes: [Schema, Mode[]][] = schemas().map((facts: SchemaFacts) => [facts.name, facts.modes]);
void [columns, facts, kinds, names, modes, compiled.version + 1, compiled.warnings.length, compiled.format.length];

// Detected formats.
const bounds: DetectOptions = { maxLines: 100, maxBytes: 4096 };
const candidates: FormatCandidate[] = detectFormat('...', bounds);
detectFormat(new Uint8Array());
detectFormat(['...', '...'] as const);
for (const { format, origin, preset, confidence, evidence, unresolved, isSettled, tokens } of candidates) {
  const name: string = preset ?? origin;
  const open: UnresolvedColumn | undefined = unresolved[0];
  const others: string[] = open ? [open.field ?? `column ${open.index + 1}`, ...open.alternatives] : [];
  void [new Parser({ format }), new Parser({ format: candidates }), name, confidence.toFixed(), evidence.join(), isSettled === true, tokens[0]?.text, tokens[0]?.field, others];
  if (origin === 'preset') continue;
  // @ts-expect-error there is no such origin
  if (origin === 'guess') continue;
}
const explanation: Explanation = explain('...', 'v5', { schema: 'beats', mode: 'original' });
explain('...', null);
const token: ExplainedToken | undefined = explanation.tokens[0];
const value: string | Long | null | undefined = token?.value;
const place: number = token?.offset ?? 0;
const words: (string | null)[] = [explanation.format, explanation.problem, token?.meaning ?? null, ...explanation.missing];
void [value, place, words, explanation.kind === 'header', token?.known === true, token?.field, token?.paths.length];
// @ts-expect-error there is no such bound
detectFormat('...', { lines: 5 });
// @ts-expect-error a sample is text, bytes or lines
detectFormat(5);
// @ts-expect-error a line is text here
explain(new Uint8Array());
// @ts-expect-error explain makes no document that tags would be in
explain('...', 'v5', { tags: [] });

// Errors.
try {
  parse('...');
} catch (error) {
  if (error instanceof FlowLogError) {
    const isRange: boolean = error.code === 'out_of_range';
    const text: string = `${error.name} ${error.message} ${error.field ?? ''} ${error.expected ?? ''} ${error.found ?? ''}`;
    const written: Uint8Array | undefined = error.output;
    const parsed: FlowLogDocument[] | undefined = error.documents;
    void [isRange, text, written, parsed, error.offset, error.input, error.file];
  }
}
new FlowLogError('a message', { code: 'field_count', lineNumber: 3 }) satisfies Error;

// Loading.
const ready: Promise<void> = init();
void [ready, load(new URL('https://example.com/vpcflow_ecs_bg.wasm')), init(fetch('/vpcflow_ecs_bg.wasm'))];
void init(new Response());
void init('/a.wasm', new URL('https://example.com/b.wasm'));
initSync(new Uint8Array());
initSync(new Uint8Array(), new ArrayBuffer(8));

// Literal unions are not strings.
const schema: Schema = 'elastic-integration-1.12';
const mode: Mode = 'ecs';
const both: DocumentOptions = { schema, mode };
void both;

// @ts-expect-error there is no such schema
parse('...', 'v5', { schema: 'ecs-9' });
// @ts-expect-error there is no such mode
new Parser({ mode: 'both' });
// @ts-expect-error there is no such policy
new Parser({ onError: 'fail' });
// @ts-expect-error there is no such option
new Parser({ formats: ['v5'] });
// @ts-expect-error a target has an index or a data stream
parser.toBulk('...', {});
// @ts-expect-error ... not both
parser.toBulk('...', { index: 'a', dataStream: true });
// @ts-expect-error a data stream takes no replacements
parser.toBulk('...', { dataStream: true, op: 'index' });
// @ts-expect-error there is no such identifier
parser.toBulk('...', { index: 'a', id: 'random' });
// @ts-expect-error the identifier of a record is no matter of a single line
parse('...', 'v5', { bulk: target });
// @ts-expect-error a line is text or bytes
parse(2);
// @ts-expect-error a format is a text, a compiled format, or an array of these
parse('...', 5);
// @ts-expect-error tags are an array
new Parser({ tags: 'a' });
// @ts-expect-error a function is not a JSON value
new Parser({ fields: { host: () => 'a' } });
// @ts-expect-error it is read only
parser.inferred = inferred;
// @ts-expect-error stats are read only
parser.stats = stats;
// @ts-expect-error an array buffer is not bytes yet
parser.push(new ArrayBuffer(8));
// @ts-expect-error a format is needed
compileFormat();

// Output is a body of requests without a cast.
const writer = new Parser({ format: 'v5' });
for (const body of [writer.toNdjson('...'), writer.toBulk('...', { index: 'flows' }), writer.push('...'), writer.end()]) {
  void fetch('https://example.com/', { method: 'POST', body });
}
