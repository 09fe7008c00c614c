// Progress: rate and time left from this run's work, a line every ten seconds where nothing can move.
import { describe, expect, test } from 'vitest';
import { duration, openProgress, progressLine } from '../../src/cli/progress.js';
import { openTerminal } from '../../src/cli/terminal.js';
import type { Progress } from '../../src/pipelines/context.js';

/** A stream that keeps what is written. */
const stream = (isTTY: boolean) => {
  const written: string[] = [];
  const fake = { isTTY, write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream;
  return { fake, written };
};

describe('the line', () => {
  test('shows done, rate, time left and the detail', () => {
    // 20 calls in 10 s are 2/s, so the 60 that are left take 30 s.
    expect(progressLine({ stage: 'benchmark', done: 40, total: 100, detail: '$0.01' }, 20, 10)).toBe(
      'benchmark 40/100 · 2.00/s · 30 s left · $0.01',
    );
  });
  test('shows a fast rate without an exponent', () => {
    expect(progressLine({ stage: 'benchmark', done: 9000, total: 9000 }, 9000, 2)).toBe('benchmark 9000/9000 · 4500/s');
  });
  test('shows no rate before anything was done, and no time left at the end', () => {
    expect(progressLine({ stage: 'fit', done: 0, total: 5 }, 0, 0)).toBe('fit 0/5');
    expect(progressLine({ stage: 'fit', done: 5, total: 5 }, 5, 10)).toBe('fit 5/5 · 0.500/s');
  });
  test('writes durations as people say them', () => {
    expect([0.2, 45, 99, 120, 5400, 12_000].map(duration)).toEqual([
      '1 s',
      '45 s',
      '99 s',
      '2 min',
      '90 min',
      '3 h 20 min',
    ]);
  });
});

describe('without a terminal', () => {
  const open = (settings: { enabled?: boolean; verbose?: boolean; quiet?: boolean }) => {
    let now = 0;
    const { fake, written } = stream(false);
    const terminal = openTerminal({ stdout: fake, stderr: fake, quiet: settings.quiet ?? false, color: true });
    const progress = openProgress(terminal, {
      stderr: fake,
      enabled: settings.enabled ?? true,
      verbose: settings.verbose ?? false,
      color: true,
      now: () => now,
    });
    for (let done = 1; done <= 25; done++) {
      now = done * 1000;
      progress.report({ stage: 'work', done, total: 25 });
    }
    progress.stop();
    return written;
  };

  test('a line every ten seconds, each rate counted from the first report', () => {
    // First report at 1 s with 1 done: at 10 s nine in 9 s, at 20 s nineteen in 19 s.
    expect(open({})).toEqual(['work 10/25 · 1.00/s · 15 s left\n', 'work 20/25 · 1.00/s · 5 s left\n']);
  });
  test('every report with --verbose', () => {
    expect(open({ verbose: true })).toHaveLength(25);
  });
  test('nothing where progress is off', () => {
    expect(open({ enabled: false })).toEqual([]);
  });
});

describe('on a terminal', () => {
  const open = async (columns: number, parts?: Progress['parts']) => {
    const { fake, written } = stream(true);
    Object.assign(fake, {
      columns,
      cursorTo: () => true,
      clearLine: () => true,
      moveCursor: () => true,
      on: () => fake,
    });
    const terminal = openTerminal({ stdout: fake, stderr: fake, quiet: false, color: false });
    const options = { stderr: fake, enabled: true, verbose: false, color: false, now: () => 0 };
    const progress = openProgress(terminal, options);
    progress.report({ stage: 'work', done: 1, total: 2, ...(parts && { parts }) });
    await import('ora');
    await new Promise(setImmediate);
    progress.report({ stage: 'work', done: 2, total: 2 });
    return { terminal, progress, written };
  };

  test('a moving line, which is gone for good before the first result', async () => {
    const { terminal, progress, written } = await open(100);
    expect(written.join('')).toContain('work 1/2');
    await terminal.print('result');
    const before = written.length;
    progress.report({ stage: 'work', done: 2, total: 2 });
    await new Promise(setImmediate);
    expect(written.slice(before)).toEqual([]);
    expect(written.at(-1)).toBe('result\n');
  });

  test('each part, such as a model, on a line of its own below the whole', async () => {
    const parts = [
      { name: 'a', done: 1, total: 1, detail: 'timeout 1 · 12.3k tokens · $0.0100' },
      { name: 'b', done: 0, total: 1, detail: '' },
    ];
    const { written, progress } = await open(100, () => parts);
    progress.stop();
    expect(written.join('')).toMatch(/work 1\/2\n {2}a 1\/1 · timeout 1 · 12\.3k tokens · \$0\.0100\n {2}b 0\/1/);
  });

  test('plain lines where the terminal has no width', async () => {
    const { written } = await open(0);
    expect(written).toEqual([]);
  });
});

describe('the terminal', () => {
  test('keeps results on stdout, all else on stderr, and colours a terminal alone', async () => {
    const out = stream(false);
    const err = stream(true);
    const terminal = openTerminal({ stdout: out.fake, stderr: err.fake, quiet: false, color: true });
    await terminal.print(terminal.paint('green', 'result'));
    await terminal.printJson({ a: 1 });
    terminal.notice('note');
    terminal.warn('careful');
    terminal.error('broken');
    expect(out.written).toEqual(['result\n', '{\n  "a": 1\n}\n']);
    expect(err.written).toEqual([
      'note\n',
      '\u001b[33mwarning:\u001b[39m careful\n',
      '\u001b[31merror:\u001b[39m broken\n',
    ]);
  });
  test('--quiet leaves errors and results, --no-color leaves plain text', async () => {
    const both = stream(true);
    const terminal = openTerminal({ stdout: both.fake, stderr: both.fake, quiet: true, color: false });
    terminal.notice('note');
    terminal.warn('careful');
    terminal.error('broken');
    await terminal.print(terminal.paint('red', 'result'));
    expect(both.written).toEqual(['error: broken\n', 'result\n']);
  });
});
