// The start in headless Chromium: from `import` and from `init()` to the first parsed line, and from `init(undefined, null)`, which
// loads the main module only. Each is measured in a browser of its own, since a browser keeps the modules that it has compiled.

import { launchBrowser, serve } from '../tests/js/browser.js';
import { median } from './clock.mjs';

/**
 * @param {number} runs
 * @param {Record<string, string>} folders of packages, by name
 * @returns {Promise<Record<string, { importToFirstLine: number, initToFirstLine: number, mainToFirstLine: number }>>} milliseconds
 */
export async function measureBrowserStart(runs, folders) {
  const servers = await Promise.all(Object.values(folders).map((folder) => serve({ '/package/': folder })));
  const times = Object.fromEntries(Object.keys(folders).map((name) => [name, []]));
  try {
    for (let run = 0; run <= runs; run++) {
      for (const [index, name] of Object.keys(folders).entries()) {
        const { origin } = servers[index];
        const both = await firstLine(origin, []);
        const main = await firstLine(origin, [undefined, null]);
        // The first run has read the files from the disk.
        if (run > 0) times[name].push({ ...both, mainToFirstLine: main.initToFirstLine });
      }
    }
  } finally {
    for (const server of servers) await server.close();
  }
  const middle = (all, key) => median(all.map((time) => time[key]));
  return Object.fromEntries(Object.entries(times).map(([name, all]) => {
    return [name, Object.fromEntries(['importToFirstLine', 'initToFirstLine', 'mainToFirstLine'].map((key) => [key, middle(all, key)]))];
  }));
}

async function firstLine(origin, inputs) {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(origin);
    return await page.evaluate(async (given) => {
      const line = '2 123456789010 eni-0a1b2c3d4e5f60718 192.0.2.44 10.0.1.20 52714 443 6 18 4249 1767225600 1767225658 ACCEPT OK';
      const start = performance.now();
      const { init, parse } = await import('/package/js/index.js');
      const imported = performance.now();
      await init(...given);
      parse(line, 'default');
      const end = performance.now();
      return { importToFirstLine: end - start, initToFirstLine: end - imported };
    }, inputs);
  } finally {
    await browser.close();
  }
}
