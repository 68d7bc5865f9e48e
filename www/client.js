// The connection of the page to the worker: requests and responses, events, and readings, of which only the latest counts.

const OWN = ['worker.js', 'service-worker.js'];
/** The modules that the worker needs at its start. */
const MODULES = ['pkg/vpcflow_ecs_bg.wasm', 'pkg/vpcflow_ecs_detect_bg.wasm'];

/** The policy of the page allows the addresses of these scripts only. */
const policy = globalThis.trustedTypes?.createPolicy('vpcflow-ecs', {
  createScriptURL(name) {
    if (OWN.includes(name)) return name;
    throw new TypeError(`not a script of this page: ${name}`);
  },
});

export const scriptUrl = (name) => policy?.createScriptURL(name) ?? name;

const listeners = {};
const waiting = new Map();
let worker;
let last = 0;
let reading = false;
let nextReading;

/** The number of the current reading. Results of an earlier one are dropped. */
export let generation = 0;

/** Events without a listener yet. */
const early = [];

/** An error of the worker. One that nothing catches is said by main.js. */
export class RequestError extends Error {}

/** Compiles a module while it loads, or after that if the host sends it with another type than `application/wasm`. */
async function compiled(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} has status ${response.status}`);
  const copy = response.clone();
  return WebAssembly.compileStreaming(response).catch(async () => WebAssembly.compile(await copy.arrayBuffer()));
}

/** Starts the worker, and gives it the modules, which are compiled meanwhile. The event `ready` or `failed` follows. */
function connect() {
  worker = new Worker(scriptUrl('worker.js'), { type: 'module' });
  worker.onmessage = ({ data }) => {
    if (data.id === undefined) {
      if (data.generation === undefined || data.generation === generation) dispatch(data);
      return;
    }
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error) reject(Object.assign(new RequestError(data.error.message), data.error));
    else resolve(data.answer);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    dispatch({ event: 'failed', reason: event.message || 'a script is missing' });
  };
  Promise.all(MODULES.map(compiled)).then((modules) => ask('init', { modules }))
    .then((tables) => dispatch({ event: 'ready', ...tables }), ({ message }) => dispatch({ event: 'failed', reason: message }));
}

function dispatch(data) {
  if (listeners[data.event]) listeners[data.event](data);
  else early.push(data);
}

export function on(event, listener) {
  listeners[event] = listener;
  for (const data of early.splice(0)) dispatch(data);
}

/** Sends a request to the worker and returns its response. */
export function ask(name, more = {}, transfer = []) {
  last += 1;
  return new Promise((resolve, reject) => {
    waiting.set(last, { resolve, reject });
    worker.postMessage({ id: last, ask: name, ...more }, transfer);
  });
}

/** Reads a text or files. While a text is read, only the latest of the next ones is kept. */
export async function read(name, more) {
  generation += 1;
  nextReading = [name, { next: generation, ...more }];
  if (reading && name === 'read') return;
  while (nextReading) {
    const [question, rest] = nextReading;
    nextReading = undefined;
    reading = question === 'read';
    try {
      await ask(question, rest);
    } catch (error) {
      if (rest.next === generation) dispatch({ event: 'failed', reason: error.message });
    } finally {
      reading = false;
    }
  }
}

connect();
