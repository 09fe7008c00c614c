// JSON as Python's json.dump writes it: numbers that are floats in Python carry a point or an exponent.

/** A value to write; which numbers are floats is a matter of type, not of value. */
export type PythonJson =
  | null
  | boolean
  | string
  | PythonFloat
  | PythonInt
  | readonly PythonJson[]
  | { readonly [key: string]: PythonJson };

export class PythonFloat {
  constructor(readonly value: number) {}
}

export class PythonInt {
  constructor(readonly value: number) {}
}

export const float = (value: number) => new PythonFloat(value);
export const int = (value: number) => new PythonInt(value);
export const floats = (values: Iterable<number>) => Array.from(values, float);
export const ints = (values: Iterable<number>) => Array.from(values, int);

/** Python's repr of a finite float: shortest round trip, `.0` on whole numbers, an exponent below 1e-4 and from 1e16. */
export function floatText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  if (value === 0) return '0.0';
  const [digits, power] = value.toExponential().split('e') as [string, string];
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const sign = exponent < 0 ? '-' : '+';
    return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (exponent >= 0) return Number.isInteger(value) ? `${BigInt(value)}.0` : String(value);
  const sign = value < 0 ? '-' : '';
  return `${sign}0.${'0'.repeat(-exponent - 1)}${digits.replace(/[-.]/g, '')}`;
}

/** The text in pieces, so that a file larger than any string can be written. */
export function* pythonJson(value: PythonJson): Generator<string> {
  if (value instanceof PythonFloat) yield floatText(value.value);
  else if (value instanceof PythonInt) yield String(BigInt(value.value));
  else if (Array.isArray(value)) {
    if (value.every((item) => !isNested(item))) {
      yield `[${value.map((item) => [...pythonJson(item)].join('')).join(', ')}]`;
      return;
    }
    yield* joined('[', ']', value, (item) => pythonJson(item));
  } else if (typeof value === 'object' && value !== null) {
    yield* joined('{', '}', Object.entries(value), function* ([key, item]) {
      yield `${text(key)}: `;
      yield* pythonJson(item);
    });
  } else yield typeof value === 'string' ? text(value) : JSON.stringify(value);
}

function* joined<T>(open: string, close: string, items: readonly T[], each: (item: T) => Iterable<string>) {
  yield open;
  for (const [i, item] of items.entries()) {
    if (i > 0) yield ', ';
    yield* each(item);
  }
  yield close;
}

function isNested(value: PythonJson): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof PythonFloat || value instanceof PythonInt);
}

/** json.dump escapes everything beyond ASCII. */
function text(value: string): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (char) =>
    char === '\u007f' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
