// Ingest pipelines under examination: the way of one line through the processors, and the counts of all lines.

import { rowOf } from './explain.js';
import { BLANK } from './log.js';
import { pause } from './pause.js';

/** The time that one batch of lines should take, so that requests of the page run in between, in milliseconds. */
const BATCH_TIME = 30;
const MOST_LINES = 2000;
/** The time between two reports of the counts. */
const REPORT_TIME = 150;

/** The number of the latest run. Earlier ones end. */
let latest = 0;

/** Ends the counting. */
export function cancelDebug() {
  latest += 1;
}

/** Returns the lines that a pipeline gets, from one line on: as a shipper sends them, without blank ones. */
async function linesOf(log, from, to) {
  const [start] = log.span(from);
  const [, end] = log.span(to - 1);
  const bytes = await log.store.read(start, end);
  const lines = [];
  for (let line = from; line < to; line++) {
    if (log.state(line) === BLANK) continue;
    lines.push({ line, message: log.textIn(bytes, start, line) });
  }
  return lines;
}

/** Adds the counts of a batch, whose documents have these lines. */
function addCounts(sum, counts, lines) {
  for (const [word, number] of Object.entries(counts)) if (typeof number === 'number') sum[word] = (sum[word] ?? 0) + number;
  for (const [word, index] of Object.entries(counts.first)) sum.first[word] ??= lines[index].line;
}

/**
 * Counts what each processor does with all lines. The counts are reported while it runs.
 *
 * @param {{ tally: (sources: object[]) => import('../../js/ingest/index.js').PipelineTally, free: () => void }} pipeline is freed
 * @param {(counts: object) => void} onreport
 */
async function count(pipeline, log, isCurrent, onreport) {
  const sum = { first: {}, steps: {}, documents: 0, dropped: 0, failed: 0 };
  let [size, at, reported] = [50, 0, performance.now()];
  try {
    while (at < log.lines) {
      const to = Math.min(log.lines, at + size);
      const lines = await linesOf(log, at, to);
      const start = performance.now();
      const counts = pipeline.tally(lines.map(({ message }) => ({ message })));
      const took = performance.now() - start;
      addCounts(sum, counts, lines);
      for (const [path, step] of Object.entries(counts.steps)) addCounts((sum.steps[path] ??= { first: {} }), step, lines);
      at = to;
      size = Math.max(10, Math.min(MOST_LINES, Math.round((size * BATCH_TIME) / Math.max(took, 1))));
      // Among the requests that run now is the next run.
      await pause();
      if (!isCurrent()) return;
      if (at < log.lines && performance.now() - reported < REPORT_TIME) continue;
      reported = performance.now();
      onreport({ ...sum, read: at, lines: log.lines });
    }
  } finally {
    pipeline.free();
  }
}

/**
 * Returns the processors of a definition and the way of one line through them. The counts of all lines follow. If only the
 * line is another one, the counting goes on, and the answer has its last report. `log.counted` has the latest run.
 *
 * @param {object} more the package's larger entry
 * @param {{ api: object, log?: object, line: number, likely?: string, shapes: object[], isCurrent: () => boolean }} reading
 *   `shapes` as options of the package
 */
export async function debug(more, { definition, environment }, { api, log, line, likely, shapes, isCurrent }, onreport) {
  const known = log?.counted;
  const isCounted = known?.run === latest && known.definition === definition && known.geo === environment?.geo;
  // A later definition ends the counting of an earlier one, also if it is invalid.
  if (!isCounted) cancelDebug();
  const mine = latest;
  const inspection = more.inspectPipeline(definition, environment);
  if (inspection.problem) return inspection;
  const pipeline = new more.Pipeline(definition, environment);
  const answer = { ...inspection, lines: log?.lines ?? 0 };
  if (line < (log?.lines ?? 0)) {
    const message = await log.text(line);
    const around = await log.around();
    const rows = shapes.map((output) => rowOf(api, log, line, message, { output, likely, around }));
    const [{ tokens }] = rows;
    // The schema and the target of a step are its own: the keys of a token are those of any schema.
    const paths = tokens.map((_, index) => [...new Set(rows.flatMap((row) => row.tokens[index]?.paths ?? []))]);
    Object.assign(answer, { message, trace: pipeline.trace({ message }), tokens: tokens.map(({ text }, index) => ({ text, paths: paths[index] })) });
  }
  if (isCounted || !log || mine !== latest) pipeline.free();
  else {
    const started = { run: mine, definition, geo: environment?.geo };
    log.counted = started;
    const report = (counts) => onreport((started.counts = { run: mine, ...counts }));
    count(pipeline, log, () => mine === latest && isCurrent(), report).catch((error) => report({ message: error.message }));
  }
  return { ...answer, run: mine, counts: isCounted ? known.counts : undefined };
}
