// `node scripts/language.mjs [FILE or FOLDER]...`: prints where prose departs from the rules in CONTRIBUTING.md, "Language".
//
// It reads Markdown, comments, messages and pages. The exit status is 1 if there are findings.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extensions, proseOf } from './prose.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

export const MAX_WORDS = 30;

/** The files whose strings are bad prose on purpose: the rules and their test. */
const samples = ['scripts/language.mjs', 'tests/js/language.test.js'];

/** Words that follow a rightful "is no": a comparison, or a fixed phrase. */
const comparisons = 'longer|more|less|fewer|better|worse|larger|smaller|slower|faster|later|earlier|shorter|older|newer|different|other|doubt|matter';
const flowing = 'lines?|records?|documents?|values?|hash(?:es)?|flows?|messages?|chunks?|IDs?|events?';

/** Each rule: the words it finds, with a space for any white space, and what to write instead. */
const rules = [
  [`(?<!\\bthere )\\b(is|are|was|were|be) no (?!(${comparisons})\\b)(?!one\\b)[a-z]+`, '"is not a …", "are not …"'],
  ['if need be', '"if necessary"'],
  ['seldom', '"rarely"'],
  ['anew', '"again", or a verb: "rebuild", "regenerate"'],
  ['of late|lately', '"recently"'],
  ['ever (other|new|more|less|larger|smaller) ', 'the fact: "inconsistent", "always different"'],
  ['but for (?!a (moment|while))', '"except for", "without"'],
  ['at hand', '"installed", "available"'],
  ['(lies?|lay) (in|beside|below|elsewhere|there|at)', '"is in", "is next to"'],
  ['whoever', '"anyone who", or name them'],
  ['(drives?|drove|driven|driving)( \\w+){0,3} out', '"evict"'],
  ['(reads?|reading)( (it|them|this|formats?|one|a format|the format|their format))? off', '"infer", "detect"'],
  ['(comes?|came|coming) together', '"collect", "are pending", "belong together"'],
  ['remember(s|ed|ing)?', '"cache", "keep", "store"'],
  // "Tell apart" is what English has for it.
  ['(tells?|telling|told)(?! apart)(?!( [\\w-]+){1,6} apart)', '"report", "say", "show", "determine"; "tell A and B apart" stays'],
  ['[\\d,]+ places', '"slots"'],
  ['places? (for|of) (the )?(shapes?|flows?|strings?|entries|records?)', '"slot"'],
  ['places? (is|are|was|were) (taken|full|free)', '"slot"'],
  ['(is|has|have|had|enough|more|makes?|made) room|no room (for|left)', '"space", "capacity"'],
  [`(${flowing}) (that |which )?(waits?|waiting|are waiting|is waiting)`, '"pending"'],
  ['(is|are|was|were) met (again|before|first)', '"occurs"'],
].map(([words, instead]) => ({ pattern: new RegExp(`(?<![\\w-])(?:${words.replace(/ /g, '\\s+')})(?![\\w-])`, 'gi'), instead }));

/** Words that may begin a function's documentation without being a verb in the third person. */
const openers = /^(True (if|when)|[A-Z][a-z-]*s)\b/;

/** Returns the findings in a file, in its order: `{ path, line, found, instead }`. */
export function findings(path, source) {
  const found = [];
  for (const block of proseOf(path, source)) {
    const add = (offset, what, instead) => {
      found.push({ path, line: block.line + block.text.slice(0, offset).split('\n').length - 1, found: what.replace(/\s+/g, ' '), instead });
    };
    for (const { pattern, instead } of rules) {
      for (const { index, 0: match } of block.text.matchAll(pattern)) add(index, match.trim(), instead);
    }
    if (block.kind === 'doc') checkOpening(block, add);
    if (block.kind === 'doc' || block.kind === 'paragraph') checkSentences(block, add);
  }
  return found.sort((a, b) => a.line - b.line);
}

/** Reports a documentation comment that does not begin as the rules say. */
function checkOpening({ text, isFunction }, add) {
  const [start] = /^\S+(\s+\S+){0,3}/.exec(text.trim());
  if (/^(What|Whether|Where|How)\b/.test(start)) {
    add(0, start, isFunction ? 'a verb in the third person ("Returns"), "True if …"' : 'a noun, "True if …"');
  } else if (isFunction && !openers.test(start)) {
    add(0, start, 'a verb in the third person ("Returns", "Reads", "Appends"), "True if …"');
  }
}

/** Reports sentences that are too long, and those whose subject is a clause. */
function checkSentences({ kind, text }, add) {
  for (const { index, 0: sentence } of text.matchAll(/\S[^]*?(?:(?<!\b(?:e\.g|i\.e|vs|etc|cf))[.!?]["')\]]*(?=\s+["'(]?[A-Z0-9`]|\s*$|\s+code\b)|$)/g)) {
    const words = sentence.match(/[^\s]*[\p{L}\p{N}][^\s]*/gu)?.length ?? 0;
    if (words > MAX_WORDS) {
      add(index, `a sentence of ${words} words: "${sentence.split(/\s+/).slice(0, 5).join(' ')} …"`, `at most ${MAX_WORDS} words, or a list`);
    }
    const clause = /^(What|Whether|Whatever)\s+\S+(\s+\S+)?/.exec(sentence);
    if (clause && !sentence.trimEnd().endsWith('?') && !(kind === 'doc' && index === 0)) {
      add(index, clause[0], 'a name for the thing instead of a clause');
    }
  }
}

/** Lists the files with prose below a folder, by their paths in the repository, without what is installed or built. */
export function prosePaths(path = root) {
  const whole = resolve(path);
  if (!statSync(whole).isDirectory()) return [relative(root, whole)];
  const isBuilt = (name) => name.startsWith('.') || name === 'node_modules' || name === 'target' || whole === join(root, 'pkg') && name !== 'README.md';
  const entries = readdirSync(whole, { withFileTypes: true }).filter(({ name }) => !isBuilt(name));
  return entries
    .flatMap((entry) => (entry.isDirectory() ? prosePaths(join(whole, entry.name)) : [relative(root, join(whole, entry.name))]))
    .filter((name) => extensions.includes(extname(name)) && !samples.includes(name))
    .sort();
}

/** Returns the findings of files, given by their paths relative to the repository. */
export function findingsOf(paths) {
  return paths.flatMap((path) => findings(path, readFileSync(join(root, path), 'utf8')));
}

/** Returns a finding as a line of text. */
export function sentence({ path, line, found, instead }) {
  return `${path}:${line}: ${found.startsWith('a sentence') ? found : `"${found}"`}; write ${instead}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const paths = process.argv.length > 2 ? process.argv.slice(2).flatMap((path) => prosePaths(path)) : prosePaths();
  const found = findingsOf(paths);
  for (const finding of found) console.log(sentence(finding));
  console.log(`${found.length} findings in ${paths.length} files`);
  if (found.length > 0) process.exitCode = 1;
}
