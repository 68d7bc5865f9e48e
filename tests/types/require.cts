// The types as a CommonJS program meets them.

import vpcflow = require('vpcflow-ecs');
import type { FlowLogDocument, ParserOptions } from 'vpcflow-ecs';

const options: ParserOptions = { format: 'v5', schema: 'beats' };
const parser = new vpcflow.Parser(options);
const document: FlowLogDocument | null = parser.parse('...');
const error: Error = new vpcflow.FlowLogError('a message', { code: 'field_count' });
const ready: Promise<void> = vpcflow.init();
const names: string[] = vpcflow.fields().map((field) => field.name);
const best: vpcflow.FormatCandidate | undefined = vpcflow.detectFormat('...')[0];
void [best?.format, vpcflow.explain('...', 'v5').kind];
const body: Uint8Array = parser.toBulk('...', { index: 'flows' });
void [body, parser.parseMany('...')[0]?.source?.ip];
const run: AsyncIterable<{ file: string; chunk: Uint8Array }> = vpcflow.parallel(['a.log']);
void run;
void [document, error, ready, names, vpcflow.parse('...', 'v5')?.event?.kind];

// @ts-expect-error there is no such export
vpcflow.parseAll;
// @ts-expect-error there is no such schema
vpcflow.parse('...', 'v5', { schema: 'ecs-9' });
