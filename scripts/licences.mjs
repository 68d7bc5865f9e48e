// `npm run licences`: writes THIRD-PARTY-LICENCES.txt, the licences of the crates whose code is in the WebAssembly modules.
//
// A test compares the file with what this finds. The texts are in the sources of the crates, which cargo has after a build.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, wasmEnvironment, wasmTarget } from './env.mjs';
import { Stop, isScript, main, output, say } from './run.mjs';

export const FILE = 'THIRD-PARTY-LICENCES.txt';

const RULE = '-'.repeat(80);

const HEAD = `The WebAssembly modules of this package contain code of these projects, under the licences below.
Of several licences that a project offers, this package uses the MIT licence.
`;

/** Returns the text of the file. */
export function licences() {
  const byText = new Map();
  for (const { title, text } of [standardLibrary(), ...crates().map(licenceOf)]) {
    byText.set(text, [...(byText.get(text) ?? []), title]);
  }
  return [HEAD, ...[...byText].map(([text, titles]) => `${titles.join('\n')}\n\n${text}\n`)].join(`${RULE}\n\n`);
}

/** Returns the crates that are linked into the modules, by name. */
function crates() {
  const arguments_ = ['metadata', '--format-version=1', '--locked', '--offline', `--filter-platform=${wasmTarget}`, '--no-default-features', '--features=js,ingest'];
  const text = output('cargo', arguments_, { cwd: root, env: wasmEnvironment('--cfg=wasm_module="main"') });
  if (text === undefined) throw new Stop(`cargo ${arguments_.join(' ')} failed: build the modules first`);
  const { packages, resolve } = JSON.parse(text);
  const byId = new Map(packages.map((each) => [each.id, each]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const found = new Set();
  const visit = (id) => {
    // A macro runs in the compiler.
    if (found.has(id) || byId.get(id).targets.some(({ kind }) => kind.includes('proc-macro'))) return;
    found.add(id);
    for (const { pkg, dep_kinds } of nodes.get(id).deps) if (dep_kinds.some(({ kind }) => kind === null)) visit(pkg);
  };
  visit(resolve.root);
  found.delete(resolve.root);
  return [...found].map((id) => byId.get(id)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns the licence of a crate: its MIT licence if it offers that, and those that hold as well. */
function licenceOf({ name, version, license, manifest_path: manifest }) {
  const folder = dirname(manifest);
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|unlicense|notice)/i.test(file));
  const offersMit = /\bMIT\b/.test(license) && files.some((file) => /mit/i.test(file));
  const also = [...license.matchAll(/\bAND (\w+)/g)].map(([, word]) => word.toLowerCase());
  const used = offersMit ? files.filter((file) => /mit/i.test(file) || also.some((word) => file.toLowerCase().includes(word))) : files;
  if (used.length === 0) throw new Stop(`the crate ${name} ${version} (${license}) has no text of its licence`);
  const text = used.map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim()).join(`\n\n`);
  return { title: `${name} ${version} (${license})`, text };
}

/** Returns the licence of Rust's standard library, which compilers do not always have as a file. */
function standardLibrary() {
  const [, conditions] = /(Permission is hereby granted.*)$/s.exec(readFileSync(join(root, 'LICENSE-MIT'), 'utf8'));
  return { title: 'The standard library of Rust (MIT OR Apache-2.0)', text: `Copyright (c) The Rust Project Contributors\n\n${conditions.trim()}` };
}

if (isScript(import.meta)) {
  await main('licences', () => {
    writeFileSync(join(root, FILE), licences());
    say('licences', FILE);
  });
}
