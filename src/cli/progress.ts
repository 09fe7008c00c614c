// Progress on stderr: one moving line on a terminal, else a line every ten seconds.
import type { Progress } from '../pipelines/context.js';
import type { Terminal } from './terminal.js';

export interface ProgressOptions {
  readonly stderr: NodeJS.WriteStream;
  /** false with --quiet or --no-progress. */
  readonly enabled: boolean;
  /** Every report on a line of its own. */
  readonly verbose: boolean;
  readonly color: boolean;
  /** Milliseconds, never going back. */
  readonly now: () => number;
}

export interface ProgressReporter {
  report(progress: Progress): void;
  /** Takes the moving line away for good. */
  stop(): void;
}

/** Milliseconds between two lines where nothing moves. */
const LINE_EVERY = 10_000;
/** Milliseconds between two texts of a moving line. */
const REDRAW_EVERY = 80;

export function openProgress(terminal: Terminal, options: ProgressOptions): ProgressReporter {
  if (!options.enabled) return { report: () => {}, stop: () => {} };
  const started = new Map<string, { at: number; done: number }>();
  const line = (progress: Progress) => {
    const now = options.now();
    const start = started.get(progress.stage) ?? { at: now, done: progress.done };
    started.set(progress.stage, start);
    return progressLine(progress, progress.done - start.done, (now - start.at) / 1000);
  };
  // A terminal shows the parts below the whole; a file gets one line.
  const lines = (progress: Progress) => {
    const parts = (progress.parts?.() ?? []).map(({ name, ...part }) => line({ stage: `  ${name}`, ...part }));
    return [line(progress), ...parts].join('\n');
  };
  // A terminal without a width (a pipe that plays one) makes ora count endless lines.
  return options.stderr.isTTY && options.stderr.columns > 0 && !options.verbose
    ? movingLine(terminal, options, lines)
    : plainLines(terminal, options, line);
}

/** `benchmark 120/900 · 41.3/s · 19 s left · $0.0123`. `done` of this run (not resumed work) in `seconds` give the rate. */
export function progressLine({ stage, done, total, detail }: Progress, doneNow: number, seconds: number): string {
  const rate = seconds > 0 ? doneNow / seconds : 0;
  return [
    `${stage} ${done}/${total}`,
    ...(rate > 0 ? [`${rate >= 100 ? rate.toFixed(0) : rate.toPrecision(3)}/s`] : []),
    ...(rate > 0 && done < total ? [`${duration((total - done) / rate)} left`] : []),
    ...(detail ? [detail] : []),
  ].join(' · ');
}

/** `45 s`, `12 min`, `3 h 20 min`. */
export function duration(seconds: number): string {
  if (seconds < 99.5) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function plainLines(
  terminal: Terminal,
  options: ProgressOptions,
  text: (progress: Progress) => string,
): ProgressReporter {
  let last = options.now();
  return {
    report(progress) {
      const line = text(progress);
      if (!options.verbose && options.now() - last < LINE_EVERY) return;
      last = options.now();
      terminal.notice(line);
    },
    stop: () => {},
  };
}

function movingLine(
  terminal: Terminal,
  options: ProgressOptions,
  text: (progress: Progress) => string,
): ProgressReporter {
  let spinner: import('ora').Ora | undefined;
  let latest = '';
  let opened = false;
  let stopped = false;
  let drawn = Number.NEGATIVE_INFINITY;
  const open = async () => {
    const { default: ora } = await import('ora');
    if (stopped) return;
    // stdin belongs to --input -, so ora must not read it away.
    spinner = ora({
      stream: options.stderr,
      discardStdin: false,
      text: latest,
      color: options.color ? 'cyan' : false,
    }).start();
    terminal.beforeLine = () => spinner?.clear();
  };
  const stop = () => {
    stopped = true;
    spinner?.stop();
    spinner = undefined;
    terminal.beforeLine = undefined;
    terminal.beforeResult = undefined;
  };
  terminal.beforeResult = stop;
  return {
    report(progress) {
      // A thousand calls a second need no thousand lines.
      const now = options.now();
      if (progress.done < progress.total && now - drawn < REDRAW_EVERY) return;
      drawn = now;
      latest = text(progress);
      if (spinner) spinner.text = latest;
      else if (!opened && !stopped) {
        opened = true;
        void open();
      }
    },
    stop,
  };
}
