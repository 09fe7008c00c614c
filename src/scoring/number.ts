// The numbers that stand in a text: "$1,000", "-3/4", "1.5 million", "2×10^3", "50%", "\frac{3}{4}".

export interface FoundNumber {
  /** Before a percent sign is applied: 50 for "50%". */
  readonly value: number;
  readonly percent: boolean;
  /** As it stands in the text. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const DIGITS = String.raw`(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|(?<!\d)\.\d+)`;
// Digits right after a Latin letter, an exponent or an index are no number: x2, cm^2, x_1.
const NOT_A_NAME = String.raw`(?<![A-Za-z\d]|\^\{?[-−]?|[A-Za-z\d)\]}]_\{?)`;
const SIGNED = `[-−–+]?${DIGITS}`;
const FRACTION = String.raw`\\[dt]?frac ?(?:\{ ?(?<top>${SIGNED}) ?\} ?\{ ?(?<bottom>${SIGNED}) ?\}|(?<topDigit>\d) ?(?<bottomDigit>\d))`;
const POWER = String.raw` ?(?:[×x*·⋅]|\\times|\\cdot) ?10 ?\^ ?(?:\{ ?(?<braced>[-−–+]?\d+) ?\}|(?<power>[-−–+]?\d+))`;
const EXPONENT = String.raw`e(?<exponent>[-−+]?\d+)(?![A-Za-z\d])`;
const NUMBER = new RegExp(
  // A minus right after a digit or a closing bracket subtracts, after a letter it joins: no sign.
  String.raw`(?<sign>(?<![\dA-Za-z)\]}^])[-−–+])?\\?\p{Sc}?(?<inner>(?<![\dA-Za-z)\]}^])[-−–])?` +
    `(?:${FRACTION}|${NOT_A_NAME}(?<digits>${DIGITS})(?:${POWER}|${EXPONENT}| ?[/⁄] ?(?<divisor>${DIGITS}))?)` +
    String.raw`(?:[ -]?(?<scale>thousand|million|billion|trillion)s?\b)?(?<percent> ?\\?%)?`,
  'giu',
);

const SCALES: Readonly<Record<string, number>> = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };

/** The first `limit` numbers of a text in order. Blanks should be squeezed (at most one is allowed inside a number). */
export function findNumbers(text: string, limit = Number.POSITIVE_INFINITY): FoundNumber[] {
  const found: FoundNumber[] = [];
  // Every number has a digit, and this is looked up far faster than the whole pattern.
  if (!/\d/.test(text)) return found;
  for (const match of text.matchAll(NUMBER)) {
    if (found.length >= limit) break;
    const groups = match.groups as Record<string, string | undefined>;
    const start = match.index;
    const value = signOf(groups) * magnitude(groups) * (SCALES[groups.scale?.toLowerCase() ?? ''] ?? 1);
    found.push({
      value,
      percent: groups.percent !== undefined,
      text: match[0].trim(),
      start,
      end: start + match[0].length,
    });
  }
  return found;
}

/** Equal within the relative tolerance; where only one has a percent sign, it may also mean the hundredth. */
export function sameNumber(answer: FoundNumber, truth: FoundNumber, tolerance: number): boolean {
  if (close(answer.value, truth.value, tolerance)) return true;
  if (answer.percent === truth.percent) return false;
  return answer.percent
    ? close(answer.value / 100, truth.value, tolerance)
    : close(answer.value, truth.value / 100, tolerance);
}

/** |a − b| ≤ max(tolerance·|b|, 1e-9). */
export function close(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= Math.max(tolerance * Math.abs(b), 1e-9);
}

/** "1,234.5" and "−3" as a number. */
export function parseDigits(text: string): number {
  return Number(text.replaceAll(',', '').replace(/[−–]/g, '-'));
}

function signOf({ sign, inner }: Record<string, string | undefined>): number {
  const minuses = [sign, inner].filter((mark) => mark !== undefined && mark !== '+').length;
  return minuses === 1 ? -1 : 1;
}

function magnitude(groups: Record<string, string | undefined>): number {
  if (groups.top !== undefined) return parseDigits(groups.top) / parseDigits(groups.bottom!);
  if (groups.topDigit !== undefined) return Number(groups.topDigit) / Number(groups.bottomDigit);
  const base = parseDigits(groups.digits!);
  if (groups.divisor !== undefined) return base / parseDigits(groups.divisor);
  const power = groups.braced ?? groups.power ?? groups.exponent;
  // Through text, so that 1.5×10^3 is 1500 and not 1.5 times a rounded power.
  return power === undefined ? base : Number(`${base}e${parseDigits(power)}`);
}
