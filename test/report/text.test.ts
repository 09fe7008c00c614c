// The text report: verdict first, every section, inside 100 columns, plain or painted, boxes or Markdown.
import { describe, expect, test } from 'vitest';
import { pointsWithInterval } from '../../src/report/format.js';
import { reportJson } from '../../src/report/json.js';
import { renderText } from '../../src/report/text.js';
import { reportOf } from './report-of.js';

const titles = (text: string) => text.split('\n').filter((line) => line.startsWith('## '));

describe('renderText', () => {
  test('starts with the verdict and the task that carries the gain', async () => {
    const report = reportOf();
    const [first, ...rest] = (await renderText(report)).split('\n\n');
    expect(first!.replace(/\n/g, ' ')).toBe(
      `${report.verdict.sentence} The gain: all of it comes from law (20 queries); without these it is 0.0 [0.0, 0.0] points.`,
    );
    expect(rest.length).toBeGreaterThan(5);
  });

  test('says so where a plain lookup by task gains more than the router', async () => {
    const constant = reportOf({ judged: 'constant' });
    const lookup = constant.arms.find(({ name }) => name === 'per-task lookup')!.against!.utility;
    expect((await renderText(constant)).split('\n\n')[0]!.replace(/\n/g, ' ')).toContain(
      `Simpler: the best model of each task, looked up by name, gains ${pointsWithInterval(lookup)} points`,
    );
    expect(await renderText(reportOf())).not.toContain('Simpler:');
  });

  test('has its sections in order, the reports beside it after its own', async () => {
    const text = await renderText(reportOf({ label: '5 folds' }), { markdown: true, beside: [reportOf()] });
    expect(titles(text)).toEqual([
      '## Data (5 folds)',
      '## Can routing pay?',
      '## Baselines and routers',
      '## Differences to small alone, in points [95 %]',
      '## Wins and losses, by utility',
      '## By task (perfect)',
      '## Where queries go',
      '## Cost against quality, over all weights of cost',
      '## Does the expected quality mean what it says? (perfect)',
      '## How routers rank the models of a query',
      '## As other evaluations would put it',
      '## Beside it: held-out test',
      '## Method',
    ]);
  });

  test('stays within 100 columns, with and without a utility column, in boxes and in Markdown', async () => {
    for (const qualityWeight of [1, 0.8]) {
      for (const markdown of [false, true]) {
        const text = await renderText(reportOf({ qualityWeight }), { markdown, beside: [reportOf({ qualityWeight })] });
        expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
        expect(text).not.toMatch(/NaN|undefined|null|Infinity|-0\.0\b/);
        expect(text.endsWith('\n')).toBe(true);
      }
    }
  });

  test('leaves routers out of the table of routes rather than run over the edge', async () => {
    const routers = ['personalizedrouter', 'gmtrouter', 'rankrouter', 'autorouter'];
    const text = await renderText(reportOf({ routers }));
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
    const head = text.split('\n').find((line) => line.includes('is best'))!;
    expect(
      head
        .split('│')
        .map((cell) => cell.trim())
        .filter(Boolean),
    ).toEqual(['model', 'is best', 'perfect', 'constant', 'quality', 'best single']);
  });

  test('draws the numbers of the report', async () => {
    const lines = (await renderText(reportOf(), { markdown: true })).split('\n');
    const row = (name: string, nth = 0) =>
      lines
        .filter((line) => line.startsWith(`| ${name} `))
        [nth]!.split('|')
        .map((cell) => cell.trim())
        .filter(Boolean);
    expect(row('random')).toEqual(['random', '0.500 [0.500, 0.500]', '0.500', '2.50', '0.500', '0.500']);
    expect(row('perfect').slice(0, 1).concat(row('perfect').slice(2))).toEqual([
      'perfect',
      '1.000',
      '2.00',
      '0.000',
      '1.000',
    ]);
    expect(row('law')).toEqual(['law', '20', '0.000', '1.000', '1.000', '1.000', '+100.0 [+100.0, +100.0]']);
    expect(row('small', 1)).toEqual(['small', '66.7 %', '66.7 %', '100.0 %', '1.000', '1.000']);
    expect(row('perfect', 2).slice(1, 4)).toEqual(['20', '40', '0']);
  });

  test('shows what scores alone can tell: the plane, calibration with its warning, the largest regrets', async () => {
    const report = reportOf({ judged: 'constant' });
    const text = await renderText(report, { markdown: true });
    const cells = (name: string) => {
      const [after] = text.split('## Cost against quality')[1]!.split('## Does the expected');
      const line = after!.split('\n').find((one) => one.startsWith(`| ${name} `))!;
      return line.split('|').map((cell) => cell.trim());
    };
    const [plane] = report.plane!.routers.filter(({ name }) => name === 'perfect');
    expect(cells('perfect').slice(2, 5)).toEqual([
      plane!.aiq!.toFixed(3),
      `+${(100 * plane!.aiqOverZero!).toFixed(1)}`,
      '0 %',
    ]);
    expect(text).toContain('warning: constant: what it expects is off by more than 0.05 on average for 2 of 2 models');
    // expected .5 everywhere, found 2/3 and 1/3
    expect(text).toMatch(/\| small +\| +60 \| +0\.167 \* \|/);
    expect(text.match(/^[1-9]\. regret 1\.000, law: small/gm)).toHaveLength(5);
  });

  test('a router whose scores are no qualities has neither plane nor calibration', async () => {
    const text = await renderText(reportOf({ scored: false }), { markdown: true });
    expect(titles(text).filter((title) => /Cost against|Does the expected/.test(title))).toEqual([]);
  });

  test('warns before the tables', async () => {
    const text = await renderText(reportOf());
    const warnings = text.indexOf('- warning: The data knows no latency.');
    expect(warnings).toBeGreaterThan(0);
    expect(warnings).toBeLessThan(text.indexOf('Data (held-out test)'));
    expect(text).toContain('- warning: constant has collapsed: small gets 100.0 % of the queries.');
  });

  test('paints the verdict by its kind, and nothing unless asked', async () => {
    const paint = (style: string, text: string) => `<${style}>${text}</${style}>`;
    expect(await renderText(reportOf(), { paint })).toMatch(/^<green>Verdict: route with perfect/);
    expect(await renderText(reportOf({ queries: 12 }), { paint })).toMatch(/^<yellow>Verdict: inconclusive/);
    expect(await renderText(reportOf())).not.toContain(String.fromCharCode(27));
  });
});

describe('reportJson', () => {
  test('is the whole report under its schema, and the same after JSON', () => {
    const report = reportOf();
    const json = reportJson(report, [reportOf({ label: 'validation' })]);
    expect(json.schema).toBe('vsr.report/1');
    expect(JSON.parse(JSON.stringify(json))).toEqual({ ...report, beside: [reportOf({ label: 'validation' })] });
  });
});
