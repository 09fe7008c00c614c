// Scores stored answers again, without asking a model: after a scorer changed, or where code or a judge has come since.
import { isDeepStrictEqual } from 'node:util';
import type { VsrConfig } from '../../config/schema.js';
import type { Budget } from './budget.js';
import { rescoredCell } from './cell.js';
import type { JournalAnswers, JournalEntry, KeptCall } from './journal.js';
import type { LateScoring } from './late-scoring.js';
import type { Call, Plan } from './plan.js';

export interface ToRescore {
  readonly call: Call;
  readonly kept: KeptCall;
}

export interface RescoreTools {
  readonly scoring: VsrConfig['scoring'];
  readonly late: LateScoring;
  readonly budget: Budget;
  readonly answers: JournalAnswers;
  readonly signal: AbortSignal;
  /** Keeps an answer whose cell has changed. */
  readonly keep: (entry: JournalEntry) => Promise<void>;
}

/**
 * With `all`: every stored answer of the plan's calls, also one to another prompt or with other parameters where there is
 * none to the present ones. Without: answers that nobody could score when they came and somebody can now; those that a
 * judge failed on only if `retryFailed`.
 */
export function answersToRescore(
  plan: Plan,
  stored: ReadonlyMap<string, KeptCall>,
  late: LateScoring,
  { all, retryFailed }: { readonly all: boolean; readonly retryFailed: boolean },
): ToRescore[] {
  // In a run of a million calls hardly one waits: looking each of them up would cost more than this look at all.
  if (!all && !holdsUnscored(plan.done.values())) return [];
  const elsewhere = all ? latestByPlace(stored) : undefined;
  const found: ToRescore[] = [];
  for (const call of plan.calls) {
    const kept =
      plan.done.get(call.key) ?? elsewhere?.get(placeOf(call.question.query.id, call.model.alias, call.repeat));
    if (!kept?.hasText) continue;
    const { status, error } = kept.cell;
    const waits = status === 'unscored' && late.scores(call.question) && (error === undefined || retryFailed);
    if (all || waits) found.push({ call, kept });
  }
  return found;
}

function holdsUnscored(done: Iterable<KeptCall>): boolean {
  for (const { cell } of done) if (cell.status === 'unscored') return true;
  return false;
}

/** How many cells changed. Judges are asked again only where the judge or its prompt is another. */
export async function rescore(answers: readonly ToRescore[], tools: RescoreTools): Promise<number> {
  let changed = 0;
  const queue = answers[Symbol.iterator]();
  const worker = async () => {
    for (let next = queue.next(); !next.done && !tools.signal.aborted; next = queue.next()) {
      if (await rescoreOne(next.value, tools)) changed++;
    }
  };
  await Promise.all(Array.from({ length: Math.min(WORKERS, answers.length) }, worker));
  return changed;
}

/** Answers in work at a time; the judge's endpoint and the sandbox have limits of their own. */
const WORKERS = 16;

async function rescoreOne({ call, kept }: ToRescore, tools: RescoreTools): Promise<boolean> {
  const { late, scoring, answers, signal } = tools;
  const response = answers.response(kept);
  // Without a text the quality follows from the reply; a played back one is its record's.
  if (!response || response.text.trim() === '' || kept.cell.flags?.includes('recorded')) return false;
  const entry = entryOf(kept, response);
  if (!late.scores(call.question) || response.finishReason === 'filter') {
    return keepIfChanged(entry, rescoredCell(call, kept.cell, response, scoring), kept, tools);
  }
  const sameJudge =
    kept.judge && kept.judge.model === late.judge?.model && kept.judge.prompt === late.judge?.promptHash;
  if (call.question.scorer.name === 'judge' && sameJudge && kept.cell.quality !== null) return false;
  if (call.question.scorer.name === 'judge' && late.judge?.isDead) return false;
  const reservation = await tools.budget.reserve(late.worstCost(call) ?? 0);
  if (reservation === null) return false;
  let spent = 0;
  try {
    const { found, judge, error } = await late.score(call, response.text, signal);
    spent = judge?.cost ?? 0;
    if (signal.aborted && found.quality === null) return false;
    const cell = rescoredCell(call, kept.cell, response, scoring, found);
    return await keepIfChanged(
      { ...entry, ...(judge && { judge }) },
      { ...cell, ...(error !== undefined && { error }) },
      kept,
      tools,
    );
  } finally {
    reservation.settle(spent);
  }
}

async function keepIfChanged(
  entry: JournalEntry,
  cell: JournalEntry['cell'],
  kept: KeptCall,
  { keep }: RescoreTools,
): Promise<boolean> {
  if (isDeepStrictEqual(cell, kept.cell)) return false;
  await keep({ ...entry, cell });
  return true;
}

function entryOf({ key, id, model, repeat, cell, judge }: KeptCall, response: JournalEntry['response']): JournalEntry {
  return {
    key,
    id,
    model,
    ...(repeat !== undefined && { repeat }),
    cell,
    ...(response && { response }),
    ...(judge && { judge }),
  };
}

function latestByPlace(stored: ReadonlyMap<string, KeptCall>): ReadonlyMap<string, KeptCall> {
  const places = new Map<string, KeptCall>();
  for (const kept of stored.values()) {
    const place = placeOf(kept.id, kept.model, kept.repeat ?? 0);
    const known = places.get(place);
    // The later line is the later answer.
    if (kept.hasText && (!known || known.at < kept.at)) places.set(place, kept);
  }
  return places;
}

function placeOf(id: string, model: string, repeat: number): string {
  return JSON.stringify([id, model, repeat]);
}
