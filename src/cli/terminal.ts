// The terminal: results on stdout, everything else on stderr, colours only where they are wanted.
import { styleText } from 'node:util';

export interface TerminalOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly quiet: boolean;
  readonly color: boolean;
}

export type Style = 'red' | 'yellow' | 'green' | 'dim' | 'bold';

export interface Terminal {
  /** Text for stdout as it is; waits until the reader keeps up. */
  write(text: string): Promise<void>;
  /** A result: text with a newline. */
  print(text: string): Promise<void>;
  /** One document for programs. */
  printJson(value: unknown): Promise<void>;
  /** A sentence on stderr; nothing with --quiet. */
  notice(sentence: string): void;
  warn(sentence: string): void;
  /** Always shown. */
  error(sentence: string): void;
  /** Colours a text that goes to stdout. */
  paint(style: Style, text: string): string;
  /** Called before a line goes to stderr, so that a progress bar can step aside. */
  beforeLine: (() => void) | undefined;
  /** Called before anything goes to stdout: the work is done, the bar is in the way. */
  beforeResult: (() => void) | undefined;
}

export function openTerminal({ stdout, stderr, quiet, color }: TerminalOptions): Terminal {
  const styled = (stream: NodeJS.WriteStream, style: Style, text: string) =>
    color && stream.isTTY ? styleText(style, text, { validateStream: false }) : text;
  const line = (text: string) => {
    terminal.beforeLine?.();
    stderr.write(`${text}\n`);
  };
  const terminal: Terminal = {
    beforeLine: undefined,
    beforeResult: undefined,
    async write(text) {
      terminal.beforeResult?.();
      if (!stdout.write(text)) await new Promise<void>((resolve) => stdout.once('drain', resolve));
    },
    print: (text) => terminal.write(text.endsWith('\n') ? text : `${text}\n`),
    printJson: (value) => terminal.print(JSON.stringify(value, null, 2)),
    notice: (sentence) => {
      if (!quiet) line(sentence);
    },
    warn: (sentence) => {
      if (!quiet) line(`${styled(stderr, 'yellow', 'warning:')} ${sentence}`);
    },
    error: (sentence) => line(`${styled(stderr, 'red', 'error:')} ${sentence}`),
    paint: (style, text) => styled(stdout, style, text),
  };
  return terminal;
}
