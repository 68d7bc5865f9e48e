/**
 * What `vpcflow-ecs/ingest` has beyond the main entry, made from the exports of its own WASM module.
 *
 * @module
 */

import { createApi } from '../api.js';
import { FlowLogError, toPublicError } from '../error.js';
import { checkDatabases, checkOptions, describe, isObject } from '../options.js';
import { createExporters } from './exporters.js';

/**
 * @param {() => typeof import('../../pkg/vpcflow_ecs_ingest.js')} glue gives the glue's exports, or throws while the
 *   WASM module is not loaded
 */
export function createIngestApi(glue) {
  return { ...createApi(glue, glue), Pipeline: createPipeline(glue), ...createExporters(glue) };
}

function createPipeline(glue) {
  /** An ingest pipeline, built once. Types and examples are in `index.d.ts`. */
  class Pipeline {
    #core;

    /**
     * @param {string | object} definition
     * @param {import('./index.js').PipelineEnvironment} [options]
     */
    constructor(definition, options) {
      if (typeof definition !== 'string' && !isObject(definition)) {
        throw new TypeError(`argument "definition": expected an object or a text, found ${describe(definition)}`);
      }
      const { pipelines, geo, ...others } = checkOptions(options, 'options');
      for (const name of Object.keys(others)) {
        const message = `unknown option "${name}": Pipeline knows "pipelines" and "geo"`;
        throw new FlowLogError(message, { code: 'invalid_option' });
      }
      const databases = geo === undefined || geo === null ? {} : checkDatabases(geo);
      const { IngestPipeline } = glue();
      this.#core = guarded(() => new IngestPipeline(definition, { pipelines, ...databases }));
    }

    /** Runs a document; null if it was dropped. */
    run(document) {
      if (!isObject(document)) {
        throw new TypeError(`argument "document": expected an object, found ${describe(document)}`);
      }
      const result = guarded(() => this.#open().run({ _source: document }));
      return result === null ? null : result._source;
    }

    /** Runs a document with its metadata, `{ _index, _id, _routing, _source }`; null if it was dropped. */
    runWithMetadata(document) {
      if (!isObject(document) || !isObject(document._source)) {
        throw new TypeError('argument "document": expected an object with an object "_source"');
      }
      return guarded(() => this.#open().run(document));
    }

    /** Answers a request of `_simulate`. */
    simulate(request) {
      if (!isObject(request)) {
        throw new TypeError(`argument "request": expected an object, found ${describe(request)}`);
      }
      return guarded(() => this.#open().simulate(request));
    }

    /** Gives the WASM memory back. */
    free() {
      this.#core?.free();
      this.#core = undefined;
    }

    #open() {
      if (this.#core === undefined) {
        throw new FlowLogError('this pipeline has been freed: make a new one', { code: 'pipeline_freed' });
      }
      return this.#core;
    }
  }

  Object.defineProperty(Pipeline.prototype, Symbol.dispose ?? Symbol.for('Symbol.dispose'), {
    value: Pipeline.prototype.free,
    configurable: true,
    writable: true,
  });
  return Pipeline;
}

/** Calls into the WASM module; what it throws becomes a FlowLogError. */
function guarded(call) {
  try {
    return call();
  } catch (thrown) {
    const error = toPublicError(thrown);
    if (error instanceof FlowLogError && isObject(thrown.failure)) {
      error.failure = thrown.failure;
      error.processorType = thrown.processorType ?? undefined;
      error.processorTag = thrown.processorTag ?? undefined;
    }
    throw error;
  }
}
