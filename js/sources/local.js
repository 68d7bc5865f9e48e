/**
 * Files as objects of a source: one by its path, those below a folder, and those that a pattern matches.
 *
 * @module
 */

import { createReadStream } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlowLogError } from 'vpcflow-ecs';

/** @typedef {import('./index.js').SourceObject} SourceObject */

const CHUNK_BYTES = 256 * 1024;

/** Characters that make a path a pattern, unless a file has that very name. */
const MAGIC = /[*?[\]{}]/;

/**
 * Yields files in the order of their names. Types and an example are in `index.d.ts`.
 *
 * @param {string | URL} path
 * @returns {AsyncGenerator<SourceObject, void, undefined>}
 */
export async function* localObjects(path) {
  const name = path instanceof URL ? fileURLToPath(path) : path;
  const found = await stat(name).catch(() => undefined);
  if (found?.isDirectory()) {
    yield* below({ folder: name, root: await realpath(name) });
  } else if (found || !MAGIC.test(name)) {
    yield await file(name);
  } else {
    yield* matching(name);
  }
}

/**
 * Returns a file as an object.
 *
 * @param {string} path
 * @returns {Promise<SourceObject>}
 */
async function file(path) {
  try {
    const found = await stat(path);
    // Other kinds, such as named pipes, have none of these.
    const facts = found.isFile()
      ? { size: found.size, version: `${found.mtimeMs} ${found.size} ${found.ino}`, hasRanges: /** @type {const} */ (true) }
      : {};
    return {
      name: path,
      ...facts,
      open: (options = {}) => read(path, options),
    };
  } catch (error) {
    const problem = error instanceof Error ? error.message.replace(/^[A-Z0-9]+: /, '').replace(/, [a-z]+ '.*$/s, '') : '';
    throw Object.assign(new Error(`${path}: cannot be read: ${problem}`, { cause: error }), isCoded(error) && { code: error.code });
  }
}

/**
 * Reads a file, or the bytes of it from `start` to before `end`.
 *
 * @param {string} path
 * @param {import('./index.js').OpenOptions} options
 */
function read(path, { signal, start, end }) {
  // Of Node.js, `end` is the last byte.
  const range = { ...(start !== undefined && { start }), ...(end !== undefined && { end: end - 1 }) };
  return createReadStream(path, { highWaterMark: CHUNK_BYTES, ...range, ...(signal && { signal }) });
}

/** @param {unknown} error @returns {error is { code: string }} */
function isCoded(error) {
  return error instanceof Error && 'code' in error;
}

/**
 * A folder, and the folder that its files must not lead out of.
 *
 * @typedef {{ folder: string, root: string }} Inside
 */

/**
 * Yields the files below a folder. Hidden ones are left out: tools write their unfinished files under such names.
 *
 * @param {Inside} inside
 * @returns {AsyncGenerator<SourceObject, void, undefined>}
 */
async function* below({ folder, root }) {
  for (const { name, isFolder } of await entriesOf({ folder, root })) {
    const path = join(folder, name);
    if (isFolder) yield* below({ folder: path, root });
    else yield await file(path);
  }
}

/**
 * Returns the entries of a folder by name. A symbolic link to a folder inside the root is left out, since that folder is
 * read itself.
 *
 * @param {Inside} inside
 * @returns {Promise<{ name: string, isFolder: boolean }[]>}
 * @throws {FlowLogError} `outside_folder` if a symbolic link leads out of the root
 */
async function entriesOf({ folder, root }) {
  const entries = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const { name } = entry;
    if (name.startsWith('.')) continue;
    if (!entry.isSymbolicLink()) {
      if (entry.isFile() || entry.isDirectory()) entries.push({ name, isFolder: entry.isDirectory() });
      continue;
    }
    const path = join(folder, name);
    const target = await realpath(path);
    if (!`${target}${sep}`.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) {
      const problem = `the symbolic link leads out of the folder, to ${target}`;
      throw new FlowLogError(`${path}: ${problem}`, { code: 'outside_folder', problem });
    }
    if ((await lstat(target)).isFile()) entries.push({ name, isFolder: false });
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Yields the files that a pattern matches, and those below the folders that it matches.
 *
 * @param {string} pattern
 * @returns {AsyncGenerator<SourceObject, void, undefined>}
 */
async function* matching(pattern) {
  const segments = pattern.split('/');
  const first = segments.findIndex((segment) => MAGIC.test(segment));
  // `/*.log` starts at the root folder.
  const base = segments.slice(0, first).join('/') || (first > 0 ? '/' : '.');
  const rest = segments.slice(first).filter((segment) => segment !== '');
  const root = await realpath(base).catch(() => undefined);
  const seen = new Set();
  if (root !== undefined) {
    for await (const object of expand({ folder: first > 0 ? base : '', root }, rest)) {
      if (seen.has(object.name)) continue;
      seen.add(object.name);
      yield object;
    }
  }
  if (seen.size === 0) throw Object.assign(new Error(`${pattern}: no file matches this pattern`), { code: 'ENOENT' });
}

/**
 * @param {Inside} inside
 * @param {string[]} segments
 * @returns {AsyncGenerator<SourceObject, void, undefined>}
 */
async function* expand({ folder, root }, [segment = '**', ...rest]) {
  const entries = await entriesOf({ folder: folder || '.', root });
  if (segment === '**' && rest.length > 0) yield* expand({ folder, root }, rest);
  for (const { name, isFolder } of entries) {
    const path = join(folder, name);
    if (segment === '**') {
      if (isFolder) yield* expand({ folder: path, root }, [segment, ...rest]);
      else if (rest.length === 0) yield await file(path);
    } else if (expressionOf(segment).test(name)) {
      if (isFolder) yield* expand({ folder: path, root }, rest.length > 0 ? rest : ['**']);
      else if (rest.length === 0) yield await file(path);
    }
  }
}

/**
 * Returns the regular expression of a segment: `*`, `?`, `[a-z]`, `[!a-z]` and `{a,b}` as in a shell.
 *
 * @param {string} segment
 */
function expressionOf(segment) {
  return new RegExp(`^${patternOf(segment)}$`, 's');
}

/** @param {string} segment @returns {string} */
function patternOf(segment) {
  return segment.replace(/\[(!?)([^\]]+)\]|\{([^{}]*)\}|[*?]|[\\^$.|+()[\]{}]/g, (found, not, set, choices) => {
    if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\^[]/g, '\\$&')}]`;
    if (choices !== undefined) return `(?:${choices.split(',').map(patternOf).join('|')})`;
    if (found === '*') return '.*';
    return found === '?' ? '.' : `\\${found}`;
  });
}
