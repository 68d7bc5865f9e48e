// Lines of random formats, as tools/traffic.rs makes them: [{ format, lines }].

import { execFileSync } from 'node:child_process';
import { environment, root } from '../../scripts/env.mjs';

export function traffic(formats, lines) {
  const command = ['run', '--quiet', '--example', 'traffic', '--', String(formats), String(lines)];
  const text = execFileSync('cargo', command, { cwd: root, env: environment(), encoding: 'utf8', maxBuffer: 64 << 20 });
  return text.trim().split('\n').map((line) => JSON.parse(line));
}
