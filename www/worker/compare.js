// A line in several schemas: its document in each, and the keys that each of its tokens sets.

import { rowOf } from './explain.js';
import { ERROR } from './log.js';

/** Returns the reason why Elastic's integration, which knows only the number of fields, does not read a line as its format does. */
function refusalOf(api, text, document, output, around) {
  const parser = new api.Parser({ ...output, ...(around?.layers !== undefined && { layers: around.layers }) });
  try {
    const read = new TextDecoder().decode(parser.toNdjson(around?.header ? `${around.header}\n${text}` : text));
    return timeless(read) === timeless(document) ? undefined : 'read as another format of as many fields: the document differs';
  } catch (error) {
    return error.problem ?? error.message;
  } finally {
    parser.free();
  }
}

/** Returns a document without the time at which it was written. */
const timeless = (document) => document.trimEnd().replace(/"ingested":"[^"]*"/, '');

/** Returns the tokens of a line, and for each schema its document and the keys of each token. */
export function compare({ api, documents, log, likely }, line, text, outputs, around) {
  const columns = outputs.map((output) => {
    const row = rowOf(api, log, line, text, { output, likely, around });
    const document = log.state(line) === ERROR ? undefined : documents.of(text, log.formatsOf(line), output, around);
    const refusal = document && output.schema.startsWith('elastic-integration') ? refusalOf(api, text, document, output, around) : undefined;
    return { row, document, refusal };
  });
  const tokens = columns[0].row.tokens.map(({ field, text: token, meaning, offset }) => ({ field, text: token, meaning, offset }));
  return {
    tokens,
    columns: columns.map(({ row, document, refusal }) => ({ document, refusal, paths: row.tokens.map(({ paths }) => paths) })),
  };
}
