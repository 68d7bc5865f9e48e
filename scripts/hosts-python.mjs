// Builds the library for Python: puts the module without imports into hosts/python/, and what it needs into a virtual environment.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { missing } from '../tests/aws/server.mjs';
import { root } from './env.mjs';
import { embedCore, folder } from './hosts-core.mjs';
import { Stop, attempt, installOnce, step } from './run.mjs';

export { missing as missingPython };

/** The folder of the library. */
export const library = 'hosts/python';

const venv = join(root, folder, 'python');

/** The Python that has what the library needs. */
export const python = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/** Builds the library: its module. */
export function buildPython() {
  embedCore(library);
}

/** Installs what the library needs, unless that was done for the same requirements before. */
export function installPython() {
  const requirements = join(root, library, 'requirements.txt');
  installOnce(join(venv, 'installed'), [requirements], () => {
    step('hosts', `${readFileSync(requirements, 'utf8').trim()} with pip, into ${folder}/python/`, () => {
      rmSync(venv, { recursive: true, force: true });
      const options = ['--quiet', '--disable-pip-version-check', '--no-input'];
      const isInstalled = attempt('python3', ['-m', 'venv', venv]) && attempt(python, ['-m', 'pip', 'install', ...options, '-r', requirements]);
      if (!isInstalled) throw new Stop('wasmtime could not be installed: install python3, python3-venv and python3-pip');
    });
  });
}
