// The page in www/, driven in headless Chromium as a user would, and the server that `npm start` runs.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { serve } from '../../scripts/serve.mjs';
import { launchBrowser } from './browser.js';
import { OPEN_LINES, PLAIN, linesOf } from './logs.js';
import { imported, repository } from './package.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';

const screenshots = join(repository, 'target/screenshots');

let browser;
let server;

before(async () => {
  mkdirSync(screenshots, { recursive: true });
  [browser, server] = await Promise.all([launchBrowser(), serve(0)]);
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/** Opens the page and waits until it can be used; what it complains about and whom else it asks fails the test. */
async function onPage(work, { size = [1280, 900], ...settings } = {}) {
  const context = await browser.newContext({ viewport: { width: size[0], height: size[1] }, ...settings });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', (asked) => {
    if (!asked.url().startsWith(new URL('/', server.url).href)) complaints.push(`request: ${asked.url()}`);
  });
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      globalThis.violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
    });
  });
  try {
    await page.goto(server.url);
    await page.locator('#example:enabled').waitFor();
    await work(page);
    assert.deepStrictEqual(await page.evaluate(() => globalThis.violations), []);
    assert.deepStrictEqual(complaints, []);
  } finally {
    await context.close();
  }
}

/** Puts lines into the input and waits for what the page says of them. */
async function paste(page, lines, counts) {
  await page.getByLabel('Flow log lines').fill(lines);
  await page.locator('#counts', { hasText: counts }).waitFor();
}

const counts = (page) => page.locator('#counts').textContent();
const documentsOf = async (page) => {
  const closed = page.locator('#documents details:not([open]) summary');
  while (await closed.count()) await closed.first().click();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('#documents details')].every((details) => details.querySelector('pre')),
  );
  const texts = await page.locator('#documents pre').allTextContents();
  return texts.map((text) => JSON.parse(text));
};

test('good and bad lines: documents, counts and located errors', async () => {
  await onPage(async (page) => {
    await paste(page, [HEADER, GOOD, '', BAD, OTHER].join('\n'), '1 error');
    assert.equal(await counts(page), '5 lines: 2 documents, 1 header line, 1 blank line, 1 error');
    assert.deepStrictEqual(await page.locator('summary').allTextContents(), [
      'line 2 172.31.16.139:20641 → 172.31.16.21:22 tcp accept',
      'line 5 172.31.16.139:20641 → 172.31.16.21:22 tcp reject',
    ]);
    const [first, second] = await documentsOf(page);
    assert.equal(first.source.ip, '172.31.16.139');
    assert.equal(second.event.action, 'reject');

    const error = page.locator('#errors article');
    assert.equal(await error.count(), 1);
    assert.equal(await error.getByRole('button').textContent(), 'line 4, column 65');
    assert.equal(await error.locator('code').textContent(), 'out_of_range');
    assert.equal(await error.locator('mark').textContent(), '70000');
    assert.equal(await error.locator('p').textContent(), 'field "srcport": expected 0 to 65535, found "70000"');
    const [line, carets] = (await error.locator('pre').textContent()).split('\n');
    assert.equal(carets.indexOf('^'), line.indexOf('70000'));
    assert.equal(carets.trim(), '^^^^^');
    const mark = await error.locator('mark').boundingBox();
    const below = await error.locator('.carets').boundingBox();
    assert.ok(below.y + below.height > mark.y + mark.height, 'the carets are below the token');

    await error.getByRole('button').click();
    const selected = await page.evaluate(() => {
      const { value, selectionStart, selectionEnd } = document.activeElement;
      return value.slice(selectionStart, selectionEnd);
    });
    assert.equal(selected, '70000');
  });
});

test('a caret behind the end of a line has room', async () => {
  await onPage(async (page) => {
    await paste(page, `${HEADER}\n${GOOD.replace(/ OK$/, '')}`, '1 error');
    const excerpt = page.locator('#errors pre');
    const [line, carets] = (await excerpt.textContent()).split('\n');
    assert.equal(carets.trimStart(), '^');
    assert.ok(line.endsWith(' ACCEPT'));
    assert.ok(await excerpt.evaluate((pre) => pre.scrollWidth <= pre.clientWidth));
  });
});

