// The larger entry of the package, with pipelines, databases and exports. Its module is loaded on first use.

let loading;

/** Returns the exports of `vpcflow-ecs/ingest`, ready to use. */
export function ingest() {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw new Error(`the module for pipelines, geo and templates could not be loaded (${error.message})`);
  });
  return loading;
}

async function load() {
  const entry = await import('../js/ingest/index.js');
  // Beside the script of the worker.
  await entry.init(new URL('pkg/vpcflow_ecs_ingest_bg.wasm', location));
  return entry;
}
