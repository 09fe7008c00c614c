// Money of one run: a call starts only if what is spent, what is in flight at its worst, and its own worst stay within the limit.

export interface Reservation {
  /** What the call really took, in US dollars; its reserve is free again. */
  settle(spent: number): void;
}

export interface Budget {
  /**
   * Resolves when the call may start; null once it does not fit although nothing is in flight: then no call starts any more.
   * Calls are let through in the order they asked; one that may cost anything (Infinity) goes alone, with all that is left. A
   * function is asked when it is the call's turn.
   */
  reserve(worst: number | (() => number)): Promise<Reservation | null>;
  /** US dollars. */
  readonly spent: number;
  readonly reached: boolean;
}

/** No `limit`: every call may start at once, and spending is counted. US dollars. */
export function createBudget(limit: number = Number.POSITIVE_INFINITY): Budget {
  let spent = 0;
  let reserved = 0;
  let inFlight = 0;
  let reached = false;
  const waiting: { worst: number | (() => number); resolve: (reservation: Reservation | null) => void }[] = [];

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
      const { worst: asked, resolve } = waiting[0]!;
      const worst = typeof asked === 'number' ? asked : asked();
      // A call of which nothing is known is made alone, while there is money left.
      const known = worst < Number.POSITIVE_INFINITY;
      const fits = !reached && (known ? spent + reserved + worst <= limit : inFlight === 0 && spent < limit);
      if (!fits && inFlight > 0 && !reached) return;
      waiting.shift();
      if (!fits) reached = true;
      resolve(fits ? start(known ? worst : limit - spent) : null);
    }
  };
  return {
    reserve: async (worst) => {
      if (limit === Number.POSITIVE_INFINITY) return start(0);
      return new Promise((resolve) => {
        waiting.push({ worst, resolve });
        next();
      });
    },
    get spent() {
      return spent;
    },
    get reached() {
      return reached;
    },
  };
}
