// Several routers' choices on the same queries, each held against the first: did the newer one get worse?
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Objective } from '../math/utility.js';
import { groupNumbers } from './bootstrap.js';
import { chosenValues, presentMean } from './choice-metrics.js';
import { type BootstrapOptions, estimateAll } from './estimates.js';
import { orNull } from './or-null.js';
import type { Estimate } from './report.js';
import { utilityMatrix } from './utility-matrix.js';
import { LEAST_GROUPS } from './verdict-rules.js';
import { estimateText } from './verdict-sentence.js';

export const COMPARISON_SCHEMA = 'vsr.comparison/1';

export interface SideBySide {
  readonly schema: typeof COMPARISON_SCHEMA;
  /** About the last side against the first. */
  readonly verdict: { readonly kind: 'worse' | 'better' | 'no-difference' | 'inconclusive'; readonly sentence: string };
  readonly warnings: readonly string[];
  readonly queries: number;
  readonly groups: number;
  readonly sides: readonly Side[];
  readonly method: BootstrapOptions & { readonly objective: Objective };
}

export interface Side {
  readonly name: string;
  readonly router: string;
  readonly judgedOn: string;
  readonly answered: number;
  readonly utility: number | null;
  readonly quality: number | null;
  /** Mean dollars per query. */
  readonly cost: number | null;
  /** This minus the first, over queries that both answered; null for the first, and where nothing can be compared. */
  readonly against: {
    readonly utility: Estimate;
    readonly quality: Estimate;
    readonly cost: Estimate | null;
    readonly p: number;
    /** Share of queries sent elsewhere than by the first. */
    readonly moved: number;
  } | null;
}

export interface SideInput {
  readonly name: string;
  readonly router: string;
  readonly judgedOn: string;
  /** [N] column; -1 = none. */
  readonly choices: Int32Array;
}

export interface SideBySideInput {
  /** [N] queries that every side was judged on. */
  readonly table: OutcomeTable;
  readonly groups: Int32Array;
  readonly objective: Objective;
  readonly sides: readonly [SideInput, ...SideInput[]];
  readonly warnings: readonly string[];
  readonly options: BootstrapOptions & { readonly minGain: number };
}

export function sideBySide({ table, groups, objective, sides, warnings, options }: SideBySideInput): SideBySide {
  const utilities = utilityMatrix(table, objective);
  const drawn = groupNumbers(groups);
  const values = sides.map(({ choices }) => ({
    utility: chosenValues(utilities, choices),
    quality: chosenValues(table.quality, choices),
    cost: chosenValues(table.cost, choices),
  }));
  const [first] = values as [(typeof values)[0]];
  const minus = (own: Float64Array, other: Float64Array) => own.map((value, i) => value - other[i]!);
  const differences = values.map((own) => ({
    utility: minus(own.utility, first.utility),
    quality: minus(own.quality, first.quality),
    cost: minus(own.cost, first.cost),
  }));
  const estimates = estimateAll(
    differences.slice(1).flatMap(({ utility, quality, cost }) => [utility, quality, cost]),
    drawn,
    options,
  );
  const judged = sides.map((side, k): Side => {
    const { utility, quality, cost } = differences[k]!;
    const u = estimates.get(utility);
    const q = estimates.get(quality);
    const moved = side.choices.reduce((n, m, i) => n + Number(m !== sides[0].choices[i]), 0);
    return {
      name: side.name,
      router: side.router,
      judgedOn: side.judgedOn,
      answered: values[k]!.utility.reduce((n, value) => n + Number(!Number.isNaN(value)), 0),
      utility: orNull(presentMean(values[k]!.utility)),
      quality: orNull(presentMean(values[k]!.quality)),
      cost: orNull(presentMean(values[k]!.cost)),
      against:
        k > 0 && u && q
          ? {
              utility: u.estimate,
              quality: q.estimate,
              cost: estimates.get(cost)?.estimate ?? null,
              p: u.p,
              moved: moved / Math.max(1, side.choices.length),
            }
          : null,
    };
  });
  const { minGain: _unused, ...method } = options;
  return {
    schema: COMPARISON_SCHEMA,
    verdict: verdictOn(judged[0]!, judged.at(-1)!, drawn.count, options.minGain, objective.quality >= 1),
    warnings,
    queries: table.queries.length,
    groups: drawn.count,
    sides: judged,
    method: { objective: { ...objective }, ...method },
  };
}

function verdictOn(
  first: Side,
  last: Side,
  groups: number,
  minGain: number,
  qualityAlone: boolean,
): SideBySide['verdict'] {
  const difference = last.against?.utility;
  if (!difference) {
    return {
      kind: 'inconclusive',
      sentence: `Comparison: inconclusive, ${first.name} and ${last.name} answered no query together.`,
    };
  }
  const measured = `${estimateText(difference)}${qualityAlone ? '' : ' in utility'} on ${groups.toLocaleString('en-US')} separate queries`;
  const sides = `${last.name} (${last.router}) against ${first.name} (${first.router})`;
  if (groups < LEAST_GROUPS) {
    return {
      kind: 'inconclusive',
      sentence: `Comparison: inconclusive, ${sides}: ${measured}: too few to know (${LEAST_GROUPS} are the least).`,
    };
  }
  if (difference.high < 0) return { kind: 'worse', sentence: `Comparison: worse. ${sides}: ${measured}.` };
  if (difference.low > 0) return { kind: 'better', sentence: `Comparison: better. ${sides}: ${measured}.` };
  return difference.low > -minGain
    ? {
        kind: 'no-difference',
        sentence: `Comparison: not worse. ${sides}: ${measured}; a loss of ${(100 * minGain).toFixed(1)} points or more is ruled out.`,
      }
    : { kind: 'inconclusive', sentence: `Comparison: inconclusive. ${sides}: ${measured}.` };
}
