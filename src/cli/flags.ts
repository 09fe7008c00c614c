// Flags are configuration keys with a shorter name: what each is called, which key it sets and how its text is read.
import { Option } from 'commander';
import { VsrError } from '../errors/vsr-error.js';

export interface Flag {
  /** As commander writes it: `--query-limit <count>`. */
  readonly usage: string;
  /** Path in the configuration, camelCase. */
  readonly key: readonly string[];
  readonly kind: keyof typeof READERS;
  readonly description: string;
}

/** A flag that was given, ready for the configuration's loader. */
export interface GivenFlag {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly flag: string;
}

/** The commander option of a flag; its value is read, and refused with `VSR_USAGE`, as it is parsed. */
export function flagOption(flag: Flag): Option {
  const option = new Option(flag.usage, flag.description);
  if (flag.kind === 'switch') return option;
  const read = READERS[flag.kind];
  return option.argParser((text, previous) => read(text, option.long!, previous));
}

/** The flags of `flags` that stand in commander's options. */
export function givenFlags(flags: readonly Flag[], options: Readonly<Record<string, unknown>>): GivenFlag[] {
  return flags.flatMap((flag) => {
    const option = new Option(flag.usage);
    const value = givenValue(option, options[option.attributeName()]);
    return value === undefined ? [] : [{ path: flag.key, value, flag: option.long! }];
  });
}

/** `--no-responses` is known to commander as responses = true until it is given. */
function givenValue(option: Option, value: unknown): unknown {
  if (!option.negate) return value;
  return value === false ? true : undefined;
}

/** A repeated list or pair adds to what stands already; all others replace it. */
const READERS = {
  switch: () => true,
  text: (text: string, flag: string) => {
    if (text === '') throw unexpected(flag, 'a text that is not empty', text);
    return text;
  },
  whole: (text: string, flag: string) => wholeNumber(text) ?? fail(flag, 'a whole number', text),
  number: (text: string, flag: string) => anyNumber(text) ?? fail(flag, 'a number', text),
  wholeOrAuto: (text: string, flag: string) =>
    text === 'auto' ? text : (wholeNumber(text) ?? fail(flag, 'a whole number or auto', text)),
  list: (text: string, flag: string, previous: unknown) => {
    const items = text.split(',').map((item) => item.trim());
    if (items.includes('')) throw unexpected(flag, 'names separated by commas', text);
    return [...((previous as string[] | undefined) ?? []), ...items];
  },
  pairs: (text: string, flag: string, previous: unknown) => {
    const [name, value] = pair(text) ?? fail(flag, 'name=value', text);
    return { ...(previous as Record<string, string> | undefined), [name]: value };
  },
  numberPairs: (text: string, flag: string, previous: unknown) => {
    const [name, value] = pair(text) ?? fail(flag, 'name=number', text);
    const number = anyNumber(value) ?? fail(flag, 'name=number', text);
    return { ...(previous as Record<string, number> | undefined), [name]: number };
  },
  numbers: (text: string, flag: string) =>
    text.split(',').map((item) => anyNumber(item.trim()) ?? fail(flag, 'numbers separated by commas', text)),
} satisfies Record<string, (text: string, flag: string, previous: unknown) => unknown>;

function pair(text: string): [string, string] | undefined {
  const at = text.indexOf('=');
  const [name, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  return at < 0 || name === '' || value === '' ? undefined : [name, value];
}

function wholeNumber(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

function anyNumber(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function fail(flag: string, expected: string, came: string): never {
  throw unexpected(flag, expected, came);
}

function unexpected(flag: string, expected: string, came: string): VsrError {
  return new VsrError('VSR_USAGE', `${flag}: expected ${expected}, got ${JSON.stringify(came)}.`);
}