test('text of a log is text, whatever it says', async () => {
  await onPage(async (page) => {
    const evil = '<img src=x onerror=alert(1)>';
    const tag = '<img/src=x/onerror=alert(2)>';
    const script = '</pre><script>alert(3)</script>';
    await page.getByLabel('Format').fill('srcaddr dstaddr interface-id instance-tag');
    const lines = [`192.0.2.1 192.0.2.2 ${tag} ${script}`, `${tag} 192.0.2.2 eni-1 x`, evil, `{"message":"${script}`];
    await paste(page, lines.join('\n'), '3 errors');
    const [document] = await documentsOf(page);
    assert.deepStrictEqual(document.aws.vpcflow, { instance_tag: script, interface_id: tag });
    assert.equal(await page.locator('#errors mark').first().textContent(), tag);
    assert.equal(await page.locator('img, body script').count(), 0);

    // A format is shown as well.
    await page.getByLabel('Format').fill(evil);
    await page.getByText('Nothing was read').waitFor();
    assert.match(await page.locator('#format-note').textContent(), /<img/);
    assert.equal(await page.locator('img, body script').count(), 0);
  });
});

test('format, schema and mode', async () => {
  await onPage(async (page) => {
    const format = page.getByLabel('Format');
    await format.fill('version srcadr');
    await page.getByText('did you mean "srcaddr"?').waitFor();
    await paste(page, '2 192.0.2.1', '1 document');
    assert.deepStrictEqual((await documentsOf(page))[0].aws.vpcflow, { srcadr: '192.0.2.1', version: 2 });

    await format.fill('version version');
    await page.getByText('Nothing was read: the format is wrong.').waitFor();
    assert.equal(await format.getAttribute('aria-invalid'), 'true');
    assert.ok(await page.locator('#results').isHidden());

    await format.fill('');
    await paste(page, GOOD, '1 document');
    await page.getByLabel('Mode').selectOption('original');
    await page.getByText('172.31.16.139:20641 → 172.31.16.21:22 accept').waitFor();
    assert.equal((await documentsOf(page))[0].aws.vpcflow.dstport, 22);

    await page.getByLabel('Schema').selectOption('elastic-integration');
    await page.getByText('tcp accept').waitFor();
    assert.equal((await documentsOf(page))[0].ecs.version, '8.11.0');
    assert.ok(await page.getByLabel('Mode').isDisabled());
    assert.equal(await page.locator('#presets option[value="tgw"]').count(), 1);
  });
});

test('a format that nobody gave is read off the lines', async () => {
  await onPage(async (page) => {
    const good = linesOf(PLAIN, 30);
    // A blank line, a bad line, and neither a header nor a documented layout.
    const lines = [...good.slice(0, 3), '', good[3], 'x y', ...good.slice(5)];
    const isRecord = (index) => index !== 3 && index !== 5;
    await paste(page, lines.join('\n'), '29 documents');
    assert.equal(await counts(page), '31 lines: 29 documents, 0 header lines, 1 blank line, 1 error');
    assert.equal(await page.locator('#format-note').textContent(), `Read by the format of the lines: ${PLAIN}`);
    const places = await page.locator('summary .place').allTextContents();
    assert.deepStrictEqual(places, lines.flatMap((_, index) => (isRecord(index) ? [`line ${index + 1}`] : [])));
    assert.match(await page.locator('#errors button').textContent(), /^line 6, /);
    const documents = await documentsOf(page);
    for (const [index, line] of lines.filter((_, index) => isRecord(index)).entries()) {
      assert.equal(documents[index]['@timestamp'], new Date(line.split(' ')[3] * 1000).toISOString());
    }

    await paste(page, linesOf(PLAIN, 2500).join('\n'), '2,500 documents');
    assert.equal(await page.locator('details').count(), 200);
    await page.getByText('The first 200 of 2,500 are shown.').waitFor();
    await paste(page, GOOD, '1 document');
    assert.match(await page.locator('#format-note').textContent(), /^Without a format, /);
  });
});

