/**
 * Elasticsearch's ingest pipelines, geo databases, and exports to Elasticsearch, with all of `vpcflow-ecs`.
 *
 * @module vpcflow-ecs/ingest
 */

// This text is also the declaration of the CommonJS form, so it imports nothing with a relative path.

import { DocumentOptions, FlowLogError, Format, Parser as MainParser, ParserOptions as MainParserOptions } from 'vpcflow-ecs';

export * from 'vpcflow-ecs';
export { default } from 'vpcflow-ecs';

/** In the main entry only. */
export const parallel: never;
/** In the main entry only. */
export const toNode: never;
/** In the main entry only. */
export const decode: never;

/** The definition of an ingest pipeline: what Elasticsearch takes under `PUT _ingest/pipeline/<id>`. */
export interface PipelineDefinition {
  description?: string;
  version?: number;
  /** Objects with one member each: a processor's type and its options. */
  processors: Record<string, Record<string, unknown>>[];
  /** The processors that run after a failure that no processor has handled. */
  on_failure?: Record<string, Record<string, unknown>>[];
  _meta?: Record<string, unknown>;
  deprecated?: boolean;
}

/** The environment of a pipeline. */
export interface PipelineEnvironment {
  /** The pipelines that the processor `pipeline` may name. */
  pipelines?: Record<string, PipelineDefinition>;
  /** The databases of the processor `geoip`, and of `aws_vpcflow` with `geo`: the bytes of MaxMind's `.mmdb` files. */
  geo?: GeoDatabases;
}

/** The bytes of MaxMind's `.mmdb` files; each may be left out. */
export interface GeoDatabases {
  /** `GeoLite2-City` or `GeoIP2-City`: continents, countries, regions, cities and coordinates. */
  city?: Uint8Array | ArrayBuffer;
  /** `GeoLite2-ASN`: autonomous systems. */
  asn?: Uint8Array | ArrayBuffer;
  /** `GeoLite2-Country` or `GeoIP2-Country`: in a parser's documents for the addresses that `city` does not have. */
  country?: Uint8Array | ArrayBuffer;
}

/** A document with its metadata. */
export interface IngestDocument {
  _index?: string;
  _id?: string;
  _routing?: string;
  _version?: number;
  _version_type?: string;
  _source: Record<string, unknown>;
}

/** A request of `POST _ingest/pipeline/_simulate`, without the pipeline. */
export interface SimulateRequest {
  docs: IngestDocument[];
  /** True if the response has the result of each processor. */
  verbose?: boolean;
}

/** The `error` object of an answer of Elasticsearch. */
export interface IngestFailure {
  /** E.g. `illegal_argument_exception`. */
  type: string;
  reason: string;
  caused_by?: IngestFailure;
  root_cause?: IngestFailure[];
  [detail: string]: unknown;
}

/** A document as `_simulate` shows it. */
export interface SimulatedDocument {
  _index: string;
  _id: string;
  _version: string;
  _source: Record<string, any>;
  _ingest: Record<string, any>;
  [metadata: string]: unknown;
}

/** The result of a processor. */
export interface ProcessorResult {
  processor_type: string;
  status: 'success' | 'error' | 'error_ignored' | 'skipped' | 'dropped';
  tag?: string;
  description?: string;
  if?: { condition: string; result: boolean };
  error?: IngestFailure;
  ignored_error?: { error: IngestFailure };
  doc?: SimulatedDocument;
}

/** A response of `POST _ingest/pipeline/_simulate`; `error` and `status` if the request was wrong. */
export interface SimulateResponse {
  /** In the order of the request; null for a document that was dropped. */
  docs?: ({ doc?: SimulatedDocument; error?: IngestFailure; processor_results?: ProcessorResult[] } | null)[];
  error?: IngestFailure;
  status?: number;
}

/**
 * An ingest pipeline, as Elasticsearch runs it, with the processor `aws_vpcflow` beside Elasticsearch's own.
 *
 * @example
 * const pipeline = new Pipeline({ processors: [{ aws_vpcflow: { field: 'message', format: 'default' } }] });
 * const document = pipeline.run({ message: line });
 */
export class Pipeline {
  /**
   * @param definition the definition as an object, or its text in JSON or YAML
   * @throws {FlowLogError} `invalid_pipeline`, with the path in the definition and Elasticsearch's reason
   */
  constructor(definition: PipelineDefinition | string, environment?: PipelineEnvironment);
  /**
   * Runs a document, the `_source`. The argument is not changed.
   *
   * @returns the new `_source`; null if the document was dropped
   * @throws {PipelineFailure} the failure, if nothing in the pipeline handled it
   */
  run(source: Record<string, unknown>): Record<string, any> | null;
  /** Runs a document with metadata, which pipelines may read and change. */
  runWithMetadata(document: IngestDocument): (IngestDocument & { _source: Record<string, any> }) | null;
  /** Answers as `POST _ingest/pipeline/_simulate` does. */
  simulate(request: SimulateRequest): SimulateResponse;
  /** Runs a document, the `_source`, and returns its way through the processors. */
  trace(source: Record<string, unknown>): PipelineTrace;
  /** Runs documents, each a `_source`, and counts what each processor did. */
  tally(sources: Record<string, unknown>[]): PipelineTally;
  /** Releases the memory; the pipeline cannot be used afterwards. */
  free(): void;
  /** As `free`, for `using pipeline = new Pipeline(...)`. */
  [Symbol.dispose](): void;
}

/** The way of a document through a pipeline. */
export interface PipelineTrace {
  /** The results of a verbose `_simulate`, in the order of the run. */
  results: (ProcessorResult & {
    /** The path of the processor: `processors[0].set`, or `pipelines.<id>.processors[0].set` in one that was called. */
    path: string;
  })[];
  /** The document at the end. */
  doc?: SimulatedDocument;
  /** True if the document was dropped. */
  dropped?: true;
  /** The failure that nothing in the pipeline handled. */
  error?: IngestFailure;
}

