// `npm run miri`: runs the tests of the vectors in Miri, which finds undefined behaviour.
//
// The crate has no unsafe code, and the crates `wide` and `memchr` have some. Miri is a component of a nightly compiler: where
// it is missing, this says so and does nothing.

import { environment, root } from './env.mjs';
import { isScript, main, output, run, say, step } from './run.mjs';

/** The modules whose tests run. */
const modules = ['base::scan', 'base::sha1', 'value::ipv4'];

if (isScript(import.meta)) {
  await main('miri', () => {
    const env = environment();
    if (output('cargo', ['+nightly', 'miri', '--version'], { cwd: root, env }) === undefined) {
      const advice = 'rustup toolchain install nightly --component miri --component rust-src';
      say('miri', `skipped: Miri is missing: ${advice}`);
      return;
    }
    step('miri', `the tests of ${modules.join(', ')}`, () =>
      run('cargo', ['+nightly', 'miri', 'test', '--locked', '--lib', '--target-dir', 'target/miri', '--', ...modules], { cwd: root, env }),
    );
  });
}
