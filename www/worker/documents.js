// Documents of single lines, in any schema and mode, as JSON text: numbers keep their digits.

import { Parsers } from './parsers.js';

const MAX_PARSERS = 12;
/** The number of parsers with a copy of the databases each. */
const MAX_WITH_GEO = 2;
const decoder = new TextDecoder();

export class Documents {
  #parsers = new Parsers();
  /** Further options of the parsers: the databases. */
  #more = {};

  /** Sets the package, or its larger entry, and further options. */
  use(api, more = {}) {
    this.api = api;
    this.#more = more;
    this.#parsers.clear();
  }

  /** Returns a new parser for all lines of a log, which the caller frees. */
  parserOf(log, output) {
    return new this.api.Parser({ ...log.reading, ...output, ...this.#more, onError: 'skip' });
  }

  #parser(format, output, layers) {
    const make = () => new this.api.Parser({ ...(format && { format }), ...(layers !== undefined && { layers }), ...output, ...this.#more });
    return this.#parsers.of(JSON.stringify([format, output, layers]), make, this.#more.geo ? MAX_WITH_GEO : MAX_PARSERS);
  }

  /**
   * Returns the document of a line; undefined if it has none.
   *
   * @param {{ layers: string[] | false, header?: string }} [around] the layers of the line, and the header of its cells
   */
  of(text, formats, output, around) {
    const input = around?.header ? `${around.header}\n${text}` : text;
    for (const format of formats) {
      try {
        const bytes = this.#parser(format, output, around?.layers).toNdjson(input);
        if (bytes.length) return decoder.decode(bytes).trimEnd();
      } catch (error) {
        if (!error.code) throw error;
      }
    }
    return undefined;
  }
}
