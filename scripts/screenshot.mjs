// `npm run screenshot`: takes the pictures of the playground that the README shows, docs/playground.png and its dark twin.
//
// The page opens in headless Chromium with its first example; one of its lines is selected.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser } from '../tests/js/browser.js';
import { build } from './build.mjs';
import { root } from './env.mjs';
import { withPalette } from './png.mjs';
import { isScript, main, say } from './run.mjs';
import { serve } from './serve.mjs';
import { setup } from './setup.mjs';

/** The pictures, by the colour scheme that they show. */
export const pictures = { light: 'docs/playground.png', dark: 'docs/playground-dark.png' };

/** The size of the page, and the pixels of the pictures for each of its own: sharp on fine screens. */
const viewport = { width: 1380, height: 750 };
const deviceScaleFactor = 1.5;

/** Saves the picture of a colour scheme. */
async function take(browser, url, colorScheme) {
  const context = await browser.newContext({ viewport, deviceScaleFactor, colorScheme, serviceWorkers: 'block', reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('body[data-ready]').waitFor();
  await page.locator('.leaf').first().waitFor();
  // The keys of the token under the pointer light up.
  await page.locator('#anatomy .token', { hasText: 'dstport' }).hover();
  // Fonts and the last frame.
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(300);
  const png = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  writeFileSync(join(root, pictures[colorScheme]), withPalette(png));
  await context.close();
}

if (isScript(import.meta)) {
  await main('screenshot', async () => {
    setup({ browser: true });
    await build();
    const [browser, server] = await Promise.all([launchBrowser(), serve(0)]);
    try {
      for (const scheme of Object.keys(pictures)) {
        await take(browser, server.url, scheme);
        say('screenshot', pictures[scheme]);
      }
    } finally {
      await browser.close();
      await server.close();
    }
  });
}
