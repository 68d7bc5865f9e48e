// Times of work, counts of lines, and text of numbers and tables, for all parts of the benchmark.

/** Returns the nanoseconds of work by the clock and by the processors, and the bytes that it says it put out. */
export async function timed(work) {
  const cpuStart = process.cpuUsage();
  const start = process.hrtime.bigint();
  const made = await work();
  const elapsed = Number(process.hrtime.bigint() - start);
  const { user, system } = process.cpuUsage(cpuStart);
  // A process of its own has measured itself.
  const { ns: wall = elapsed, cpu = (user + system) * 1000, bytes = made } = typeof made === 'object' ? made : {};
  return { wall, cpu, bytes };
}

/** Returns the number of line feeds in bytes. */
export const countLines = (bytes) => bytes.reduce((count, byte) => count + (byte === 10), 0);

export const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];

export const number = (value, digits) =>
  value === null ? '' : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Returns a table in Markdown, its first column to the left and the others to the right. */
export function markdownTable([head, ...rows]) {
  return [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Returns the same in lines of columns; `bold` is applied to the first. */
export function columns(rows, bold = (text) => text) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const line = (row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return rows.map((row, i) => (i === 0 ? bold(line(row)) : line(row))).join('\n');
}
