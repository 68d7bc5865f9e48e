/**
 * The additions of `vpcflow-ecs/ingest` to the main entry, made from the exports of its own WASM module.
 *
 * @module
 */

import { createApi } from '../core/api.js';
import { FlowLogError, nameClass, toPublicError } from '../core/error.js';
import { Instances } from '../core/instances.js';
import { checkDatabases, checkOptions, describe, firstLine, hasLoneSurrogate, isObject } from '../core/options.js';
import { createExporters } from './exporters.js';

/** @typedef {import('./exporters.js').IngestGlue} IngestGlue */

/** @param {() => IngestGlue} glue gives the glue's exports, or throws while the WASM module is not loaded */
export function createIngestApi(glue) {
  const instances = new Instances(glue, glue);
  return { ...createApi(instances), ...createPipeline(instances), ...createExporters(instances) };
}

/** @param {Instances<IngestGlue, IngestGlue>} instances */
function createPipeline(instances) {
  /** @template T @param {() => T} call */
  const guarded = (call) => instances.call(call, toPipelineError);

  /** An ingest pipeline, built once. Types and examples are in `index.d.ts`. */
  class Pipeline {
    /** @type {InstanceType<IngestGlue['IngestPipeline']> | undefined} */
    #core;
    /** The generation of the core's instance. */
    #generation;
    #release;

    /**
     * @param {string | object} definition
     * @param {import('./index.js').PipelineEnvironment} [options]
     */
    constructor(definition, options) {
      if (typeof definition !== 'string' && !isObject(definition)) {
        throw new TypeError(`argument "definition": expected an object or a text, found ${describe(definition)}`);
      }
      const { others, city, asn, country } = environmentOf(options);
      const text = typeof definition === 'string' ? definition : toJson(definition, 'argument "definition"');
      const make = () => guarded(() => new instances.main.IngestPipeline(text, others, city, asn, country));
      const { core, release } = instances.unfreed.make(this, [city, asn, country], make);
      this.#core = core;
      this.#release = release;
      this.#generation = instances.generation;
    }

    /** Runs a document; null if it was dropped. @param {Record<string, unknown>} document */
    run(document) {
      if (!isObject(document)) {
        throw new TypeError(`argument "document": expected an object, found ${describe(document)}`);
      }
      const result = this.#run({ _source: document });
      return result === null ? null : result._source;
    }

    /**
     * Runs a document with its metadata, `{ _index, _id, _routing, _source }`; null if it was dropped.
     *
     * @param {Record<string, unknown>} document
     */
    runWithMetadata(document) {
      if (!isObject(document) || !isObject(document._source)) {
        throw new TypeError('argument "document": expected an object with an object "_source"');
      }
      return this.#run(document);
    }

    /** Answers a request of `_simulate`. @param {Record<string, unknown>} request */
    simulate(request) {
      if (!isObject(request)) {
        throw new TypeError(`argument "request": expected an object, found ${describe(request)}`);
      }
      const text = toJson(request, 'argument "request"');
      const core = this.#open();
      return guarded(() => core.simulate(text));
    }

    /** Returns the way of a document through the processors. @param {Record<string, unknown>} document */
    trace(document) {
      if (!isObject(document)) {
        throw new TypeError(`argument "document": expected an object, found ${describe(document)}`);
      }
      const text = toJson({ _source: document }, 'argument "document"');
      const core = this.#open();
      return guarded(() => core.trace(text));
    }

    /** Returns the counts of documents. @param {Record<string, unknown>[]} documents */
    tally(documents) {
      if (!Array.isArray(documents) || !documents.every(isObject)) {
        throw new TypeError('argument "documents": expected an array of objects');
      }
      const text = toJson(documents.map((document) => ({ _source: document })), 'argument "documents"');
      const core = this.#open();
      return guarded(() => core.tally(text));
    }

    /** Gives the WASM memory back. */
    free() {
      const core = this.#core;
      this.#core = undefined;
      this.#release();
      // The memory of a lost one has been released with its instance.
      if (core && this.#generation === instances.generation) guarded(() => core.free());
    }

    /** @param {Record<string, unknown>} document */
    #run(document) {
      const text = toJson(document, 'argument "document"');
      const core = this.#open();
      return guarded(() => core.run(text));
    }

    #open() {
      if (this.#core === undefined) {
        throw new FlowLogError('this pipeline has been freed: make a new one', { code: 'pipeline_freed' });
      }
      if (this.#generation !== instances.generation) {
        const message = 'this pipeline was lost when the WebAssembly module trapped: make a new one';
        throw new FlowLogError(message, { code: 'pipeline_lost' });
      }
      return this.#core;
    }
  }

  nameClass(Pipeline, 'Pipeline');
  Object.defineProperty(Pipeline.prototype, Symbol.dispose ?? Symbol.for('Symbol.dispose'), {
    value: Pipeline.prototype.free,
    configurable: true,
    writable: true,
  });

  /**
   * Examines the text of a definition, for an editor. Types and examples are in `index.d.ts`.
   *
   * @param {string} definition
   * @param {import('./index.js').PipelineEnvironment} [options]
   */
  function inspectPipeline(definition, options) {
    if (typeof definition !== 'string') {
      throw new TypeError(`argument "definition": expected a text, found ${describe(definition)}`);
    }
    const { others, city, asn, country } = environmentOf(options);
    return guarded(() => instances.main.inspectPipeline(definition, others, city, asn, country));
  }

  /** Returns the types of processors. */
  function processorTypes() {
    return JSON.parse(guarded(() => instances.main.processorTypes()));
  }

  return { Pipeline, inspectPipeline, processorTypes };
}

