/**
 * The files that arguments mean, and their sizes.
 *
 * @module
 */

import { stat } from 'node:fs/promises';
import { UsageError } from './arguments.js';
import { safeText } from '../text/text.js';

/**
 * Returns the files of all arguments, and the arguments that have none.
 *
 * @param {string[]} files
 * @param {(name: string) => boolean} [isWanted] of the files of a folder
 */
export async function inputsOf(files, isWanted) {
  /** @type {string[]} */
  const names = [];
  /** @type {{ file: string, error: Error }[]} */
  const failures = [];
  for (const file of files.length > 0 ? files : ['-']) {
    try {
      names.push(...await filesOf(file, isWanted));
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
      // Messages have the name of the file in front of them.
      const start = `${file}: `;
      failures.push({ file, error: error.message.startsWith(start) ? new Error(error.message.slice(start.length), { cause: error }) : error });
    }
  }
  return { names, failures };
}

/**
 * Checks that no file to be written is one to be read, by whatever path.
 *
 * @param {Record<string, string | undefined>} written by option
 * @param {string[]} names of the files to be read
 * @throws {UsageError}
 */
export async function checkWritten(written, names) {
  /** @param {string} path */
  const identityOf = async (path) => {
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    return found?.isFile() ? `${found.dev} ${found.ino}` : undefined;
  };
  for (const [option, path] of Object.entries(written)) {
    const identity = path === undefined ? undefined : await identityOf(path);
    if (identity === undefined) continue;
    for (const name of names) {
      if (name === '-' || await identityOf(name) !== identity) continue;
      throw new UsageError(`"${safeText(name)}" is a file to read, and ${option} would write it: give another file`);
    }
  }
}

/**
 * Returns the files of an argument: itself, those below a folder, or those that a pattern matches.
 *
 * @param {string} file
 * @param {(name: string) => boolean} [isWanted] of the files of a folder
 */
async function filesOf(file, isWanted = () => true) {
  const found = file === '-' ? undefined : await stat(file).catch(() => undefined);
  if (file === '-' || (found ? !found.isDirectory() : !/[*?[{]/.test(file))) return [file];
  const { localObjects } = await import('../sources/local.js');
  const names = [];
  for await (const { name } of localObjects(file)) if (!found || isWanted(name)) names.push(name);
  if (found && names.length === 0 && !isWanted('')) throw Object.assign(new Error(`${file}: no file of this folder is a case`), { code: 'no_case' });
  return names;
}

/**
 * Sizes of inputs.
 *
 * @typedef {object} Sizes
 * @property {number | undefined} total bytes of all together; undefined if that cannot be known
 * @property {number[]} files bytes of each; 0 for one that is not there
 * @property {boolean} hasStream true if one of them is standard input, a pipe or a device
 */

/** Returns the sizes of inputs. @param {string[]} names @returns {Promise<Sizes>} */
export async function sizesOf(names) {
  const found = await Promise.all(names.map((name) => (name === '-' ? undefined : stat(name).catch(() => undefined))));
  const files = found.map((each) => (each?.isFile() ? each.size : 0));
  return {
    total: found.every((each) => each?.isFile()) ? files.reduce((sum, size) => sum + size, 0) : undefined,
    files,
    hasStream: names.includes('-') || found.some((each) => each !== undefined && !each.isFile()),
  };
}
