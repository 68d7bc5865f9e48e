// `npm run fuzz`: runs the fuzz targets with libFuzzer, one after another, and prints a line for each.
//
//     node scripts/fuzz.mjs [--seconds N] [--sanitizer NAME] [TARGET]...
//
// Without targets, all of them; 600 seconds each. The sanitizer is that of `cargo fuzz`, and needs a nightly compiler; the
// default is none, since the crate has no unsafe code. Inputs that were found go to `fuzz/corpus/`, from which the next run
// starts, and those of findings to `fuzz/artifacts/`. `npm test` has a short run of each target, without libFuzzer.

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { environment, root } from './env.mjs';
import { Stop, bold, dim, green, isScript, main, output, red, run, say, step } from './run.mjs';
import { setup } from './setup.mjs';

const targetDir = 'target/fuzz';
const seeds = join(root, targetDir, 'seeds');

/** Arguments of libFuzzer: inputs in bytes, memory in MB, and the seconds after which an input is a finding. */
const limits = ['-max_len=8192', '-rss_limit_mb=2048', '-timeout=30', '-report_slow_units=60'];

/** Returns environment variables with which the crate shows what its fuzz targets check, as `cargo fuzz` compiles it. */
export function fuzzEnvironment() {
  return { ...environment(), RUSTFLAGS: [process.env.RUSTFLAGS, '--cfg fuzzing'].filter(Boolean).join(' ') };
}

/** The arguments of cargo for the crate of the targets, after the command. */
export const fuzzCrate = ['--manifest-path', 'fuzz/Cargo.toml', '--target-dir', targetDir];

/** The state of a target's run, as libFuzzer reports it. */
export class Progress {
  executions = 0;
  coverage = 0;
  edges = 0;
  findings = [];

  /** Reads a line of libFuzzer. */
  read(line) {
    const pulse = /^#(\d+)\s.*?\bcov: (\d+)/.exec(line);
    if (pulse) [this.executions, this.coverage] = pulse.slice(1).map(Number);
    this.executions = Number(/^stat::number_of_executed_units:\s*(\d+)/.exec(line)?.[1] ?? this.executions);
    this.edges = Number(/Loaded \d+ modules?\s+\((\d+) inline 8-bit counters\)/.exec(line)?.[1] ?? this.edges);
    const finding = /Test unit written to (\S+)/.exec(line)?.[1];
    if (finding) this.findings.push(finding);
  }

  /** Returns a line about a target. */
  sentence(target) {
    const number = (value) => value.toLocaleString('en');
    const found = this.findings.length ? red(`findings: ${this.findings.join(', ')}`) : green('no findings');
    return `${target.padEnd(14)} ${number(this.executions).padStart(12)} executions, ${number(this.coverage).padStart(6)} of ${number(this.edges)} edges covered, ${found}`;
  }
}

async function fuzz({ seconds, sanitizer, targets }) {
  setup({ fuzz: true });
  const names = step('fuzz', 'seeds from the fixtures', () =>
    output('cargo', ['run', '--locked', '--quiet', ...fuzzCrate, '--example', 'seeds', '--', seeds], { cwd: root, env: fuzzEnvironment() }),
  );
  if (names === undefined) throw new Stop('the seeds cannot be made: cargo test --manifest-path fuzz/Cargo.toml');
  const all = names.split('\n');
  const unknown = targets.find((target) => !all.includes(target));
  if (unknown) throw new Stop(`there is no target ${unknown}; the targets are ${all.join(', ')}`);
  const host = /^host: (.*)$/m.exec(output('rustc', ['-vV']) ?? '')?.[1];
  const options = ['--sanitizer', sanitizer, '--features', 'libfuzzer', '--target', String(host), '--target-dir', targetDir];
  const toolchain = sanitizer === 'none' ? [] : ['+nightly'];
  step('fuzz', 'the targets with libFuzzer', () =>
    run('cargo', [...toolchain, 'fuzz', 'build', ...options], { cwd: root, env: environment() }),
  );
  const binaries = join(root, targetDir, String(host), 'release');
  let findings = 0;
  for (const target of targets.length ? targets : all) {
    say('fuzz', `${bold(target)} for ${seconds} s`);
    const progress = await runTarget(join(binaries, target), target, seconds);
    console.log(progress.sentence(target));
    findings += progress.findings.length;
  }
  if (findings) throw new Stop(`${findings} findings; \`BINARY FILE\` runs one again, and a named test keeps it mended`);
}

/** Runs a target and shows its progress every half minute. Its whole log is beside its seeds. */
function runTarget(binary, target, seconds) {
  const folder = (...path) => {
    mkdirSync(join(root, ...path), { recursive: true });
    return join(root, ...path);
  };
  const corpus = folder('fuzz/corpus', target);
  const artifacts = `${folder('fuzz/artifacts', target)}/`;
  const words = `-dict=${join(seeds, 'words')}`;
  const args = [corpus, join(seeds, target), words, `-artifact_prefix=${artifacts}`, `-max_total_time=${seconds}`, '-print_final_stats=1', ...limits];
  const child = spawn(binary, args, { cwd: root, stdio: ['ignore', 'inherit', 'pipe'] });
  const progress = new Progress();
  const lines = [];
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    const whole = (rest + text).split('\n');
    rest = String(whole.pop());
    for (const line of whole) {
      progress.read(line);
      // Thousands of lines are about new inputs.
      if (!/^#\d+\s+(NEW|REDUCE|pulse)/.test(line)) lines.push(line);
    }
  });
  const timer = setInterval(() => say('fuzz', dim(progress.sentence(target))), 30_000);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      const log = join(root, targetDir, `${target}.log`);
      writeFileSync(log, `${lines.join('\n')}\n`);
      if (code !== 0 && progress.findings.length === 0) reject(new Stop(`${target} ended with exit code ${code}: ${log}`));
      else resolve(progress);
    });
  });
}

if (isScript(import.meta)) {
  await main('fuzz', () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { seconds: { type: 'string', default: '600' }, sanitizer: { type: 'string', default: 'none' } },
    });
    if (!/^[1-9]\d*$/.test(values.seconds)) throw new Stop(`--seconds: expected a number, found ${values.seconds}`);
    return fuzz({ seconds: Number(values.seconds), sanitizer: values.sanitizer, targets: positionals });
  });
}
