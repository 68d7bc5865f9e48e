// Deliberate traps, for Node.js and for browsers: the functions need nothing but the package and what is given.

/** Returns the list of all instances of WebAssembly modules from now on, the latest last. */
export function watchInstances() {
  const instances = [];
  const { Instance, instantiate, instantiateStreaming } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    constructor(...given) {
      super(...given);
      instances.push(this);
    }
  };
  const keep = (result) => {
    instances.push(result.instance ?? result);
    return result;
  };
  WebAssembly.instantiate = (...given) => instantiate(...given).then(keep);
  WebAssembly.instantiateStreaming = (...given) => instantiateStreaming(...given).then(keep);
  // The glue asks for the class of an instance.
  Object.defineProperty(WebAssembly.Instance, Symbol.hasInstance, { value: (value) => value instanceof Instance });
  return instances;
}

/** Takes all memory that an instance can have. The next time it needs more, it traps. */
export function fill({ exports: { memory } }) {
  memory.grow(65_536 - memory.buffer.byteLength / 65_536);
}

/** An input that needs more memory than a new module has. */
const LARGE = 'x'.repeat(40_000_000);

/** Returns what a call threw, as data. */
function thrownBy(call) {
  try {
    call();
    return 'nothing';
  } catch (error) {
    return { name: error.name, code: error.code, isTrap: error.cause instanceof WebAssembly.RuntimeError };
  }
}

/**
 * Lets the main module trap, and returns all that is to be seen of it.
 *
 * @param {object} api the package, loaded
 * @param {WebAssembly.Instance[]} instances
 */
export function trapOfParser({ Parser, parse, FlowLogError }, instances) {
  const format = 'srcaddr';
  const parser = new Parser({ format, maxLineBytes: 64 * 1024 * 1024 });
  const other = new Parser({ format });
  parse('192.0.2.1', format);
  const text = (bytes) => new TextDecoder().decode(bytes);
  const main = () => instances.findLast(({ exports }) => exports.core_new);
  const count = instances.length;
  for (let calls = 0; calls < 3; calls++) other.push('192.0.2.1\n', { view: true });
  fill(main());
  const view = other.push('192.0.2.1\n192.0.2.2', { view: true });
  const before = text(view);
  const seen = {
    trap: thrownBy(() => parser.push(LARGE)),
    viewStays: text(view) === before,
    newInstances: instances.length - count,
    memoryIsSmall: main().exports.memory.buffer.byteLength < 64 * 1024 * 1024,
    lost: [() => other.push('192.0.2.3\n'), () => other.end(), () => other.reset()].map(thrownBy),
    lostStats: thrownBy(() => parser.stats),
    freed: thrownBy(() => { parser.free(); other.free(); other.free(); }),
    afterFree: thrownBy(() => other.push('')),
    stateless: parse('192.0.2.1', format).source.ip,
    fresh: JSON.parse(text(new Parser({ format }).toNdjson('192.0.2.4\n'))).source.ip,
  };
  // A trap in a parser that the callback of another one uses.
  const inner = new Parser({ format, maxLineBytes: 64 * 1024 * 1024 });
  const reported = [];
  const outer = new Parser({
    format,
    onError: 'skip',
    report() {
      fill(main());
      reported.push(thrownBy(() => inner.push(LARGE)), thrownBy(() => parse('192.0.2.1', format)));
    },
  });
  seen.outer = thrownBy(() => outer.push('a\n192.0.2.1\n'));
  seen.reported = reported;
  seen.outerLater = thrownBy(() => outer.push('192.0.2.1\n'));
  seen.isFlowLogError = (() => { try { outer.stats; } catch (error) { return error instanceof FlowLogError; } })();
  seen.works = parse('192.0.2.1', format).source.ip;
  return seen;
}

const trapped = { name: 'FlowLogError', code: 'module_trapped', isTrap: true };
const lost = { name: 'FlowLogError', code: 'parser_lost', isTrap: false };

/** The expected result of `trapOfParser`. */
export const TRAP_OF_PARSER = {
  trap: trapped,
  viewStays: true,
  newInstances: 1,
  memoryIsSmall: true,
  lost: [lost, lost, lost],
  lostStats: lost,
  freed: 'nothing',
  afterFree: { name: 'FlowLogError', code: 'parser_freed', isTrap: false },
  stateless: '192.0.2.1',
  fresh: '192.0.2.4',
  outer: trapped,
  reported: [trapped, trapped],
  outerLater: lost,
  isFlowLogError: true,
  works: '192.0.2.1',
};

/** Lets the module of detection trap: in a call of its own, and in one that the main module makes. */
export function trapOfDetection({ Parser, detectFormat, parse }, instances) {
  const lines = '192.0.2.1 192.0.2.2 443 6 ACCEPT\n'.repeat(30);
  const format = () => detectFormat(lines)[0].format;
  const found = format();
  const detection = () => instances.findLast(({ exports }) => exports.detectFormat);
  const parser = new Parser({ maxLineBytes: 64 * 1024 * 1024 });
  const sample = `${'192.0.2.1 '.repeat(1000)}\n`.repeat(1500);
  fill(detection());
  const seen = { detect: thrownBy(() => detectFormat(sample, { maxBytes: sample.length })), again: format() === found };
  seen.lost = thrownBy(() => parser.push(lines));
  fill(detection());
  const inferring = new Parser();
  seen.inferring = thrownBy(() => inferring.toNdjson(`${'a '.repeat(400_000)}\n${lines}`));
  seen.works = parse('192.0.2.1', 'srcaddr').source.ip;
  return seen;
}

/** The expected result of `trapOfDetection`. */
export const TRAP_OF_DETECTION = { detect: trapped, again: true, lost, inferring: trapped, works: '192.0.2.1' };

/** Lets the module of `vpcflow-ecs/ingest` trap in a pipeline. */
export function trapOfPipeline({ Pipeline, Parser, parse, detectFormat }, instances) {
  const pipeline = new Pipeline({ processors: [{ set: { field: 'b', value: '{{{a}}}' } }] });
  const parser = new Parser({ format: 'srcaddr' });
  const document = { a: LARGE };
  const small = pipeline.run({ a: '1' });
  const text = JSON.stringify(document);
  fill(instances.findLast(({ exports }) => exports.ingestpipeline_new));
  return {
    small,
    trap: thrownBy(() => pipeline.run(document)),
    lost: [() => pipeline.run({ a: 1 }), () => pipeline.simulate({ docs: [{ _source: {} }] }), () => parser.push('')].map(thrownBy),
    freed: thrownBy(() => { pipeline.free(); parser.free(); pipeline.free(); }),
    parse: parse('192.0.2.1', 'srcaddr').source.ip,
    detect: detectFormat('version srcaddr\n2 192.0.2.1\n')[0].format,
    run: new Pipeline({ processors: [{ set: { field: 'b', value: '{{{a}}}' } }] }).run({ a: '1' }),
    large: new Pipeline({ processors: [] }).run(document).a.length === text.length - 8,
  };
}

const lostPipeline = { name: 'FlowLogError', code: 'pipeline_lost', isTrap: false };

/** The expected result of `trapOfPipeline`. */
export const TRAP_OF_PIPELINE = {
  small: { a: '1', b: '1' },
  trap: trapped,
  lost: [lostPipeline, lostPipeline, lost],
  freed: 'nothing',
  parse: '192.0.2.1',
  detect: '${version} ${srcaddr}',
  run: { a: '1', b: '1' },
  large: true,
};
