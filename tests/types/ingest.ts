// The types of pipelines as a program with `import` meets them. Nothing here runs: `tsc` is the test.

import { FlowLogError, Parser, Pipeline } from 'vpcflow-ecs/ingest';
import type { IngestDocument, PipelineDefinition, PipelineFailure, SimulateResponse } from 'vpcflow-ecs/ingest';

const definition: PipelineDefinition = { processors: [{ aws_vpcflow: { format: 'v5' } }, { drop: { if: 'ctx.a == null' } }] };
const pipeline = new Pipeline(definition, { pipelines: { other: definition }, geo: { city: new Uint8Array() } });
new Pipeline('processors: []', {});

const source: Record<string, any> | null = pipeline.run({ message: '...' });
const document: IngestDocument | null = pipeline.runWithMetadata({ _index: 'logs', _source: { a: 1n } });
const response: SimulateResponse = pipeline.simulate({ docs: [{ _source: {} }], verbose: true });
const reason: string | undefined = response.docs?.[0]?.processor_results?.[0]?.error?.reason;
const isDropped: boolean = response.docs?.[0] === null;

try {
  pipeline.run({});
} catch (error) {
  if (error instanceof FlowLogError && error.code === 'pipeline_failure') {
    const { failure, processorType, processorTag } = error as PipelineFailure;
    const texts: (string | undefined)[] = [failure.type, failure.caused_by?.reason, processorType, processorTag];
  }
}
pipeline.free();

// @ts-expect-error: a definition has processors.
new Pipeline({});
// @ts-expect-error: there is no such option.
new Pipeline(definition, { databases: {} });
// @ts-expect-error: a document is an object.
pipeline.run('line');

// The superset has the main entry's classes.
const parser: Parser = new Parser({ format: 'v5' });
