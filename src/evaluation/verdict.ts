// Is the router worth it? The first rule that fits, one sentence that can be acted on, and the numbers behind it.
import { type Interval, neededQueries } from './bootstrap.js';
import type { Estimate } from './report.js';
import { firstRule, type VerdictInput, type VerdictKind, type VerdictRule } from './verdict-rules.js';
import { verdictSentence } from './verdict-sentence.js';

export interface Verdict {
  readonly kind: VerdictKind;
  readonly rule: VerdictRule;
  readonly sentence: string;
  readonly router: string;
  /** What to use where the router does not pay. */
  readonly model: string;
  readonly delta: number;
  readonly interval: Interval;
  readonly n: number;
  readonly groups: number;
  /** About how many queries would decide; null where more would not help or the verdict stands. */
  readonly neededQueries: number | null;
  /** 1 − cost of the router / cost of the model; null where unknown. */
  readonly saving: number | null;
  /** The task that carries most of the difference, and the difference without it. */
  readonly carriedBy: CarriedBy | null;
}

export interface CarriedBy {
  readonly task: string;
  readonly n: number;
  /** Part of the whole difference that comes from it; above 1 where the other tasks lose. */
  readonly share: number;
  readonly without: Estimate;
}

export function judge(input: VerdictInput, carriedBy: CarriedBy | null = null): Verdict {
  const { kind, rule } = firstRule(input);
  const wanted = neededQueries(input.n, input.utility95, input.minGain);
  const undecided = rule === 'undecided' || rule === 'too-few-groups';
  const needed = undecided && Number.isFinite(wanted) && wanted > input.n ? roundUp(wanted) : null;
  const saving = input.cost?.saving ?? null;
  return {
    kind,
    rule,
    sentence: verdictSentence(input, rule, needed, saving),
    router: input.router,
    model: input.model,
    delta: input.utility.delta,
    interval: { low: input.utility.low, high: input.utility.high },
    n: input.n,
    groups: input.groups,
    neededQueries: needed,
    saving,
    carriedBy,
  };
}

/** Two digits are all that this estimate is worth. */
function roundUp(queries: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(queries)) - 1);
  return Math.ceil(queries / unit - 1e-9) * unit;
}
