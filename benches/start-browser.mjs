// The start in headless Chromium: from `import` and from `init()` to the first parsed line, in a new context each time, so that
// nothing is cached.

import { launchBrowser, serve } from '../tests/js/browser.js';
import { median } from './clock.mjs';

/**
 * @param {number} runs
 * @param {Record<string, string>} folders of packages, by name
 * @returns {Promise<Record<string, { importToFirstLine: number, initToFirstLine: number }>>} milliseconds
 */
export async function measureBrowserStart(runs, folders) {
  const [browser, ...servers] = await Promise.all([
    launchBrowser(),
    ...Object.values(folders).map((folder) => serve({ '/package/': folder })),
  ]);
  const times = Object.fromEntries(Object.keys(folders).map((name) => [name, []]));
  try {
    for (let run = 0; run <= runs; run++) {
      for (const [index, name] of Object.keys(folders).entries()) {
        const time = await firstLine(browser, servers[index].origin);
        // The first run has read the files from the disk.
        if (run > 0) times[name].push(time);
      }
    }
  } finally {
    await browser.close();
    for (const server of servers) await server.close();
  }
  const middle = (all, key) => median(all.map((time) => time[key]));
  return Object.fromEntries(Object.entries(times).map(([name, all]) => {
    return [name, { importToFirstLine: middle(all, 'importToFirstLine'), initToFirstLine: middle(all, 'initToFirstLine') }];
  }));
}

async function firstLine(browser, origin) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(origin);
    return await page.evaluate(async () => {
      const line = '2 123456789010 eni-0a1b2c3d4e5f60718 192.0.2.44 10.0.1.20 52714 443 6 18 4249 1767225600 1767225658 ACCEPT OK';
      const start = performance.now();
      const { init, parse } = await import('/package/js/index.js');
      const imported = performance.now();
      await init();
      parse(line, 'default');
      const end = performance.now();
      return { importToFirstLine: end - start, initToFirstLine: end - imported };
    });
  } finally {
    await context.close();
  }
}
