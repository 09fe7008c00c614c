// A stand-in where no text plays the quality back: the shape of an answer, for its token count.
import type { RecordedOutcome } from './play-back.js';

/** A Python block with the wanted function's name where the row has one, else a sentence. */
export function codeText({ query, groundTruth }: RecordedOutcome): string {
  const source = `${query}\n${[groundTruth ?? []].flat().join('\n')}`;
  const name =
    [...source.matchAll(/\bdef ([A-Za-z_]\w*)/g)].at(-1)?.[1] ?? /\bassert ([A-Za-z_]\w*)\(/.exec(source)?.[1];
  return name
    ? `\`\`\`python\ndef ${name}(*arguments):\n    raise NotImplementedError('only the score was recorded')\n\`\`\``
    : 'Only the score of this answer was recorded.';
}
