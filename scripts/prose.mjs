// Finds the prose in a file: paragraphs of Markdown and HTML, comments and messages of code.
//
// A block is `{ kind, line, text, isFunction? }`: `line` is the number of its first line, from 1, and `text` keeps the line
// breaks of the file, so that a finding has a line. Code in it is replaced by one word. The kinds are:
//
// - `paragraph`: whole sentences, of Markdown, HTML or an ordinary comment;
// - `doc`: the first paragraph of a documentation comment, with `isFunction` where a function follows it;
// - `title`: a heading, or a cell in the head of a table;
// - `message`: a string of code that has words in it.

import { extname } from 'node:path';

const extractors = { '.md': markdown, '.rs': rust, '.js': javascript, '.mjs': javascript, '.cjs': javascript, '.ts': javascript, '.html': html };

export const extensions = Object.keys(extractors);

/** Returns the blocks of prose of a file, in its order. */
export function proseOf(path, source) {
  const blocks = extractors[extname(path)](source);
  return blocks.filter(({ text }) => /[a-z]{2}/i.test(text)).sort((a, b) => a.line - b.line);
}

/** Puts one word in place of each piece of code and of each address, and the text of a link in place of the link. */
function withoutCode(text) {
  const breaks = (match) => '\n'.repeat(match.split('\n').length - 1);
  return text
    .replace(/(`+)(?:(?!`)[^]|(?!\1)`)+?\1/g, (match) => `code${breaks(match)}`)
    .replace(/!?\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])/g, (match, label) => label + breaks(match.slice(label.length)))
    .replace(/<!--[^]*?-->/g, breaks)
    .replace(/<\/?[a-z][^>]*>/gi, breaks)
    .replace(/\bhttps?:\/\/[^\s)]+/g, 'address')
    .replace(/[*_]{1,2}(?=\S)([^*_\n]+)(?<=\S)[*_]{1,2}/g, '$1');
}

/** Returns the blocks of Markdown whose first line has that number. */
function markdown(source, first = 1) {
  const blocks = [];
  let open;
  let fence;
  let inComment = false;
  const close = () => {
    if (open) blocks.push({ ...open, text: withoutCode(open.text) });
    open = undefined;
  };
  const lines = source.split('\n');
  for (const [index, line] of lines.entries()) {
    const number = first + index;
    const [, mark] = /^\s*(?:[-*] )?(```+|~~~+)/.exec(line) ?? [];
    if (fence || mark) {
      close();
      if (fence) fence = mark === fence ? undefined : fence;
      else fence = mark;
    } else if (inComment || line.startsWith('<!--')) {
      close();
      inComment = !line.includes('-->');
    } else if (line.trim() === '' || /^( {4}|\t)/.test(line) && !open) {
      close();
    } else if (/^\s*#{1,6} /.test(line)) {
      close();
      blocks.push({ kind: 'title', line: number, text: withoutCode(line.replace(/^[\s#]+/, '')) });
    } else if (/^\s*\|/.test(line)) {
      close();
      const kind = /^\s*\|[\s:|-]+$/.test(lines[index + 1] ?? '') ? 'title' : 'paragraph';
      // A bar in code does not end a cell.
      for (const text of withoutCode(line.replaceAll('\\|', '')).split('|')) blocks.push({ kind, line: number, text: text.trim() });
    } else if (/^\s*([-*+]|\d+\.) /.test(line)) {
      close();
      open = { kind: 'paragraph', line: number, text: line.replace(/^\s*([-*+]|\d+\.) /, '') };
    } else if (open) {
      open.text += `\n${line.trimStart()}`;
    } else {
      open = { kind: 'paragraph', line: number, text: line };
    }
  }
  close();
  return blocks;
}

/** Returns the blocks of a comment, given as its lines without their marks. */
function comment(lines, first, { isDoc = false, isFunction = false } = {}) {
  const blocks = markdown(lines.join('\n'), first);
  if (isDoc && blocks[0]?.kind === 'paragraph' && blocks[0].line === first) Object.assign(blocks[0], { kind: 'doc', isFunction });
  return blocks;
}

const rustTokens = new RegExp(
  [
    /(?<comment>\/\/[^\n]*(?:\n[ \t]*\/\/[^\n]*)*)/,
    /(?<block>\/\*[^]*?\*\/)/,
    /b?r(?<hashes>#*)"(?<raw>[^]*?)"\k<hashes>/,
    /"(?<string>(?:[^"\\]|\\[^])*)"/,
    /'(?:[^'\\\n]|\\[^\n]+?)'/,
  ].map(({ source }) => source).join('|'),
  'g',
);

