// A host of the module without imports, as docs/abi.md describes it: the least that one has to do.

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The kinds of lines, by the value that `vpcflow_line` returns for them. */
export const KINDS = ['record', 'omitted', 'header', 'blank', 'record without time'];

/** An instance of a module. */
export class Host {
  /** @param {WebAssembly.Module} module */
  constructor(module) {
    /** The functions of the module. */
    this.exports = /** @type {any} */ (new WebAssembly.Instance(module, {}).exports);
    this.record = this.exports.vpcflow_result();
  }

  /** Writes a text or bytes to the buffer of the module, and returns the length in bytes. */
  write(input) {
    const bytes = typeof input === 'string' ? encoder.encode(input) : input;
    const address = this.exports.vpcflow_buffer(bytes.length);
    if (address === 0) throw new Error(`the buffer cannot have ${bytes.length} bytes`);
    new Uint8Array(this.exports.memory.buffer, address, bytes.length).set(bytes);
    return bytes.length;
  }

  /** Returns what the last call wrote: its documents, its errors or description, and the bytes that it consumed. */
  result() {
    const [documents, length, text, textLength, consumed] = new Uint32Array(this.exports.memory.buffer, this.record, 5);
    const read = (start, bytes) => decoder.decode(new Uint8Array(this.exports.memory.buffer, start, bytes));
    return { documents: read(documents, length), lines: jsonLines(read(text, textLength)), consumed };
  }

  /** Checks the value of a call: a negative one is thrown as an error, with what the call wrote before it. */
  checked(value) {
    if (value >= 0) return value;
    const { documents, lines } = this.result();
    const error = lines.pop();
    throw Object.assign(new Error(error.message), error, { documents, lines });
  }

  /** Makes a parser and returns its handle. */
  open(options) {
    return this.checked(this.exports.vpcflow_open(this.write(JSON.stringify(options))));
  }

  /** Reads a line: its kind and its document. */
  line(handle, line) {
    const kind = KINDS[this.checked(this.exports.vpcflow_line(handle, 0, this.write(line)))];
    const { documents } = this.result();
    return { kind, document: documents === '' ? null : JSON.parse(documents) };
  }

  /** Reads a chunk: documents and errors of the lines that end in it. */
  push(handle, chunk) {
    const length = this.write(chunk);
    const all = { documents: '', errors: [] };
    let start = 0;
    do {
      this.checked(this.exports.vpcflow_push(handle, start, length - start));
      const { documents, lines, consumed } = this.result();
      all.documents += documents;
      all.errors.push(...lines);
      start += consumed;
    } while (start < length);
    return all;
  }

  /** Ends the input: documents and errors of the pending lines. */
  end(handle) {
    this.checked(this.exports.vpcflow_end(handle));
    const { documents, lines: errors } = this.result();
    return { documents, errors };
  }

  /** Reads a whole input. */
  read(handle, input) {
    const [first, rest] = [this.push(handle, input), this.end(handle)];
    return { documents: jsonLines(first.documents + rest.documents), errors: [...first.errors, ...rest.errors] };
  }

  /** Returns the description of a parser. */
  info(handle) {
    this.checked(this.exports.vpcflow_info(handle));
    return this.result().lines[0];
  }
}

/** Returns the values of lines of JSON, each of which has its line end. */
export function jsonLines(text) {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error(`the last line has no line end: ${text.slice(-100)}`);
  return lines.map((line) => JSON.parse(line));
}
