/**
 * Styles of text on a terminal.
 *
 * @module
 */

const STYLES = { bold: '\x1b[1m', dim: '\x1b[2m', red: '\x1b[31m', 'bold red': '\x1b[1;31m', green: '\x1b[32m', yellow: '\x1b[33m' };
const RESET = '\x1b[0m';

/** @typedef {keyof typeof STYLES} Style */

/** Returns a text in a style; without colours, the text as it is. @param {string} text @param {Style} style @param {boolean} isColored */
export function styled(text, style, isColored) {
  return isColored && text !== '' ? STYLES[style] + text + RESET : text;
}