/** A function to which documentation belongs; that of a test states a law instead of what the function does. */
const rustFunction = /^(\s*#!?\[(?!(\w+::)*\w*test\])(?:[^[\]"]|"(?:[^"\\]|\\.)*"|\[[^\]]*\])*\])*\s*(pub(\([^)]*\))?\s+)?((const|async|unsafe|extern "C")\s+)*fn\b/;

/** Returns the blocks of a file in Rust. */
function rust(source) {
  const blocks = [];
  const lineOf = counter(source);
  for (const { index, 0: match, groups } of source.matchAll(rustTokens)) {
    const line = lineOf(index);
    const message = groups.raw ?? groups.string;
    if (groups.comment !== undefined) {
      // Documentation and other comments may follow each other.
      for (const { mark, lines, first } of runs(match, line)) {
        const rest = source.slice(index + match.length);
        const isLast = first + lines.length === line + match.split('\n').length;
        const isDoc = mark === '///';
        blocks.push(...comment(lines, first, { isDoc, isFunction: isDoc && isLast && rustFunction.test(rest) }));
      }
    } else if (message !== undefined) {
      blocks.push(...messages(message.replace(/\\\n\s*/g, (joint) => `\n${' '.repeat(joint.length - 2)}`), line));
    }
  }
  return blocks;
}

/** Divides lines of comments where the mark changes. */
function runs(text, line) {
  const result = [];
  for (const [index, whole] of text.split('\n').entries()) {
    const [, mark, rest] = /^\s*(\/\/[/!]?) ?(.*)$/.exec(whole);
    if (result.at(-1)?.mark !== mark) result.push({ mark, lines: [], first: line + index });
    result.at(-1).lines.push(rest);
  }
  return result;
}

const javascriptTokens = new RegExp(
  [
    /\/\*(?<block>[^]*?)\*\//,
    /(?<comment>\/\/[^\n]*(?:\n[ \t]*\/\/[^\n]*)*)/,
    /'(?<single>(?:[^'\\\n]|\\[^])*)'/,
    /"(?<double>(?:[^"\\\n]|\\[^])*)"/,
    /`(?<template>(?:[^`\\]|\\[^])*)`/,
    /(?<=(?:[=(,:[!&|?{};+]|=>|return|case)\s*)\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/,
  ].map(({ source }) => source).join('|'),
  'g',
);

const parameters = /\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/.source;
const javascriptFunction = new RegExp(
  `^\\s*(export\\s+)?(default\\s+)?(declare\\s+)?(async\\s+)?(function\\b|(static\\s+|async\\s+|\\*)*(?!(if|for|while|switch|constructor|get|set)\\b)#?\\w+(<[^>]*>)?${parameters}\\s*[{:;]|` +
    `(const|let)\\s+\\w+\\s*=\\s*(async\\s*)?(${parameters}|\\w+)\\s*=>)`,
);

/** Returns the blocks of a file in JavaScript or TypeScript. */
function javascript(source) {
  const blocks = [];
  const lineOf = counter(source);
  for (const { index, 0: match, groups } of source.matchAll(javascriptTokens)) {
    const line = lineOf(index);
    const message = groups.single ?? groups.double ?? groups.template;
    if (groups.comment !== undefined) {
      for (const { lines, first } of runs(match, line)) blocks.push(...comment(lines, first));
    } else if (groups.block !== undefined) {
      const isDoc = groups.block.startsWith('*');
      const isFunction = isDoc && javascriptFunction.test(source.slice(index + match.length));
      blocks.push(...jsdoc(groups.block, line, { isDoc, isFunction }));
    } else if (message !== undefined) {
      blocks.push(...messages(message.replace(/\$\{[^{}]*\}/g, 'value'), line));
    }
  }
  return blocks;
}

/** Returns the blocks of a comment between slashes and stars; each tag begins one, and an example is code. */
function jsdoc(text, line, context) {
  const lines = text.split('\n').map((whole) => whole.replace(/^\s*\*+ ?/, ''));
  let isExample = false;
  const prose = lines.map((whole) => {
    const tag = /^\s*@(\w+)\s*(?:\{[^}]*\})?/.exec(whole);
    if (tag) isExample = tag[1] === 'example';
    if (isExample || tag && /^(type|typedef|template|import|callback)$/.test(tag[1])) return '';
    return tag ? `- ${whole.slice(tag[0].length).replace(/^\s*(\[[^\]]*\]|[\w.]+)\s*(- )?/, '')}` : whole;
  });
  const skipped = prose.findIndex((whole) => whole.trim() !== '');
  if (skipped < 0) return [];
  // Tags alone have no opening.
  const isDoc = context.isDoc && !/^\s*@/.test(lines[skipped]);
  return comment(prose.slice(skipped), line + skipped, { ...context, isDoc });
}

/** Returns the blocks of a string: one, or none if it has fewer than three words. */
function messages(text, line) {
  const words = text.match(/(?<![\w.$/-])[A-Za-z]+(?![\w.$/(-])/g) ?? [];
  return words.length < 3 ? [] : [{ kind: 'message', line, text: withoutCode(text) }];
}

/** Returns the blocks of a page: the text between its tags. */
function html(source) {
  const breaks = (match) => match.replace(/[^\n]/g, '');
  const text = source
    .replace(/<!--[^]*?-->|<(script|style|svg)\b[^]*?<\/\1>/g, breaks)
    .replace(/<\/?(a|b|code|em|i|kbd|span|strong|wbr)\b[^>]*>/g, breaks)
    .replace(/<[^>]+>/g, (match) => `\u0000${breaks(match)}\u0000`);
  const blocks = [];
  let line = 1;
  for (const part of text.split('\u0000')) {
    const lead = /^\s*/.exec(part)[0].split('\n').length - 1;
    blocks.push({ kind: 'paragraph', line: line + lead, text: part.trim().replace(/\n\s+/g, '\n') });
    line += part.split('\n').length - 1;
  }
  return blocks;
}

/** Returns a function that gives the line of an offset; the offsets must ascend. */
function counter(source) {
  let line = 1;
  let from = 0;
  return (offset) => {
    for (; from < offset; from += 1) if (source[from] === '\n') line += 1;
    return line;
  };
}
