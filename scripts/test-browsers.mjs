// `npm run test:browsers`: the page and the browser entry in Firefox, and the page in WebKitGTK, through WebDriver.
//
//     node scripts/test-browsers.mjs [firefox] [webkit]
//
// `npm test` takes Firefox, which the set-up installs. A browser or a driver that cannot be had is named, and its tests are skipped. The
// client of WebDriver is installed into target/browsers/.

import { join } from 'node:path';
import { build } from './build.mjs';
import { environment, root, which } from './env.mjs';
import { installNpm, isScript, main, run, runTests, say } from './run.mjs';
import { setup } from './setup.mjs';

const here = join(root, 'tests/browsers');
const client = join(root, 'target/browsers');

/** Tests that `npm test` also runs in Chromium. */
const shared = ['browser', 'inputs', 'traps'].map((name) => join(root, `tests/js/${name}.test.js`));

const page = join(here, 'page.test.js');

/** The browsers: their programs by the names of `environment`, how Debian has them, and the tests. */
const browsers = {
  firefox: { name: 'Firefox', programs: ['FIREFOX', 'GECKODRIVER'], from: 'apt-get install firefox-esr, cargo install geckodriver', files: [page, ...shared] },
  webkit: { name: 'WebKitGTK', programs: ['WEBKIT', 'WEBKITDRIVER'], from: 'apt-get install webkit2gtk-driver xvfb', files: [page] },
};

/** Returns the reason for skipping a browser; undefined if its tests can run. */
export function reasonToSkipBrowser(id, env = environment(), hasDisplay = Boolean(which(['xvfb-run']))) {
  const { name, programs, from } = browsers[id];
  const absent = programs.filter((program) => !env[program]);
  if (id === 'webkit' && !hasDisplay) absent.push('xvfb-run');
  return absent.length ? `${name} is not tested: there is no ${absent.join(', no ')}; on Debian: ${from}` : undefined;
}

/** Installs the client, and returns the arguments and the environment that run the tests of a browser. */
export function browserTests(id) {
  installNpm(here, client, () => say('browsers', 'installing a client of WebDriver, once, into target/browsers/'));
  const args = ['--test', '--test-reporter=spec', '--test-concurrency=2', ...browsers[id].files];
  return { args, env: { ...environment(), VPCFLOW_BROWSER: id } };
}

if (isScript(import.meta)) {
  await main('test:browsers', () => {
    setup({ browser: true });
    build();
    const asked = process.argv.slice(2);
    for (const id of Object.keys(browsers).filter((each) => asked.length === 0 || asked.includes(each))) {
      const reason = reasonToSkipBrowser(id);
      if (reason) {
        say('test:browsers', reason);
        continue;
      }
      const { args, env } = browserTests(id);
      runTests(process.execPath, args, { cwd: root, env });
    }
  });
}
