// The page in a real browser: silent, self-contained, readable by keyboard and without eyes, and safe from what queries say.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderHtml } from '../../src/report/html/html-report.js';
import { temporaryFolder } from '../temporary-folder.js';
import { launch, openPage, withoutBrowser } from './page-of.js';
import { reportOf } from './report-of.js';

const HOSTILE = `</script></td><script>alert(1)</script><img src=x onerror=alert(2)> "><svg/onload=alert(3)> \u202eright to left\u202c مرحبا 1 < 2 & 3 ${'long '.repeat(20_000)}`;
const folder = temporaryFolder();

test('a hostile query stands in the page as text alone, and cut', () => {
  const html = renderHtml(reportOf({ judged: 'constant', hostile: HOSTILE }));
  const scripts = html.match(/<script/g)!;
  expect(scripts).toHaveLength(1);
  expect(html).not.toMatch(/<img|<svg\/onload/);
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(Buffer.byteLength(html)).toBeLessThan(2e6);
});

test('names no address outside itself', () => {
  const html = renderHtml(reportOf());
  const addresses = html.match(/\b(?:https?:)?\/\/[a-z0-9.-]+/gi) ?? [];
  expect(addresses.filter((address) => !address.endsWith('//www.w3.org'))).toEqual([]);
});

describe.skipIf(withoutBrowser)(`in a browser${withoutBrowser ? ` (skipped: ${withoutBrowser})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
    folder.write('report.html', renderHtml(reportOf({ judged: 'constant' }), [reportOf({ label: 'validation' })]));
    folder.write('hostile.html', renderHtml(reportOf({ judged: 'constant', hostile: HOSTILE })));
  }, 60_000);
  afterAll(() => browser?.close());

  test.each([1280, 390])('says nothing on the console, asks for nothing and fits %i pixels', async (width) => {
    const { page, complaints } = await openPage(browser, `${folder.path}/report.html`, width);
    expect(complaints).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.close();
  });

  test('every plot has a text of its own and its table, every link within the page an end', async () => {
    const { page } = await openPage(browser, `${folder.path}/report.html`, 1280);
    const plots = (await page.evaluate(
      `[...document.querySelectorAll('figure')].map((figure) => [figure.querySelector('svg[role=img]')?.getAttribute('aria-label').length > 20, figure.querySelectorAll('table').length > 0, figure.querySelector('figcaption').textContent.length > 10])`,
    )) as boolean[][];
    expect(plots.length).toBeGreaterThanOrEqual(4);
    expect(plots.flat().every(Boolean)).toBe(true);
    expect(
      await page.evaluate(
        `[...document.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute('href').slice(1)).filter((id) => !document.getElementById(id))`,
      ),
    ).toEqual([]);
    const unnamed = `[...document.querySelectorAll('button, input, select')].filter((one) => !(one.getAttribute('aria-label') || one.textContent || one.closest('label')?.textContent)).length`;
    expect(await page.evaluate(unnamed)).toBe(0);
    await page.close();
  });

  test('sorts and filters by keyboard', async () => {
    const { page, complaints } = await openPage(browser, `${folder.path}/report.html`, 1280);
    const column = `[...document.querySelectorAll('#decision-table tbody tr')].map((row) => Number(row.cells[0].dataset.value ?? row.cells[0].textContent))`;
    const before = (await page.evaluate(column)) as number[];
    expect(before.slice(0, 3)).toEqual([1, 2, 3]);
    await page.focus('#decision-table thead th:first-child .sort');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(column)).toEqual([...before].reverse());
    expect(await page.getAttribute('#decision-table thead th:first-child', 'aria-sort')).toBe('descending');
    await page.focus('#filter-text');
    await page.keyboard.type('no such words');
    expect(await page.textContent('#filter-count')).toBe('0 of 0 shown');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('runs nothing that a query says', async () => {
    const { page, complaints } = await openPage(browser, `${folder.path}/hostile.html`, 390);
    expect(complaints).toEqual([]);
    expect(await page.evaluate('document.images.length + document.scripts.length')).toBe(1);
    expect(await page.textContent('.query bdi')).toContain('<script>alert(1)</script>');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.close();
  });
});
