export function pipelineView() {}
