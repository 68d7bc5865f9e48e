/** A WASM module of the package: what it is depends on who imports the file. Most bundlers give its URL, and workerd the module. */
type Compiled = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : never;

declare const module: Compiled & string;
export default module;
