// One spelling for a LaTeX answer, so that equal answers become equal strings.

const TEXT = String.raw`\\(?:text|textbf|textrm|textnormal|mathrm|mbox) ?`;
const SYMBOLS: readonly (readonly [RegExp, string])[] = [
  [/[−–]/g, '-'],
  [/×/g, '\\times '],
  [/π/g, '\\pi '],
  [/∞/g, '\\infty '],
  [/√/g, '\\sqrt '],
  [/⁄/g, '/'],
];
const STEPS: readonly (readonly [RegExp, string])[] = [
  // 3 \text{ or } 5: two answers, not a unit.
  [new RegExp(String.raw`${TEXT}\{ ?(?:and|or) ?\}`, 'g'), ','],
  // 10\text{ cm}^2: a unit stands after a space.
  [new RegExp(String.raw` ?${TEXT}\{ [^{}]*\}(?:\^(?:\d|\{\d\}))?`, 'g'), ''],
  [new RegExp(String.raw`${TEXT}\{([^{}]*)\}`, 'g'), '$1'],
  [/\{,\}/g, ','],
  [/(?<!\\)\\[!,;: ]/g, ''],
  [/\\(?:left|right)(?![A-Za-z])/g, ''],
  [/ ?\^ ?(?:\\circ|\{ ?\\circ ?\})|°/g, ''],
  [/\\?[$%]/g, ''],
  [/\s+/g, ''],
  [/\.$/, ''],
  [/\\[dt]frac/g, '\\frac'],
  [/(?<!\d)\.(?=\d)/g, '0.'],
  [/\^\{([\da-zA-Z])\}/g, '^$1'],
  [/^\p{L}{1,2}=/u, ''],
  [/\\sqrt(\d|[a-zA-Z]|\\[a-zA-Z]+)/g, '\\sqrt{$1}'],
  [/\\frac([\da-zA-Z])([\da-zA-Z])/g, '\\frac{$1}{$2}'],
  [/\\frac([\da-zA-Z])\{/g, '\\frac{$1}{'],
  [/\\frac\{([^{}]*)\}([\da-zA-Z])/g, '\\frac{$1}{$2}'],
  [/(?<![\w\\.})])(\d*\\?[a-zA-Z]+|\d+)\/(\d*\\?[a-zA-Z]+|\d+)(?![\w.{(]|\\[a-zA-Z])/g, '\\frac{$1}{$2}'],
  // A sign leaves the numerator where a whole term starts with it.
  [/(?<![^([{,=])\\frac\{-((?:[^{}+-]|\{[^{}]*\})*)\}/g, '-\\frac{$1}'],
];

/** `\dfrac{-1}{2}\text{ cm}.` becomes `-\frac{1}{2}`. Blanks should be squeezed. */
export function normaliseMath(text: string): string {
  return [...SYMBOLS, ...STEPS].reduce((spelled, [pattern, by]) => spelled.replace(pattern, by), text.trim());
}
