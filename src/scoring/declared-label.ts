// The last declaration of an answer's text: "the answer is B", "I would pick B", "so (B)", "B is correct".
import { type FoundLabel, isDenied, type KnownChoices, labelAt } from './labels.js';

/** Where a declaration announces a label that must follow at once. */
const CUES = new RegExp(
  [
    String.raw`\banswer(?: is\b| would be\b| ?[=:])`,
    String.raw`\b(?:correct|right|best) (?:choice|option)(?: is\b| would be\b| ?[=:])`,
    String.raw`\b(?:option|choice) ?:`,
    String.raw`\b(?:I|we)(?: would|['’]d|['’]ll| will)? (?:think|believe|choose|pick|select|go with)\b(?: that\b)?(?: it['’]s\b| it is\b)?`,
    String.raw`\b(?:so|therefore|thus|hence)\b,?(?: it['’]s\b| it is\b)?`,
    String.raw`\bit(?:['’]s| is)\b`,
    String.raw`(?:^|\n|[.!?] )final ?:`,
  ].join('|'),
  'gi',
);

/** "is option B", "is: the letter B". */
const FILLER = / ?:?\n?(?: ?(?:the )?(?:option|choice|letter)\b ?:?)?/y;

/** What may stand between two labels that are offered together: "A or B", "A/B", "A, B", "(A) and (B)". */
const JOINT = /[)\]}"'”’]* ?(?:,? ?(?:and\/or|and|or)\b|[/,&]) ?(?:(?:option|choice) )?/y;

/** The last declared label, 'ambiguous' if two are offered there, or null without a declaration. */
export function declaredLabel(text: string, known: KnownChoices): string | 'ambiguous' | null {
  const announced = lastAnnounced(text, known);
  const praised = lastPraised(text, known);
  if (praised && (!announced || praised.start > announced.start)) return praised.label;
  if (!announced) return null;
  return isJoined(text, announced, known) ? 'ambiguous' : announced.label;
}

function lastAnnounced(text: string, known: KnownChoices): FoundLabel | null {
  let last: FoundLabel | null = null;
  for (const cue of text.matchAll(CUES)) {
    const end = cue.index + cue[0].length;
    FILLER.lastIndex = end;
    const filler = FILLER.exec(text)?.[0].length ?? 0;
    last = labelAt(text, end + filler, known, true) ?? labelAt(text, end, known, true) ?? last;
  }
  return last;
}

/** "X is (the) correct" or "right". */
function lastPraised(text: string, known: KnownChoices): FoundLabel | null {
  let last: FoundLabel | null = null;
  for (const match of text.matchAll(known.patterns.isCorrect)) {
    const start = match.index;
    if (isDenied(text, start) || / nor $/i.test(text.slice(Math.max(0, start - 5), start))) continue;
    last = { label: match[1]!, start, end: start + match[1]!.length };
  }
  return last;
}

function isJoined(text: string, found: FoundLabel, known: KnownChoices): boolean {
  JOINT.lastIndex = found.end;
  const joint = JOINT.exec(text);
  if (!joint) return false;
  const other = labelAt(text, found.end + joint[0].length, known, true);
  return other !== null && other.label !== found.label;
}
