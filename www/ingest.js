// The package's larger entry: pipelines, geo and AS, and exporters. It is loaded when something needs it.

let loading;

/** @returns {Promise<object>} the exports of `vpcflow-ecs/ingest`, ready to be used */
export function ingest() {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw new Error(`the module for pipelines, geo and templates could not be loaded (${error.message})`);
  });
  return loading;
}

async function load() {
  const entry = await import('./js/ingest/index.js');
  await entry.init();
  return entry;
}
