// `npm run rooms`: prints the rooms of src/ and js/, which of them import which, and the circles among them.
//
// A room is a folder, or a file that stands beside the folders. The tables say what each room may import: only rooms
// above it, so that no circle can arise. `node scripts/rooms.mjs FOLDER` prints the picture of another checkout;
// `--arrows` leaves the counts of files and lines out, as in DESIGN.md.

import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { root } from './env.mjs';
import { Stop, isScript, main } from './run.mjs';

/**
 * The rooms that each room of src/ may import, in the order of the table. `wasm` and `lib` may import every room, and
 * no room imports them. `fuzzing` exists for the fuzz targets only.
 */
const src = tableOf((before) => ({
  error: [],
  base: [],
  json: ['base'],
  value: ['base'],
  field: ['error', 'value'],
  format: ['error', 'base', 'json', 'value', 'field'],
  record: before('record'),
  layers: before('layers'),
  schema: ['value', 'field', 'record'],
  geo: ['error'],
  document: before('document'),
  detect: before('schema'),
  options: before('detect'),
  parser: before('parser'),
  explain: before('explain'),
  export: before('explain'),
  ingest: before('explain'),
  fuzzing: ['base', 'value', 'layers'],
  wasm: before('fuzzing'),
  lib: before('lib'),
}));

/** The same for the parts of src/ingest/. `mod` is its face. */
const ingest = tableOf((before) => ({
  value: [],
  failure: [],
  number: ['failure'],
  address: ['failure'],
  path: before('address'),
  document: ['value', 'failure', 'path'],
  context: ['failure'],
  date: ['failure'],
  regex: ['failure'],
  mustache: before('date'),
  painless: before('date'),
  config: before('painless'),
  yaml: ['value'],
  processor: before('yaml'),
  processors: before('processors'),
  definition: before('definition'),
  result: ['failure', 'document', 'definition'],
  run: before('run'),
  pipeline: before('pipeline'),
  simulate: before('simulate'),
  trace: before('simulate'),
  mod: before('mod'),
}));

/** The same for js/, with Node.js, the DOM, what the build makes, and the page, which takes the entries and the texts. */
const js = {
  'node:': [],
  dom: [],
  pkg: [],
  text: [],
  cases: ['text'],
  redact: [],
  core: [],
  decode: ['core'],
  node: ['node:', 'pkg', 'core', 'decode'],
  entries: ['pkg', 'core', 'decode', 'node'],
  ingest: ['pkg', 'core', 'node', 'entries'],
  sources: ['node:', 'core', 'entries'],
  ship: ['node:', 'text', 'core', 'entries'],
  lambda: ['node:', 'entries', 'sources', 'ship'],
  cli: ['node:', 'text', 'cases', 'redact', 'core', 'node', 'entries', 'ingest', 'sources', 'ship'],
  www: ['text', 'cases', 'redact', 'decode', 'entries', 'ingest'],
};

/**
 * The trees of the project.
 *
 * @type {Record<'src' | 'src/ingest' | 'js', Tree>}
 *
 * @typedef {object} Tree
 * @property {Record<string, string[]>} table rooms in order, each with the rooms that it may import
 * @property {string[]} folders where its files are
 * @property {RegExp} files the names of files that have imports
 * @property {(path: string) => string} roomOf the room of a file, by its path in the repository
 * @property {(path: string, text: string) => { room: string, index: number }[]} importsOf the rooms that a file imports
 *   and where in its text
 *
 * @typedef {object} Import
 * @property {string} from a room
 * @property {string} to another room
 * @property {string} at `path:line`
 */
export const trees = {
  src: rustTree(src, 'src', 'lib'),
  'src/ingest': rustTree(ingest, 'src/ingest', 'mod'),
  js: { table: js, folders: ['js', 'www'], files: /\.(?:js|d\.ts)$/, roomOf: scriptRoom, importsOf: scriptImports },
};

/**
 * Makes a table whose rows can name all rooms before one.
 *
 * @param {(before: (room: string) => string[]) => Record<string, string[]>} rows
 */
function tableOf(rows) {
  const order = Object.keys(rows(() => []));
  return rows((room) => order.slice(0, order.indexOf(room)));
}

/**
 * Reads the files of a tree.
 *
 * @param {Tree} tree
 * @param {string} folder of the checkout
 * @returns {Map<string, string>} from paths to texts
 */
export function readTree({ folders, files }, folder = root) {
  const walk = (path) => readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
    const inner = `${path}/${entry.name}`;
    return entry.isDirectory() ? walk(inner) : [inner];
  });
  const paths = folders.flatMap(walk).filter((path) => files.test(path)).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/**
 * Lists the imports between rooms.
 *
 * @param {Tree} tree
 * @param {Map<string, string>} texts
 * @returns {Import[]}
 */