/** Returns the environment of a pipeline in the form for the module. @param {unknown} options */
function environmentOf(options) {
  const { pipelines, geo, ...unknown } = checkOptions(options, 'options');
  for (const name of Object.keys(unknown)) {
    const message = `unknown option "${name}": Pipeline knows "pipelines" and "geo"`;
    throw new FlowLogError(message, { code: 'invalid_option' });
  }
  const { city, asn, country } = geo === undefined || geo === null ? {} : checkDatabases(geo);
  const others = pipelines === undefined ? undefined : toJson(pipelines, 'option "pipelines"');
  return { others, city, asn, country };
}

/**
 * Returns the JSON text of a value. A BigInt becomes a number of JSON, which JSON.stringify cannot do: it goes by way of a string with
 * a mark that no document knows.
 *
 * @param {unknown} value
 * @param {string} what
 */
function toJson(value, what) {
  const mark = `bigint-${Math.random()}-${Math.random()}:`;
  let hasBigInt = false;
  /** @param {string} key @param {unknown} item */
  const replace = (key, item) => {
    if (typeof item === 'bigint') {
      hasBigInt = true;
      return mark + item;
    }
    // JSON.stringify would silently leave these out, or change them.
    const isLost = typeof item === 'function' || typeof item === 'symbol' || item instanceof Map || item instanceof Set ||
      (typeof item === 'number' && !Number.isFinite(item));
    if (isLost) {
      const message = `${what}: expected a JSON value under "${key}", found ${describe(item)}`;
      throw new FlowLogError(message, { code: 'invalid_option' });
    }
    return item;
  };
  let text;
  try {
    text = JSON.stringify(value, replace);
  } catch (error) {
    if (error instanceof FlowLogError) throw error;
    // A cycle, a nesting too deep, a getter or toJSON method that fails.
    throw new FlowLogError(`${what}: has no JSON text: ${firstLine(error)}`, { code: 'invalid_option' });
  }
  if (text === undefined) throw new FlowLogError(`${what}: has no JSON text`, { code: 'invalid_option' });
  if (hasLoneSurrogate(text)) {
    const message = `${what}: expected Unicode text, found half of a character (a lone surrogate)`;
    throw new FlowLogError(message, { code: 'invalid_option' });
  }
  return hasBigInt ? text.replace(new RegExp(`"${mark.replaceAll('.', '\\.')}(-?\\d+)"`, 'g'), '$1') : text;
}

/**
 * Returns the error to throw for something that the WASM module threw, with the failure of a pipeline.
 *
 * @param {unknown} thrown
 */
function toPipelineError(thrown) {
  const error = toPublicError(thrown);
  if (error instanceof FlowLogError && isObject(thrown) && isObject(thrown.failure)) {
    const { failure, processorType, processorTag } = thrown;
    Object.assign(error, { failure, processorType: processorType ?? undefined, processorTag: processorTag ?? undefined });
  }
  return error;
}
