// Documents of single lines, in any schema and mode, as JSON text: numbers keep their digits.

const MAX_PARSERS = 12;
/** The number of parsers with a copy of the databases each. */
const MAX_WITH_GEO = 2;
const decoder = new TextDecoder();

export class Documents {
  #parsers = new Map();
  /** Further options of the parsers: the databases. */
  #more = {};

  /** Sets the package, or its larger entry, and further options. */
  use(api, more = {}) {
    this.api = api;
    this.#more = more;
    for (const parser of this.#parsers.values()) parser.free();
    this.#parsers.clear();
  }

  /** Returns a new parser for all lines of a log, which the caller frees. */
  parserOf(log, output) {
    return new this.api.Parser({ ...log.reading, ...output, ...this.#more, onError: 'skip' });
  }

  #parser(format, output, layers) {
    const key = JSON.stringify([format, output, layers]);
    let parser = this.#parsers.get(key);
    if (!parser) {
      parser = new this.api.Parser({ ...(format && { format }), ...(layers !== undefined && { layers }), ...output, ...this.#more });
      this.#parsers.set(key, parser);
      if (this.#parsers.size > (this.#more.geo ? MAX_WITH_GEO : MAX_PARSERS)) {
        const [oldest, evicted] = this.#parsers.entries().next().value;
        this.#parsers.delete(oldest);
        evicted.free();
      }
    }
    return parser;
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