export function importsBetween({ roomOf, importsOf }, texts) {
  return [...texts].flatMap(([path, text]) => {
    const from = roomOf(path);
    const found = importsOf(path, text).map(({ room, index }) => ({
      from, to: room, at: `${path}:${text.slice(0, index).split('\n').length}`,
    }));
    return found.filter(({ to }) => to !== from);
  });
}

/**
 * Checks imports against the table; the result is empty if all is well.
 *
 * @param {Tree} tree
 * @param {Import[]} imports
 * @returns {string[]} a sentence for each bad import and each circle
 */
export function problemsOf({ table }, imports) {
  const bad = imports.filter(({ from, to }) => !table[from]?.includes(to)).map(({ from, to, at }) => {
    const allowed = table[from];
    if (allowed === undefined) return `${at}: "${from}" is not in the table of rooms`;
    return `${at}: "${from}" imports "${to}", but may import ${allowed.length > 0 ? allowed.join(', ') : 'no other room'}`;
  });
  return [...bad, ...circlesOf(imports).map((rooms) => `a circle of imports: ${rooms.join(', ')}`)];
}

/**
 * Finds circles: groups of rooms each of which imports, directly or not, all others of its group.
 *
 * @param {{ from: string, to: string }[]} imports
 * @returns {string[][]}
 */
export function circlesOf(imports) {
  const targets = arrowsOf(imports);
  const reach = new Map([...targets.keys()].map((room) => {
    const seen = new Set();
    const visit = (from) => {
      for (const to of targets.get(from) ?? []) {
        if (!seen.has(to)) visit(seen.add(to) && to);
      }
    };
    visit(room);
    return [room, seen];
  }));
  const groups = [...reach].filter(([room, seen]) => seen.has(room)).map(([room, seen]) => {
    return [room, ...[...seen].filter((other) => other !== room && reach.get(other)?.has(room))].sort();
  });
  return [...new Map(groups.map((group) => [group.join(), group])).values()];
}

/** Returns, for each room that imports, the rooms that it imports. */
function arrowsOf(imports) {
  const arrows = new Map();
  for (const { from, to } of imports) {
    if (!arrows.has(from)) arrows.set(from, new Set());
    arrows.get(from).add(to);
  }
  return arrows;
}

/**
 * Describes the tree of Rust files below a folder: `src/record/mod.rs` and `src/record.rs` are of the room `record`.
 *
 * @param {Tree['table']} table
 * @param {string} folder
 * @param {string} face the file whose modules are the rooms
 * @returns {Tree}
 */
function rustTree(table, folder, face) {
  const roomOf = (path) => path.slice(folder.length + 1).split('/')[0].replace(/\.rs$/, '');
  return { table, folders: [folder], files: /\.rs$/, roomOf, importsOf: (path, text) => rustImports(path, text, folder, face) };
}

/**
 * Finds the paths from a tree's root: `crate::x`, also in groups, and `super::x` of a module that stands at the root. Tests
 * may import every room; they are at the end of a file, or in a file of their own.
 */
function rustImports(path, text, folder, face) {
  if (/(?:^|\/)tests(?:\/|\.rs$)/.test(path)) return [];
  const [code] = blanked(text, /\/\/.*|"(?:[^"\\\n]|\\.)*"/g).split(/^#\[cfg\(test\)\]$/m, 1);
  // Names at the root that are not modules belong to the face.
  const roomNamed = (name) => (/^[a-z]/.test(name) ? name : face);
  if (path === `${folder}/${face}.rs`) {
    return [...code.matchAll(/^(?:pub(?:\([^)]*\))? )?mod (\w+);/gm)].map(({ 1: room, index }) => ({ room, index }));
  }
  const levels = (inner) => inner.split('/').length;
  const depth = levels(path.replace(/\/mod\.rs$/, '')) - levels(folder);
  const root = folder.replace('src', 'crate').replaceAll('/', '::');
  const toRoot = `(?:\\b${root}::|(?<!::)\\b(?:super::){${depth}}(?!super\\b))`;
  return [...code.matchAll(new RegExp(`${toRoot}(\\w+|\\{)`, 'g'))].flatMap(({ 0: match, 1: name, index }) => {
    const names = name === '{' ? groupAt(code, index + match.length) : [name];
    return names.map((inner) => ({ room: roomNamed(inner), index }));
  });
}

