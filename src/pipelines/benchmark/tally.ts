// Counts calls as they finish, per model: how many, failures by status, tokens, dollars.
import type { ProgressPart } from '../context.js';
import type { KeptCall } from './journal.js';

export interface Tally {
  /** A call that is new; or scored, where it was counted without a score. */
  count(kept: KeptCall): void;
  /** Calls that will not be made. */
  leaveOut(model: string): void;
  readonly done: number;
  /** US dollars, judges included; null where no cost is known. */
  readonly cost: number | null;
  parts(): ProgressPart[];
}

interface Counts {
  done: number;
  leftOut: number;
  readonly total: number;
  readonly failures: Map<string, number>;
  tokens: number;
  cost: number | null;
}

/** `totals`: calls to make per model, those of earlier runs included. */
export function createTally(totals: ReadonlyMap<string, number>): Tally {
  const counts = new Map<string, Counts>(
    [...totals].map(([model, total]) => [
      model,
      { done: 0, leftOut: 0, total, failures: new Map<string, number>(), tokens: 0, cost: null },
    ]),
  );
  const unscored = new Set<string>();
  let done = 0;
  let cost: number | null = null;
  const addCost = (own: Counts, amount: number | null | undefined) => {
    if (amount === null || amount === undefined) return;
    own.cost = (own.cost ?? 0) + amount;
    cost = (cost ?? 0) + amount;
  };
  const addFailure = (own: Counts, status: string, by: number) => {
    const left = (own.failures.get(status) ?? 0) + by;
    if (left > 0) own.failures.set(status, left);
    else own.failures.delete(status);
  };
  return {
    count({ key, model, cell, judge }) {
      const own = counts.get(model);
      if (!own) return;
      addCost(own, judge?.cost);
      // The second line of a call that was run or judged after it was kept.
      if (unscored.size > 0 && unscored.delete(key)) addFailure(own, 'unscored', -1);
      else {
        own.done++;
        done++;
        own.tokens += (cell.inputTokens ?? 0) + (cell.outputTokens ?? 0);
        addCost(own, cell.cost);
      }
      if (cell.quality === null) addFailure(own, cell.status, 1);
      if (cell.status === 'unscored') unscored.add(key);
    },
    leaveOut(model) {
      counts.get(model)!.leftOut++;
    },
    get done() {
      return done;
    },
    get cost() {
      return cost;
    },
    parts: () => [...counts].map(([name, own]) => partOf(name, own)),
  };
}

function partOf(name: string, { done, leftOut, total, failures, tokens, cost }: Counts): ProgressPart {
  const failed = [...failures].map(([status, count]) => `${status} ${count}`);
  const detail = [
    ...failed,
    ...(tokens > 0 ? [`${compact(tokens)} tokens`] : []),
    ...(cost === null ? [] : [`$${cost.toFixed(4)}`]),
  ];
  return { name, done, total: total - leftOut, detail: detail.join(' · ') };
}

/** 12,345 → "12.3k" */
function compact(count: number): string {
  if (count < 1000) return String(count);
  return count < 1e6 ? `${(count / 1e3).toPrecision(3)}k` : `${(count / 1e6).toPrecision(3)}M`;
}
