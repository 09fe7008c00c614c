// Text that was handed on as it came: whoever has seen some of an answer must not see a second one begin.
import type { Judgement } from '../http/client.js';
import type { CompletionRequest } from './provider.js';

export interface ShownText {
  /** What a reader calls with each piece; undefined where nobody listens. */
  readonly onText: ((piece: string) => void) | undefined;
  /** The judgement of a reply: final once a piece was shown, so that the call is not made again. */
  settle(judgement: Judgement): Judgement;
}

export function shownText({ onText }: CompletionRequest): ShownText {
  let shown = false;
  return {
    onText:
      onText &&
      ((piece) => {
        shown = true;
        onText(piece);
      }),
    settle: (judgement) => (shown ? { ...judgement, verdict: 'final' } : judgement),
  };
}
