// The headers that tell of a decision, in characters that no header can be broken out of.
import type { Begun } from './ask-models.js';
import { type Choice, scoreOf } from './choose-model.js';

export function decisionHeaders(choice: Choice, begun?: Pick<Begun, 'model' | 'failed'>): Record<string, string> {
  const model = begun?.model.alias ?? choice.models[0]!;
  const score = scoreOf(choice, model);
  const fellBack = (begun?.failed.length ?? 0) > 0;
  return {
    'x-vsr-model': headerText(model),
    'x-vsr-router': headerText(choice.router ?? 'none'),
    'x-vsr-reason': headerText(fellBack ? 'fallback' : choice.reason),
    ...(score !== null && { 'x-vsr-score': score.toFixed(4) }),
    ...(choice.arm && { 'x-vsr-arm': choice.arm }),
    'x-vsr-decision-id': choice.id,
  };
}

/** Printable ASCII stays, all else is written as %XX. */
export function headerText(text: string): string {
  return text.replace(/[^\x21-\x7e]|%/gu, (character) =>
    Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
