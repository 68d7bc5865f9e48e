// Programs that use the package: they parse a line, detect a format, and name classes, whose names bundlers change.

const uses = `[
  parse('192.0.2.1', 'srcaddr').source.ip, detectFormat('version srcaddr\\n2 192.0.2.1\\n')[0].format, Parser.name, FlowLogError.name,
].join(' ')`;

/** The output of every program, unless it says more. */
export const EXPECTED = '192.0.2.1 ${version} ${srcaddr} Parser FlowLogError';

const names = 'FlowLogError, Parser, detectFormat, parse';

/** Node.js and the like. */
export const program = `import { ${names} } from 'vpcflow-ecs';\nconsole.log(${uses});\n`;

/** TypeScript, with types of every entry and of the modules' files. Node.js does not import those. */
export const typed = `
import load, { ${names} } from 'vpcflow-ecs';
import type { FlowLogDocument } from 'vpcflow-ecs';
import { Pipeline } from 'vpcflow-ecs/ingest';
import type { createS3Handler } from 'vpcflow-ecs/lambda';
import type { ship } from 'vpcflow-ecs/ship';
import type { s3Objects } from 'vpcflow-ecs/sources';
import type main from 'vpcflow-ecs/vpcflow_ecs_bg.wasm';
import type detection from 'vpcflow-ecs/vpcflow_ecs_detect_bg.wasm';

export const start = (a: typeof main, b: typeof detection): Promise<void> => load(a, b);
export type Others = [typeof createS3Handler, typeof ship, typeof s3Objects];
const document: FlowLogDocument | null = parse('192.0.2.1', 'srcaddr');
void [document, Pipeline, load];
console.log(${uses.replace('.source.ip', '?.source?.ip').replace('[0].format', '[0]?.format')});
`;

/** All that a bundle for Node.js has to carry: threads with the modules, and the other entries. The log is in the working folder. */
export const server = {
  import: `
    import { ${names}, parallel } from 'vpcflow-ecs';
    import { Pipeline } from 'vpcflow-ecs/ingest';
    import { createS3Handler } from 'vpcflow-ecs/lambda';
    ${more()}`,
  require: `
    const { ${names}, parallel } = require('vpcflow-ecs');
    const { Pipeline } = require('vpcflow-ecs/ingest');
    const { createS3Handler } = require('vpcflow-ecs/lambda');
    ${more()}`,
};

function more() {
  return `
    async function main() {
      const words = [${uses}, typeof createS3Handler, Pipeline.name];
      for await (const { chunk } of parallel(['flow.log'], { format: 'srcaddr' })) words.push(JSON.parse(Buffer.from(chunk)).source.ip);
      console.log(words.join(' '));
    }
    main();\n`;
}

export const EXPECTED_OF_SERVER = `${EXPECTED} function Pipeline 192.0.2.2`;
export const SERVER_LOG = '192.0.2.2\n';

/** Browsers: the page posts the output, or what went wrong. */
export const page = browserProgram('');

/** The same with the modules as a bundler imports them. */
export const pageWithImports = browserProgram('main, detection', `
import main from 'vpcflow-ecs/vpcflow_ecs_bg.wasm';
import detection from 'vpcflow-ecs/vpcflow_ecs_detect_bg.wasm';`);

function browserProgram(inputs, imports = '') {
  return `import { ${names}, init } from 'vpcflow-ecs';${imports}
init(${inputs}).then(() => post(${uses})).catch((error) => post(String(error.stack)));
function post(body) {
  return fetch('/result', { method: 'POST', body });
}
`;
}

/** A page of Next.js that shows the output. */
export const nextPage = `
import { ${names} } from 'vpcflow-ecs';
export default function Page() { return <p>{${uses}}</p>; }
`;

/** A test of a Worker, with the modules compiled by the runtime. */
export const workerOfCloudflare = `
import { ${names}, init } from 'vpcflow-ecs';
import main from 'vpcflow-ecs/vpcflow_ecs_bg.wasm';
import detection from 'vpcflow-ecs/vpcflow_ecs_detect_bg.wasm';
export default {
  async test() {
    await init(main);
    await init(undefined, detection);
    console.log(${uses});
  },
};
`;

/** A test of Jest or Vitest. */
export const test = {
  import: `import { expect, test } from 'vitest';\nimport { ${names} } from 'vpcflow-ecs';\n${testBody()}`,
  require: `const { ${names} } = require('vpcflow-ecs');\n${testBody()}`,
};

function testBody() {
  return `test('all', () => { expect(${uses}).toBe(${JSON.stringify(EXPECTED)}); });\n`;
}

/** Rust, whose crate has no classes. */
export const rust = `
fn main() {
    let document = vpcflow_ecs::parse("192.0.2.1", Some("srcaddr")).expect("a record").expect("a document");
    let found = vpcflow_ecs::detect::detect_format(b"version srcaddr\\n2 192.0.2.1\\n", Default::default()).expect("a flow log");
    println!("{} {}", document["source"]["ip"].as_str().expect("an address"), found.candidates[0].format);
}
`;

/** Runs a program for WASI. */
export const wasi = `
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';
const wasi = new WASI({ version: 'preview1', returnOnExit: true });
wasi.start(await WebAssembly.instantiate(new WebAssembly.Module(readFileSync(process.argv[2])), wasi.getImportObject()));
`;
