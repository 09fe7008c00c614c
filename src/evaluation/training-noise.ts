// Training noise: the same router learned again with other seeds, each judged on the same queries.
import type { OutcomeTable } from '../data/outcome-table.js';
import type { Objective } from '../math/utility.js';
import { chosenValues, presentMean } from './choice-metrics.js';
import { utilityMatrix } from './utility-matrix.js';

export interface Spread {
  /** Of the fits' figures. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface RouterNoise {
  readonly router: string;
  readonly fits: number;
  /** Means over the judged queries that a fit's choice answered. */
  readonly quality: Spread;
  readonly utility: Spread;
  /** Utility minus that of the best single model, over the queries that both answered. */
  readonly gain: Spread;
  /** true: every fit chose alike, query by query. */
  readonly alike: boolean;
}

export interface TrainingNoise {
  /** What was judged: "held-out test". */
  readonly label: string;
  readonly queries: number;
  readonly routers: readonly RouterNoise[];
}

export interface NoiseInput {
  readonly judged: OutcomeTable;
  readonly objective: Objective;
  /** The model that routers are held against. */
  readonly bestSingle: string;
  readonly label: string;
  /** Per router, the choices of every fit [N]; -1 = none. The first is the artifact's own. */
  readonly fits: Readonly<Record<string, readonly Int32Array[]>>;
}

/** Routers without a second fit are left out; null without any. */
export function trainingNoise({ judged, objective, bestSingle, label, fits }: NoiseInput): TrainingNoise | null {
  const utilities = utilityMatrix(judged, objective);
  const single = new Int32Array(judged.queries.length).fill(judged.models.indexOf(bestSingle));
  const base = chosenValues(utilities, single);
  const routers = Object.entries(fits).flatMap(([router, choices]): RouterNoise[] => {
    if (choices.length < 2) return [];
    const earned = choices.map((own) => chosenValues(utilities, own));
    return [
      {
        router,
        fits: choices.length,
        quality: spread(choices.map((own) => presentMean(chosenValues(judged.quality, own)))),
        utility: spread(earned.map(presentMean)),
        gain: spread(earned.map((values) => presentMean(values.map((value, i) => value - base[i]!)))),
        alike: choices.every((own) => own.every((model, i) => model === choices[0]![i])),
      },
    ];
  });
  return routers.length > 0 ? { label, queries: judged.queries.length, routers } : null;
}

function spread(values: readonly number[]): Spread {
  return { mean: presentMean(values), low: Math.min(...values), high: Math.max(...values) };
}
