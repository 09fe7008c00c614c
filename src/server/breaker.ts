// A circuit breaker for each model: after failures in a row it rests, then one request tries it again.

export interface Breaker {
  /** false: it rests. True once after each rest, for the request that tries it. */
  lets(name: string): boolean;
  note(name: string, outcome: 'success' | 'failure'): void;
  /** Names that rest now. */
  resting(): string[];
}

/** @param now milliseconds */
export function createBreaker(failures: number, restMs: number, now: () => number = Date.now): Breaker {
  const states = new Map<string, { failed: number; until: number }>();
  return {
    lets(name) {
      const state = states.get(name);
      if (!state || state.failed < failures) return true;
      if (now() < state.until) return false;
      state.until = now() + restMs; // nobody else until this one has come back
      return true;
    },
    note(name, outcome) {
      if (outcome === 'success') {
        states.delete(name);
        return;
      }
      const state = states.get(name) ?? { failed: 0, until: 0 };
      states.set(name, { failed: state.failed + 1, until: now() + restMs });
    },
    resting: () =>
      [...states].filter(([, { failed, until }]) => failed >= failures && now() < until).map(([name]) => name),
  };
}
