// First steps that every scorer takes with an answer: one spelling for each character, no reasoning, no markup.

/** A no-break, figure, thin or narrow no-break space between a digit and exactly three digits groups them. */
const GROUPING_SPACE = /(?<=\d)[\u00a0\u2007\u2009\u202f](?=\d{3}(?!\d))/g;

/** Without one of these neither spelling nor grouping can change anything. */
const BEYOND_ASCII = /[\u0080-\uffff]/;

/**
 * Unicode NFKC (full-width `Ｂ：` becomes `B:`), grouping spaces as commas, and the text after the last `</think>` alone.
 * An opening `<think>` that is never closed leaves nothing.
 */
export function clean(text: string): string {
  if (!BEYOND_ASCII.test(text)) return afterThinking(text);
  return afterThinking(text.replace(GROUPING_SPACE, ',').normalize('NFKC'));
}

/** The text after the last `</think>`, as it is; nothing where a `<think>` is never closed. */
export function afterThinking(text: string): string {
  const closed = text.lastIndexOf('</think>');
  const answer = closed < 0 ? text : text.slice(closed + '</think>'.length);
  return answer.includes('<think>') ? '' : answer;
}

/** Drops the markdown of bold, underline and code. */
export function unmark(text: string): string {
  return text.replace(/\*\*|__|`/g, '');
}

/** Runs of blanks as one blank, without those around a line break: patterns on the result need no unbounded `\s*`. */
export function squeeze(text: string): string {
  return text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[\n ]*/g, '\n')
    .trim();
}

/** `cm²` as `cm^{2}`, before NFKC makes it `cm2`. */
export function spellSuperscripts(text: string): string {
  return text.replace(/⁻?[⁰¹²³⁴-⁹]+/g, (power) => `^{${power.normalize('NFKC').replace('−', '-')}}`);
}

/** The last line that holds something, trimmed; '' if none does. */
export function lastLine(text: string): string {
  const trimmed = text.trim();
  return trimmed.slice(trimmed.lastIndexOf('\n') + 1).trim();
}

/** The end of the first sentence or line of `text`: the index of its closing mark, or of the line break. */
export function sentenceEnd(text: string): number {
  const end = text.search(/[.!?](?=\s|$)|\n/);
  return end < 0 ? text.length : end;
}
