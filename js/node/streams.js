/**
 * Streams of Node.js around a parser: text in, documents out, at the pace of the reader.
 *
 * @module
 */

import { Duplex } from 'node:stream';
import { Facts } from '../core/streams.js';

/** @typedef {import('../core/streams.js').Conversion} Conversion */

/** @param {Record<'ndjson' | 'bulk' | 'documents', (options: unknown) => Conversion>} conversions */
export function createNodeStreams({ ndjson, bulk, documents }) {
  return {
    /** @param {unknown} [options] */
    ndjson: (options) => new ParserDuplex(ndjson(options), false),
    /** @param {unknown} options */
    bulk: (options) => new ParserDuplex(bulk(options), false),
    /** @param {unknown} [options] */
    documents: (options) => new ParserDuplex(documents(options), true),
  };
}

class ParserDuplex extends Duplex {
  #conversion;
  #facts;
  #wake = () => {};

  /**
   * @param {Conversion} conversion
   * @param {boolean} readableObjectMode
   */
  constructor(conversion, readableObjectMode) {
    // Text stays text: a decoded and encoded half of a character would be lost.
    super({ readableObjectMode, decodeStrings: false, ...(readableObjectMode && { readableHighWaterMark: conversion.queued }) });
    this.#conversion = conversion;
    this.#facts = new Facts(conversion.parser);
  }

  get stats() {
    return this.#facts.stats;
  }

  get warnings() {
    return this.#facts.warnings;
  }

  get inferred() {
    return this.#facts.inferred;
  }

  get layers() {
    return this.#facts.layers;
  }

  /**
   * @param {string | Uint8Array} chunk
   * @param {BufferEncoding} encoding
   * @param {(error?: Error | null) => void} done
   * @override
   */
  _write(chunk, encoding, done) {
    const isOtherText = typeof chunk === 'string' && encoding !== 'utf8' && encoding !== 'utf-8';
    this.#deliver(this.#conversion.push(isOtherText ? Buffer.from(chunk, encoding) : chunk)).then(() => done(), done);
  }

  /**
   * @param {(error?: Error | null) => void} done
   * @override
   */
  _final(done) {
    this.#deliver(this.#conversion.end()).then(() => {
      this.push(null);
      done();
    }, done);
  }

  /** @override */
  _read() {
    this.#wake();
  }

  /**
   * @param {number} [size]
   * @override
   */
  read(size) {
    const value = super.read(size);
    if (this.readableLength === 0) this.#wake();
    return value;
  }

  /**
   * @param {Error | null} error
   * @param {(error?: Error | null) => void} done
   * @override
   */
  _destroy(error, done) {
    Facts.finish(this.#facts);
    this.#wake();
    done(error);
  }

  /**
   * Pushes values until the reader has enough, and continues when it asks for more.
   *
   * @param {Generator<unknown>} values
   */
  async #deliver(values) {
    const woken = () => /** @type {Promise<void>} */ (new Promise((resolve) => { this.#wake = resolve; }));
    try {
      while (!this.destroyed) {
        const { value, done } = values.next();
        if (done) return;
        if (!this.push(value)) await woken();
      }
    } catch (error) {
      // An error discards the buffer.
      while (!this.destroyed && this.readableLength > 0) await woken();
      throw error;
    }
  }
}
