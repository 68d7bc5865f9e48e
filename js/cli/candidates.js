/**
 * Shows the formats that a log may have.
 *
 * @module
 */

import { compileFormat } from '../node.js';
import { cell } from './excerpt.js';
import { styled } from './style.js';
import { counted } from '../text/text.js';

/** Most characters of an example value that are shown. */
const MAX_EXAMPLE = 40;
/** Most alternatives of a column that are named. */
const MAX_ALTERNATIVES = 5;

/** A hint for columns whose fields are wrong. */
const CHOICES = [
  'A column can also be another field, or none of the fields: then it has any other name, such as column-1.',
  'vpcflow-ecs detect --json lists, as "choices", all fields that the values of each column can be.',
];

/**
 * @typedef {import('../index.js').FormatCandidate} FormatCandidate
 * @typedef {(text: string, style: import('./style.js').Style) => string} Paint
 */

/**
 * Returns a table of the candidates, and for each a table of its columns, the evidence for it, and its text to copy.
 *
 * @param {FormatCandidate[]} candidates
 * @param {{ color: boolean, option: string }} style with the name of the option that the text is copied to
 * @returns {string} lines, the last one with its line feed
 */
export function candidatesText(candidates, { color, option }) {
  /** @type {Paint} */
  const paint = (text, style) => styled(text, style, color);
  const all = table(['RANK', 'ORIGIN', 'CONFIDENCE', 'FORMAT'], ['right', 'left', 'right', 'left'], {
    rows: candidates.map((candidate, index) => [String(index + 1), candidate.origin, percent(candidate.confidence), title(candidate)]),
    paintHead: (text) => paint(text, 'bold'),
    paintRow: (text) => text,
  });
  const parts = candidates.map((candidate, index) => [
    ...(candidates.length > 1 ? [paint(`Candidate ${index + 1}`, 'bold')] : []),
    ...columnsTable(candidate, paint).map((line) => `  ${line}`),
    ...(candidate.layers.length > 0 ? [`  ${paint(`- inside ${candidate.layers.join(' › ')}`, 'dim')}`] : []),
    ...candidate.evidence.map((sentence) => `  ${paint(`- ${sentence}`, 'dim')}`),
    `  ${option} '${candidate.format}'`,
  ]);
  const hint = candidates.some(({ origin }) => origin !== 'header') ? [CHOICES] : [];
  return [all, ...parts, ...hint].map((lines) => `${lines.join('\n')}\n`).join('\n');
}

/**
 * @param {FormatCandidate} candidate
 * @param {Paint} paint
 */
function columnsTable({ format, tokens, unresolved }, paint) {
  const open = new Map(unresolved.map((column) => [column.index, column]));
  const rows = compileFormat(format).fields.map(({ name }, index) => {
    return [String(index + 1), example(tokens[index]?.text ?? ''), name, openText(open.get(index))];
  });
  return table(['COLUMN', 'EXAMPLE', 'FIELD', open.size > 0 ? 'OR' : ''], ['right', 'left', 'left', 'left'], {
    rows,
    paintHead: (text) => paint(text, 'bold'),
    paintRow: (text, index) => ((open.get(index)?.alternatives.length ?? 0) > 0 ? paint(text, 'yellow') : text),
  });
}

/**
 * Returns the other fields that a column may be; nothing if it is not open.
 *
 * @param {import('../index.js').UnresolvedColumn | undefined} open
 */
function openText(open) {
  if (open === undefined) return '';
  const { alternatives } = open;
  if (alternatives.length === 0) return '(nothing shows what it is)';
  const more = alternatives.length - MAX_ALTERNATIVES;
  // Not for one: its name is as short.
  if (more <= 1) return alternatives.join(', ');
  return `${alternatives.slice(0, MAX_ALTERNATIVES).join(', ')}, and ${more} more`;
}

/** @param {FormatCandidate} candidate */
function title({ format, preset, unresolved }) {
  const columns = counted(compileFormat(format).fields.length, 'column');
  const name = preset === null ? columns : `${preset}, ${columns}`;
  return unresolved.length > 0 ? `${name}, ${unresolved.length} of them open` : name;
}

/** Returns a text cut short and safe to show. @param {string} text */
function example(text) {
  const cells = [...text].map(cell);
  const shown = [];
  let length = 0;
  for (const part of cells) {
    length += part.length;
    if (length > MAX_EXAMPLE) return `${shown.join('')}…`;
    shown.push(part);
  }
  return shown.join('');
}

/** Returns a percentage, rounded down: only certainty is 100 %. @param {number} confidence */
export function percent(confidence) {
  return `${Math.floor(confidence * 1000 + 1e-9) / 10} %`;
}

/**
 * Lines of a table.
 *
 * @param {string[]} head
 * @param {('left' | 'right')[]} alignments
 * @param {{ rows: string[][], paintHead: (text: string) => string, paintRow: (text: string, index: number) => string }} content
 */
export function table(head, alignments, { rows, paintHead, paintRow }) {
  const widths = head.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index].length)));
  /** @param {string[]} cells */
  const line = (cells) => cells.map((text, index) => {
    return alignments[index] === 'right' ? text.padStart(widths[index]) : text.padEnd(widths[index]);
  }).join('  ').trimEnd();
  return [paintHead(line(head)), ...rows.map((row, index) => paintRow(line(row), index))];
}
