// A token bucket: so many units a minute, at most a second's worth at once.

export interface RateBucket {
  /** Takes units, also those not there yet, and says how many milliseconds to wait before using them. First come, first served. */
  take(units: number): number;
  /** Returns units that were taken and not used; a negative number takes the rest of what was used beyond them. */
  giveBack(units: number): void;
}

/** `now` in milliseconds on any clock. In no minute are more than `perMinute` · 61/60 (and one take) let through. */
export function createRateBucket(perMinute: number, now: () => number): RateBucket {
  const perMs = perMinute / 60_000;
  const capacity = Math.max(1, perMinute / 60);
  let level = capacity;
  let filledAt = now();
  const fill = () => {
    const time = now();
    level = Math.min(capacity, level + Math.max(0, time - filledAt) * perMs);
    filledAt = time;
  };
  return {
    take(units) {
      fill();
      // What is larger than the bucket goes through as soon as nothing is owed: it could never be there in one piece.
      const missing = Math.min(units, capacity) - level;
      level -= units;
      return missing > 0 ? missing / perMs : 0;
    },
    giveBack(units) {
      fill();
      level = Math.min(capacity, level + units);
    },
  };
}
