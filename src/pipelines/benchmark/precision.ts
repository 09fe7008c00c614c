// --until-ci: a model whose quality is known well enough is asked no more.
import { meanInterval } from '../../evaluation/mean-interval.js';

export interface Precision {
  /** The quality of one more answer of a model. */
  note(model: string, quality: number): void;
  /** Half the width of the model's 95 % interval is at most the limit. */
  isEnough(model: string): boolean;
}

/** Below this an interval says little: five right answers in a row are no proof. */
const FEWEST = 30;

/** `limit` is half the width of the interval, in [0, 1]; without it nothing is ever enough. */
export function createPrecision(limit: number | undefined): Precision {
  const known = new Map<string, { qualities: number[]; nextLook: number; enough: boolean }>();
  return {
    note(model, quality) {
      if (limit === undefined) return;
      const own = known.get(model) ?? { qualities: [], nextLook: FEWEST, enough: false };
      known.set(model, own);
      own.qualities.push(quality);
      if (own.enough || own.qualities.length < own.nextLook) return;
      const { low, high } = meanInterval(own.qualities)!;
      own.enough = (high - low) / 2 <= limit;
      // A look costs as much as there are answers: every hundredth part more is soon enough.
      own.nextLook = Math.ceil(own.qualities.length * 1.01);
    },
    isEnough: (model) => known.get(model)?.enough ?? false,
  };
}
