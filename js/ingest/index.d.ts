// This text is also the declaration of the CommonJS form, so it imports nothing with a relative path.

import { FlowLogError } from 'vpcflow-ecs';

export * from 'vpcflow-ecs';
export { default } from 'vpcflow-ecs';

/** The definition of an ingest pipeline: what Elasticsearch takes under `PUT _ingest/pipeline/<id>`. */
export interface PipelineDefinition {
  description?: string;
  version?: number;
  /** Objects with one member each: a processor's type and its options. */
  processors: Record<string, Record<string, unknown>>[];
  /** What runs after a failure that no processor has handled. */
  on_failure?: Record<string, Record<string, unknown>>[];
  _meta?: Record<string, unknown>;
  deprecated?: boolean;
}

/** What a pipeline finds around it. */
export interface PipelineEnvironment {
  /** The pipelines that the processor `pipeline` may name. */
  pipelines?: Record<string, PipelineDefinition>;
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
  /** Whether the response tells what each processor did. */
  verbose?: boolean;
}

/** What Elasticsearch answers under `error`. */
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

/** What a processor did to a document. */
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
   * @throws {FlowLogError} `invalid_pipeline`, with the place in the definition and Elasticsearch's reason
   */
  constructor(definition: PipelineDefinition | string, environment?: PipelineEnvironment);
  /**
   * Runs a document, the `_source`. The argument is not changed.
   *
   * @returns the new `_source`; null if the document was dropped
   * @throws {PipelineFailure} what failed, if nothing in the pipeline handled it
   */
  run(source: Record<string, unknown>): Record<string, any> | null;
  /** The same with metadata, which pipelines may read and change. */
  runWithMetadata(document: IngestDocument): (IngestDocument & { _source: Record<string, any> }) | null;
  /** Answers as `POST _ingest/pipeline/_simulate` does. */
  simulate(request: SimulateRequest): SimulateResponse;
  /** Gives the memory back; the pipeline cannot be used afterwards. */
  free(): void;
  /** As `free`, for `using pipeline = new Pipeline(...)`. */
  [Symbol.dispose](): void;
}

/** What `pipeline.run` throws: a FlowLogError with the code `pipeline_failure`. */
export interface PipelineFailure extends FlowLogError {
  /** Elasticsearch's `error` object. */
  failure: IngestFailure;
  /** The type of the processor that failed; `conditional` if it was the condition. */
  processorType?: string;
  processorTag?: string;
}
