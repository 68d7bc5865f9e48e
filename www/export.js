export function exportView() {}
