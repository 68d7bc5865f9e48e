// Lines that are tried with another format.

const FEW = 20;

/** True if one of the first lines is a record of a format, or if there is no line. */
export async function fitsLines(api, log, format) {
  if (!log || log.lines === 0) return true;
  const lines = await Promise.all(Array.from({ length: Math.min(FEW, log.lines) }, (_, line) => log.text(line)));
  const { layers = true } = (await log.around()) ?? {};
  const parser = new api.Parser({ format, layers, precedence: 'format', onError: 'skip' });
  try {
    parser.toNdjson(lines.join('\n'));
    return parser.stats.records > 0;
  } finally {
    parser.free();
  }
}