/** Numbers of documents, and the index of the first of each kind, from 0. */
export interface StepTally {
  success?: number;
  /** The documents that the processor changed, a part of those with success or an ignored failure. */
  changed?: number;
  skipped?: number;
  dropped?: number;
  error?: number;
  error_ignored?: number;
  first: Record<string, number>;
}

/** The counts of documents that a pipeline ran. */
export interface PipelineTally {
  documents: number;
  dropped: number;
  /** The documents with a failure that nothing in the pipeline handled. */
  failed: number;
  first: { dropped?: number; failed?: number };
  /** By the path of each processor that was reached. */
  steps: Record<string, StepTally>;
}

/** The definition of a pipeline as an editor needs it. */
export interface PipelineInspection {
  /** The processors, in the order of the text; `start` and `end` are indexes of characters, which are code points. */
  steps: { path: string; type: string; start: number; end: number }[];
  /** The reason why the pipeline cannot be built, with the part of the text that is wrong if it is known. */
  problem?: { message: string; path?: string; start?: number; end?: number };
}

/**
 * Examines the text of a definition, in JSON or YAML, for an editor.
 *
 * @example
 * const { steps, problem } = inspectPipeline('processors: [ { drop: {} } ]');
 */
export function inspectPipeline(definition: string, environment?: PipelineEnvironment): PipelineInspection;

/** A type of processor. */
export interface ProcessorType {
  name: string;
  /** The names of its options, for a processor that a definition may have. */
  options?: string[];
  /** The advice for a processor of Elasticsearch that is not supported here. */
  instead?: string;
}

/** Returns the types of processors: those that a definition may have, and those of Elasticsearch that are not supported. */
export function processorTypes(): ProcessorType[];

/** The error of `pipeline.run`: a FlowLogError with the code `pipeline_failure`. */
export interface PipelineFailure extends FlowLogError {
  /** Elasticsearch's `error` object. */
  failure: IngestFailure;
  /** The type of the processor that failed; `conditional` if it was the condition. */
  processorType?: string;
  processorTag?: string;
}

/** Options of a parser. */
export interface ParserOptions extends MainParserOptions {
  /** The databases to look addresses up in, as Elasticsearch's `geoip` processor does. */
  geo?: GeoDatabases;
}

/** A parser as in the main entry, which can look addresses up. */
export class Parser extends MainParser {
  /**
   * @throws {FlowLogError} `invalid_option`, what is wrong with a format, or `invalid_database`
   * @example
   * const parser = new Parser({ geo: { city: readFileSync('GeoLite2-City.mmdb'), asn: readFileSync('GeoLite2-ASN.mmdb') } });
   */
  constructor(options?: ParserOptions);
}

/** Options of an exported pipeline: the parser's options, except those about the input. */
export interface ExportOptions extends Omit<DocumentOptions, 'maxLineBytes' | 'layers'> {
  /** True to add `network.community_id`, whose processor came with Elasticsearch 7.12. Default: true. */
  communityId?: boolean;
  /** True to add `source.geo`, `source.as` and those of `destination`, from the cluster's own databases. Default: false. */
  geo?: boolean;
}

/**
 * Returns the body of `PUT _ingest/pipeline/<id>`. It has Elasticsearch's own processors only: from documents with a line
 * in `message`, they make the same documents as a `Parser` with these options.
 *
 * Blank lines and headers are dropped; a line that is not a record becomes an event with `event.kind` `pipeline_error`. All
 * but `communityId` and `geo` runs on Elasticsearch 7.10 and later.
 *
 * @param format one format
 * @throws {FlowLogError} what is wrong with the format or an option
 * @example
 * await fetch(`${cluster}/_ingest/pipeline/vpc-flow-logs`, {
 *   method: 'PUT',
 *   headers: { 'content-type': 'application/json', authorization },
 *   body: JSON.stringify(toIngestPipeline('v5', { dataStream: true })),
 * });
 */
export function toIngestPipeline(format: Format, options?: ExportOptions): PipelineDefinition;

/** The body of `PUT _component_template/<name>`. */
export interface ComponentTemplate {
  template: { mappings: Record<string, any> };
  _meta?: Record<string, unknown>;
}

/**
 * Returns the bodies of component templates, by name: `vpcflow-ecs@aws` maps `aws.vpcflow.*`, and `vpcflow-ecs@ecs` every other
 * field that a document, or a shipper around it, can have. Other fields are mapped when they come.
 */
export function componentTemplates(): Record<'vpcflow-ecs@aws' | 'vpcflow-ecs@ecs', ComponentTemplate>;

/** Options of an index template. */
export interface TemplateOptions {
  /** The one namespace that it is for, of `logs-aws.vpcflow-<namespace>`; all of them by default. */
  namespace?: string;
  /** The pipeline that documents go through by default; none, for documents that are made already. */
  pipeline?: string;
}

/** The body of `PUT _index_template/<name>`. */
export interface IndexTemplate {
  index_patterns: string[];
  data_stream: Record<string, unknown>;
  composed_of: string[];
  priority: number;
  template?: { settings: Record<string, any> };
  _meta?: Record<string, unknown>;
}

/**
 * Returns the body of `PUT _index_template/<name>` for the data streams `logs-aws.vpcflow-*`, made of `componentTemplates()`. Its
 * priority is 250, or 260 for one namespace: above Fleet's template for these data streams (200).
 *
 * @throws {FlowLogError} `invalid_option` if the namespace cannot be one
 */
export function indexTemplate(options?: TemplateOptions): IndexTemplate;