test('lines that do not tell their format are asked about', async () => {
  await onPage(async (page) => {
    await paste(page, `\n${OPEN_LINES.join('\n')}`, 'Nothing was read: the lines do not tell their format');
    const note = page.locator('#format-note');
    assert.match(await note.textContent(), /the lines do not tell the format: column 2 may be "srcaddr" or "dstaddr"/);
    assert.equal(await page.getByLabel('Format').getAttribute('aria-invalid'), 'false');
    assert.doesNotMatch(await page.locator('body').textContent(), /the format is wrong/);
    assert.match(await page.locator('#question li').first().textContent(), /^column 2 \(10\.0\.1\.4\): srcaddr or dstaddr/);
    assert.ok(await page.locator('#results').isHidden());
    await page.screenshot({ path: join(screenshots, 'question.png'), fullPage: true });

    await page.getByRole('button', { name: 'Take the likeliest format' }).click();
    await page.locator('#counts', { hasText: '8 documents' }).waitFor();
    assert.equal(await page.getByLabel('Format').inputValue(), imported.detectFormat(OPEN_LINES)[0].format);
    assert.ok(await page.locator('#question').isHidden());
  });
});

test('a number keeps its digits, and a long input shows its first documents', async () => {
  await onPage(async (page) => {
    await paste(page, GOOD.replace(' 4249 ', ' 9007199254740993 '), '1 document');
    assert.match(await page.locator('#documents pre').first().textContent(), /"bytes": 9007199254740993,/);
    await paste(page, `${`${GOOD}\n`.repeat(300)}${`${BAD}\n`.repeat(250)}`, '550 lines: 300 documents');
    assert.equal(await page.locator('details').count(), 200);
    assert.equal(await page.locator('#errors article').count(), 200);
    await page.getByText('The first 200 of 300 are shown.').waitFor();
    await page.getByText('The first 200 of 250 are shown.').waitFor();
    assert.match(await page.locator('#errors button').first().textContent(), /^line 301, /);
  });
});

test('a document that was opened stays open', async () => {
  await onPage(async (page) => {
    await paste(page, [GOOD, OTHER].join('\n'), '2 documents');
    await page.locator('summary').nth(1).click();
    await page.locator('summary').nth(0).click();
    const opened = () => page.locator('details').evaluateAll((all) => all.map((details) => details.open));
    assert.deepStrictEqual(await opened(), [false, true]);
    await paste(page, [GOOD, OTHER, GOOD].join('\n'), '3 documents');
    assert.deepStrictEqual(await opened(), [false, true, false]);
    await paste(page, GOOD, '1 document');
    assert.deepStrictEqual(await opened(), [true]);
  });
});

test('by keyboard alone', async () => {
  await onPage(async (page) => {
    const press = async (key, times = 1) => {
      for (let i = 0; i < times; i++) await page.keyboard.press(key);
    };
    const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
    await press('Tab');
    assert.equal(await focused(), 'example');
    await press('Enter');
    assert.equal(await focused(), 'lines');
    await press('Tab', 4);
    assert.equal(await focused(), '2 errors');
    await press('Tab', 2);
    assert.match(await focused(), /^line 3/);
    await press('Enter');
    await page.locator('details[open]').nth(1).waitFor();
    const errors = page.locator('#errors button');
    await errors.first().focus();
    await press('Enter');
    assert.equal(await focused(), 'lines');
  });
});

