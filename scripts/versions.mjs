// The versions that are supported: the README states them, the manifests hold users to them, and the matrix tries them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './env.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');
const json = (path) => JSON.parse(read(path));
const minor = (version) => version.split('.').slice(0, 2).join('.');

/**
 * Returns the oldest and newest versions that are tested: of Node.js, TypeScript and Rust. Of Rust, the newest is the user's own.
 *
 * Throws an error if the README or a manifest states others.
 */
export function versions() {
  const rest = json('tests/matrix/rest/package.json').dependencies;
  const nodes = Object.keys(rest).flatMap((name) => /^node-(\d+)$/.exec(name)?.[1] ?? []).map(Number).sort((a, b) => a - b);
  const found = {
    node: [nodes[0], nodes.at(-1)].map(String),
    typescript: [json('tests/matrix/package.json').dependencies['typescript-oldest'].split('@')[1], json('package.json').devDependencies.typescript].map(minor),
    rust: rustVersion('Cargo.toml'),
  };
  const { node, typescript, rust } = found;
  const statements = {
    'README.md': `It supports Node.js ${node[0]} or later, TypeScript ${typescript[0]} or later, and Rust ${rust} or later. ` +
      `Node.js ${node[1]} and TypeScript ${typescript[1]} are the newest that are tested.`,
    'package.json': `"node": ">=${node[0]}"`,
    'scripts/setup.mjs': `< ${node[0]}) {`,
    'hosts/core/Cargo.toml': `rust-version = "${rust}"`,
  };
  for (const [path, statement] of Object.entries(statements)) {
    if (!read(path).replaceAll(/\s+/g, ' ').includes(statement)) throw new Error(`${path} does not say ${JSON.stringify(statement)}`);
  }
  return found;
}

function rustVersion(path) {
  return /^rust-version = "([\d.]+)"$/m.exec(read(path))?.[1];
}
