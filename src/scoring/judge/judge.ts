// Asks a judge: one answer for marks, or two answers in both orders. Who is asked, and how, is the caller's.
import {
  answerPrompt,
  askAgain,
  type JudgedAnswer,
  type JudgedPair,
  type JudgeOrder,
  type JudgeStyle,
  pairPrompt,
} from './judge-prompt.js';
import { agreed, type Preference, readPreference, readVerdict, type Verdict } from './judge-reply.js';

/** The judge's reply to a prompt; what it throws goes through. */
export type AskJudge = (prompt: string) => Promise<string>;

/** The verdict on one answer; null where the judge twice said nothing that can be read. */
export function judgeAnswer(
  ask: AskJudge,
  judged: JudgedAnswer,
  style: JudgeStyle = 'score',
  order: JudgeOrder = 'reference_first',
): Promise<Verdict | null> {
  return asked(ask, answerPrompt(judged, style, order), style, readVerdict);
}

/** The better of two answers in this order alone; null where the judge twice said nothing that can be read. */
export function judgeOrdered(ask: AskJudge, judged: JudgedPair): Promise<Preference | null> {
  return asked(ask, pairPrompt(judged), 'pair', readPreference);
}

/** The better of two answers, asked in both orders; they disagree: tie. null where a reply could not be read twice. */
export async function judgePair(ask: AskJudge, judged: JudgedPair): Promise<Preference | null> {
  const straight = await judgeOrdered(ask, judged);
  if (straight === null) return null;
  const exchanged = { ...judged, first: judged.second, second: judged.first };
  const turned = await judgeOrdered(ask, exchanged);
  return turned === null ? null : agreed(straight, turned);
}

/** Once, and once more with the form repeated. */
async function asked<T>(
  ask: AskJudge,
  prompt: string,
  form: JudgeStyle | 'pair',
  read: (reply: string) => T | null,
): Promise<T | null> {
  return read(await ask(prompt)) ?? read(await ask(askAgain(prompt, form)));
}