describe('how it looks', () => {
  const looks = {
    light: { colorScheme: 'light' },
    dark: { colorScheme: 'dark' },
    phone: { size: [390, 844], isMobile: true, hasTouch: true },
  };
  for (const [name, settings] of Object.entries(looks)) {
    test(name, async () => {
      await onPage(async (page) => {
        await page.getByRole('button', { name: 'Example' }).click();
        await page.locator('#documents details[open] pre').waitFor();
        const { scroll, width } = await page.evaluate(() => ({
          scroll: document.documentElement.scrollWidth,
          width: document.documentElement.clientWidth,
        }));
        assert.ok(scroll <= width, `the page is ${scroll} wide, the window ${width}`);
        await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
      }, settings);
    });
  }

  const contrast = async (page, selector) =>
    page.locator(selector).first().evaluate((found) => {
      const luminance = (color) => {
        const parts = color.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255);
        const linear = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
      };
      const backOf = (element) => {
        const { backgroundColor } = getComputedStyle(element);
        return backgroundColor === 'rgba(0, 0, 0, 0)' ? backOf(element.parentElement) : backgroundColor;
      };
      const [a, b] = [luminance(getComputedStyle(found).color), luminance(backOf(found))];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    });
  for (const colorScheme of ['light', 'dark']) {
    test(`${colorScheme} has contrast`, async () => {
      await onPage(async (page) => {
        await page.getByRole('button', { name: 'Example' }).click();
        await page.locator('#documents details[open] pre').waitFor();
        const selectors = ['h1', 'header p', '.hint', '.key', 'mark', '.carets', '#counts a', '.place', 'article code'];
        for (const selector of selectors) {
          const found = await contrast(page, selector);
          assert.ok(found >= 4.5, `${selector}: ${found.toFixed(2)}`);
        }
      }, { colorScheme });
    });
  }
});

describe('what cannot work says so', () => {
  /** Opens the page in a context of its own, whose complaints do not count. */
  const withPage = async (settings, work) => {
    const context = await browser.newContext(settings);
    try {
      await work(await context.newPage());
    } finally {
      await context.close();
    }
  };

  test('no JavaScript', () =>
    withPage({ javaScriptEnabled: false }, async (page) => {
      await page.goto(server.url);
      // Not by its text: Playwright finds no text in <noscript>.
      const notice = page.locator('noscript p');
      await notice.waitFor();
      assert.match(await notice.innerText(), /^This page needs JavaScript to read flow logs\./);
    }));

  for (const missing of ['pkg/vpcflow_ecs_bg.wasm', 'pkg/vpcflow_ecs.js']) {
    test(`${missing} is missing`, () =>
      withPage({}, async (page) => {
        await page.route(`**/${missing}`, (route) => route.fulfill({ status: 404 }));
        await page.goto(server.url);
        await page.getByText('The parser could not be loaded').waitFor();
        assert.ok(await page.locator('#loading').isHidden());
      }));
  }

  test('no web server', () =>
    withPage({}, async (page) => {
      await page.goto(pathToFileURL(join(repository, 'www/index.html')).href);
      await page.getByText('the page was opened without a web server').waitFor();
    }));
});

describe('the server', () => {
  /** Sends a path as it is: fetch would tidy it up. */
  const get = (path, method = 'GET') =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      const sent = request({ hostname, port, path, method }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode, headers: response.headers, size: Buffer.concat(chunks).length });
        });
      });
      sent.on('error', reject).end();
    });

  test('gives each kind of file its type', async () => {
    const types = {
      '/www/': 'text/html; charset=utf-8',
      '/www/style.css': 'text/css; charset=utf-8',
      '/www/icon.svg': 'image/svg+xml',
      '/js/index.js': 'text/javascript; charset=utf-8',
      '/js/cli/text.js?version=1': 'text/javascript; charset=utf-8',
      '/pkg/vpcflow_ecs_bg.wasm': 'application/wasm',
    };
    for (const [path, type] of Object.entries(types)) {
      const { status, headers, size } = await get(path);
      assert.deepStrictEqual([status, headers['content-type'], size > 0], [200, type, true], path);
      assert.equal(headers['x-content-type-options'], 'nosniff');
    }
    assert.equal((await get('/')).headers.location, '/www/');
    assert.equal((await get('/www/', 'HEAD')).size, 0);
    assert.equal((await get('/www/', 'POST')).status, 405);
  });

  test('gives nothing else', async () => {
    const paths = [
      ...['/package.json', '/.git/config', '/.npmrc', '/js', '/js/', '/js/nothing.js', '/target/x.js', '/www/.hid.js'],
      ...['/www/../package.json', '/../etc/passwd', '//etc/passwd', '/js/../.git/config', '/js/../js/index.js'],
      ...['/www/..%2fpackage.json', '/www/%2e%2e/scripts/serve.mjs', '/www/..\\package.json', '/www/index.html%00'],
      ...['/www/README.md', '/%', '*'],
    ];
    for (const path of paths) assert.equal((await get(path)).status, 404, path);
  });
});
