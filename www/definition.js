// The edited text of the ingest pipeline, which the browser keeps and a link holds.

let text;
let listener = () => {};

/** Returns the edited pipeline; undefined before the first change. */
export const definition = () => text;

/** Replaces the pipeline. The view of pipelines calls this with each change. */
export function setDefinition(next) {
  text = next;
  listener();
}

/** Calls a function after each change. */
export function onDefinition(call) {
  listener = call;
}
