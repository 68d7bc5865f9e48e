// `npm run bench:detect`: measures how well, and how fast, formats of lines without a header are detected.
//
// The accuracy is measured in native Rust, over random formats of generated traffic (fixed seeds, so the same everywhere).
// 400 formats of each kind take a minute or two. `-- 2000` takes more of them, and `-- --from 10000 400` takes others.
// The time is also measured in Node, where it is the median of several runs on one machine.

import { execFileSync } from 'node:child_process';
import { build } from './build.mjs';
import { environment, root } from './env.mjs';
import { isScript, main, say } from './run.mjs';
import { setup } from './setup.mjs';

const cargo = ['run', '--locked', '--release', '--quiet', '--example', 'bench_detect', '--'];
const RUNS = 9;

if (isScript(import.meta)) {
  await main('bench:detect', async () => {
    setup();
    build();
    const options = { cwd: root, env: environment(), encoding: 'utf8', maxBuffer: 64 << 20 };
    say('bench:detect', 'detecting the formats of generated logs; a minute or two');
    execFileSync('cargo', [...cargo, ...process.argv.slice(2)], { ...options, stdio: ['ignore', 'inherit', 'inherit'] });

    const { detectFormat } = await import('../js/node.js');
    console.log('2000 lines in Node:');
    for (const seed of [1, 2, 3, 4, 5]) {
      const lines = execFileSync('cargo', [...cargo, 'lines', String(seed), '2000'], options);
      const times = Array.from({ length: RUNS }, () => {
        const start = performance.now();
        detectFormat(lines);
        return performance.now() - start;
      });
      times.sort((a, b) => a - b);
      const columns = lines.slice(0, lines.indexOf('\n')).split(' ').length;
      console.log(`  ${columns} columns: ${times[RUNS >> 1].toFixed(0)} ms (median of ${RUNS}, ${times[0].toFixed(0)} at least)`);
    }
  });
}
