// `npm run test:aws`: sources, notifications and Lambda functions against a stand-in for AWS, and the template of the example.
//
// It needs Python 3.10 or later; moto and the clients of the AWS SDK are installed into target/aws/. Without Python it says so
// and does nothing, except under CI, where that is a failure.

import { consumer, install, missing } from '../tests/aws/server.mjs';
import { build } from './build.mjs';
import { environment, root } from './env.mjs';
import { Stop, isScript, main, runTests, say, testFiles } from './run.mjs';
import { setup } from './setup.mjs';

/**
 * Returns the reason for skipping these tests; undefined if they can run. Under CI, they must.
 *
 * @param {string | undefined} [absent] the tool that is missing
 * @param {NodeJS.ProcessEnv} [env]
 */
export function reasonToSkip(absent = missing(), { CI } = process.env) {
  if (absent && CI) throw new Stop(`${absent}; under CI these tests are not skipped`);
  return absent;
}

/**
 * Installs what the tests need, and returns the arguments and the environment that run them.
 *
 * @param {string} packageRoot the folder of the package under test
 */
export function awsTests(packageRoot) {
  install(packageRoot);
  const args = ['--test', '--test-reporter=spec', ...testFiles(root, 'tests/aws')];
  return { args, env: { ...environment(), VPCFLOW_PACKAGE_DIR: consumer } };
}

if (isScript(import.meta)) {
  await main('test:aws', () => {
    const reason = reasonToSkip();
    if (reason) return say('test:aws', `skipped: ${reason}`);
    setup();
    build();
    const { args, env } = awsTests(root);
    runTests(process.execPath, args, { cwd: root, env });
  });
}