/** Returns the first words of a group's members: `a` and `b` of `{a::C, b::{D, E}}`, from after its first brace. */
function groupAt(code, start) {
  let depth = 1;
  let members = '';
  for (let i = start; depth > 0 && i < code.length; i++) {
    if (code[i] === '{') depth += 1;
    if (code[i] === '}') depth -= 1;
    if (depth === 1 && code[i] !== '}') members += code[i];
  }
  return members.split(',').map((member) => /\w+/.exec(member)?.[0]).filter((name) => name !== undefined);
}

/** Returns the room of a script: `core` for `js/core/api.js`; the files next to the folders are the entries. */
function scriptRoom(path) {
  const [tree, ...names] = path.split('/');
  if (tree !== 'js') return tree;
  return names.length > 1 ? names[0] : 'entries';
}

/**
 * Finds import statements, dynamic imports, and files that are started or read by their URL; in what runs everywhere, the
 * globals that only Node.js or only a page has, too. The page holds programs as texts, which import what they like.
 */
function scriptImports(path, text) {
  const code = blanked(text, /\/\*[^]*?\*\/|\/\/.*/g);
  const imports = [...code.matchAll(IMPORT)].flatMap(({ index, ...found }) => {
    const target = found[1] ?? found[2] ?? found[3] ?? found[4];
    if (target.startsWith('node:')) return path.startsWith('www/') ? [] : { room: 'node:', index };
    if (target === 'vpcflow-ecs') return { room: 'entries', index };
    return /\.(?:c?js|wasm)$/.test(target) ? { room: scriptRoom(posix.join(path, '..', target)), index } : [];
  });
  if (!['core', 'decode', 'text', 'cases', 'redact'].includes(scriptRoom(path))) return imports;
  const globals = [...code.matchAll(GLOBAL)].map(({ 1: ofNode, index }) => ({ room: ofNode ? 'node:' : 'dom', index }));
  return [...imports, ...globals];
}

const IMPORT = /^(?:import|export)\b[^'"`;]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)|\bnew URL\('([^']+)', import\.meta\.url\)/gm;

const GLOBAL = /(?<![\w$.'"`])(?:(process|Buffer|__dirname|require)|window|document|navigator|localStorage)[.(]/g;

/** Replaces the matches in a text with blanks, except for line feeds, so that everything else keeps its offset. */
function blanked(text, pattern) {
  return text.replace(pattern, (found) => found.replace(/[^\n]/g, ' '));
}

/**
 * Draws a tree: a line for each room, with its files, its lines and the rooms that it imports.
 *
 * @param {string} name
 * @param {Tree} tree
 * @param {Map<string, string>} texts
 * @param {{ counts?: boolean }} [options] without counts, files and lines are left out
 */
export function picture(name, tree, texts, { counts = true } = {}) {
  const imports = importsBetween(tree, texts);
  const arrows = arrowsOf(imports);
  const circles = circlesOf(imports);
  const rooms = new Map();
  for (const [path, text] of texts) {
    const room = rooms.get(tree.roomOf(path)) ?? { files: 0, lines: 0 };
    rooms.set(tree.roomOf(path), { files: room.files + 1, lines: room.lines + text.split('\n').length - 1 });
  }
  const order = [...Object.keys(tree.table).filter((room) => rooms.has(room)), ...[...rooms.keys()].filter((room) => !tree.table[room])];
  const lines = order.map((room) => {
    const { files, lines: count } = rooms.get(room);
    const imported = [...arrows.get(room) ?? []];
    const inOrder = [...Object.keys(tree.table), ...imported.filter((to) => !tree.table[to]).sort()].filter((to) => imported.includes(to));
    const numbers = counts ? `${String(files).padStart(3)} ${String(count).padStart(6)}  ` : '';
    return `  ${room.padEnd(12)} ${numbers}${inOrder.join(' ') || '-'}`;
  });
  const count = [...arrows.values()].reduce((sum, targets) => sum + targets.size, 0);
  return [
    `${`${name}/`.padEnd(12)}${counts ? 'files  lines  ' : '   '}imports`,
    ...lines,
    `  ${order.length} rooms, ${count} arrows, circles = ${circles.length}`,
    ...circles.map((circle) => `  circle: ${circle.join(' ')}`),
  ].join('\n');
}

if (isScript(import.meta)) {
  await main('rooms', () => {
    const args = process.argv.slice(2);
    const folder = args.find((arg) => arg !== '--arrows') ?? root;
    const counts = !args.includes('--arrows');
    const problems = Object.entries(trees).flatMap(([name, tree]) => {
      const texts = readTree(tree, folder);
      console.log(`${picture(name, tree, texts, { counts })}\n`);
      return problemsOf(tree, importsBetween(tree, texts));
    });
    if (problems.length > 0) throw new Stop(problems.join('\n'));
  });
}
