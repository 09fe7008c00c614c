// Remembers the best epoch by validation loss and says when waiting for a better one has no more point.

export interface EarlyStopping {
  /** Epoch (1, 2, …) of the best loss so far; 0 = none yet. */
  readonly bestEpoch: number;
  readonly bestLoss: number;
  /** true if `loss` is the best so far. */
  improves(epoch: number, loss: number): boolean;
  /** true once `patience` epochs after the best have passed. */
  exhausted(epoch: number): boolean;
}

/** `from` continues an interrupted fit. */
export function earlyStopping(
  patience: number,
  from = { bestEpoch: 0, bestLoss: Number.POSITIVE_INFINITY },
): EarlyStopping {
  let { bestEpoch, bestLoss } = from;
  return {
    get bestEpoch() {
      return bestEpoch;
    },
    get bestLoss() {
      return bestLoss;
    },
    improves: (epoch, loss) => {
      if (!(loss < bestLoss)) return false;
      bestEpoch = epoch;
      bestLoss = loss;
      return true;
    },
    exhausted: (epoch) => epoch - bestEpoch >= patience,
  };
}
