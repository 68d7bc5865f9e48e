/**
 * The commands `explain`, `presets` and `fields`: what a line, the named formats and AWS's fields are.
 *
 * @module
 */

import { explain as explainLine, fields, presets } from '../node.js';
import { table } from './candidates.js';
import { cell } from './excerpt.js';

/** Most characters of a token that are shown. */
const MAX_TOKEN = 40;

/**
 * Returns the text that a command prints, and whether the line is a good one.
 *
 * @param {import('./arguments.js').FactsCommand} command
 * @returns {{ text: string, isFine: boolean }}
 */
export function facts({ what, line, format, header, schema, mode, json }) {
  if (what === 'explain') {
    const explanation = explainLine(line, format, { ...(header !== undefined && { header }), ...(schema && { schema }), ...(mode && { mode }) });
    const isFine = explanation.problem === null && explanation.tokens.every(({ problem }) => problem === null);
    return { text: json ? jsonText(explanation) : explanationText(explanation), isFine };
  }
  if (json) return { text: jsonText(what === 'fields' ? fields() : presets()), isFine: true };
  const rows = what === 'fields'
    ? fields().map(({ name, version, kind, description }) => [name, version === null ? '' : String(version), kind, description])
    : presets().map(({ name, fields: names, description }) => [name, String(names.length), description]);
  const head = what === 'fields' ? ['FIELD', 'VERSION', 'KIND', 'DESCRIPTION'] : ['PRESET', 'FIELDS', 'DESCRIPTION'];
  return { text: lines(head, what === 'fields' ? ['left', 'right', 'left', 'left'] : ['left', 'right', 'left'], rows), isFine: true };
}

/** @param {unknown} value */
function jsonText(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** @param {import('../index.js').Explanation} explanation */
function explanationText({ kind, format, tokens, missing, problem }) {
  const rows = tokens.map(({ text, field, meaning, paths, problem }) => [
    shown(text), field ?? '', problem ?? meaning ?? '', paths.join(', '),
  ]);
  const parts = [`${kind}${format === null ? '' : ` of the format '${format}'`}\n`, lines(['TOKEN', 'FIELD', 'MEANING', 'KEYS'], ['left', 'left', 'left', 'left'], rows)];
  if (missing.length > 0) parts.push(`nothing is left for: ${missing.join(', ')}\n`);
  if (problem !== null) parts.push(`${[...problem].map(cell).join('')}\n`);
  return parts.join('');
}

/** Returns a token cut short and safe to show. @param {string} text */
function shown(text) {
  const cells = [...text].slice(0, MAX_TOKEN + 1).map(cell);
  return cells.length > MAX_TOKEN ? `${cells.slice(0, MAX_TOKEN).join('')}…` : cells.join('');
}

/** @param {string[]} head @param {('left' | 'right')[]} alignments @param {string[][]} rows */
function lines(head, alignments, rows) {
  const safe = rows.map((row) => row.map((text) => [...text].map(cell).join('')));
  return table(head, alignments, { rows: safe, paintHead: (text) => text, paintRow: (text) => text }).map((line) => `${line}\n`).join('');
}
