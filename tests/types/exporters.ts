// The types of the exporters, as a program with `import` meets them. Nothing here runs: `tsc` is the test.

import { Parser, compileFormat, componentTemplates, indexTemplate, toIngestPipeline } from 'vpcflow-ecs/ingest';
import type { ComponentTemplate, ExportOptions, IndexTemplate, PipelineDefinition, TemplateOptions } from 'vpcflow-ecs/ingest';

const options: ExportOptions = { schema: 'beats', mode: 'original', tags: ['a'], communityId: false, geo: true };
const pipeline: PipelineDefinition = toIngestPipeline('v5', options);
toIngestPipeline(compileFormat('v5'));
toIngestPipeline(['srcaddr', 'dstaddr'] as const, { dataStream: { namespace: 'prod' } });
const types: (string | undefined)[] = pipeline.processors.map((processor) => Object.keys(processor)[0]);

// @ts-expect-error: a pipeline has no such option
toIngestPipeline('v5', { onError: 'skip' });
// @ts-expect-error: it is for one format
toIngestPipeline();

const bytes = new Uint8Array();
new Parser({ format: 'v5', geo: { city: bytes, asn: bytes } }).push(bytes);
// @ts-expect-error: files are bytes
new Parser({ geo: { city: 'GeoLite2-City.mmdb' } });

const components: Record<string, ComponentTemplate> = componentTemplates();
const forPipeline: TemplateOptions = { namespace: 'prod', pipeline: 'p' };
const template: IndexTemplate = indexTemplate(forPipeline);
indexTemplate();
// @ts-expect-error: the name is a text
indexTemplate({ pipeline: 1 });

export { components, template, types };
