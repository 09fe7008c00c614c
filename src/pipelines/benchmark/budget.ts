// Money of one run: a call starts only if what is spent, what is in flight at its worst, and its own worst stay within the limit.

export interface Reservation {
  /** What the call really took, in US dollars; its reserve is free again. */
  settle(spent: number): void;
}

export interface Budget {
  /**
   * Resolves when the call may start; null once it does not fit although nothing is in flight: then no call starts any more.
   * Calls are let through in the order they asked.
   */
  reserve(worst: number): Promise<Reservation | null>;
  /** US dollars. */
  readonly spent: number;
  readonly reached: boolean;
}

/** No `limit`: every call may start, and spending is counted. US dollars. */
export function createBudget(limit: number = Number.POSITIVE_INFINITY): Budget {
  let spent = 0;
  let reserved = 0;
  let inFlight = 0;
  let reached = false;
  const waiting: { worst: number; resolve: (reservation: Reservation | null) => void }[] = [];

  const start = (worst: number): Reservation => {
    let open = true;
    reserved += worst;
    inFlight++;
    return {
      settle(cost) {
        if (!open) return;
        open = false;
        inFlight--;
        // Nothing in flight, nothing reserved: sums of fractions would leave a rest.
        reserved = inFlight === 0 ? 0 : reserved - worst;
        spent += cost;
        next();
      },
    };
  };
  const next = () => {
    while (waiting.length > 0) {
      const { worst, resolve } = waiting[0]!;
      const fits = !reached && spent + reserved + worst <= limit;
      if (!fits && inFlight > 0 && !reached) return;
      waiting.shift();
      if (!fits) reached = true;
      resolve(fits ? start(worst) : null);
    }
  };
  return {
    reserve: (worst) =>
      new Promise((resolve) => {
        waiting.push({ worst, resolve });
        next();
      }),
    get spent() {
      return spent;
    },
    get reached() {
      return reached;
    },
  };
}
