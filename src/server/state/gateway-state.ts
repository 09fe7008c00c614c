// What a gateway must not forget: ratings. And what it should share: which decision an id means, which model a session stays with.
import type { StoredTurn } from '../../pipelines/people/stored-turn.js';

/** A decision that can still be rated. */
export interface RatedDecision {
  readonly id: string;
  readonly router: string;
  readonly model: string;
  readonly userId: string | null;
  readonly sessionId: string | null;
  /** '' where prompts are not kept. */
  readonly query: string;
  /** Fingerprint of the encoder that made `vector`. */
  readonly encoder: string;
  /** [D] float32 as base64; '' without one. */
  readonly vector: string;
}

/** What everybody said of a model. */
export interface ModelStatistics {
  readonly count: number;
  /** Of ratings in [-1, 1]. */
  readonly sum: number;
}

export interface GatewayState {
  /** Rated turns of a user, oldest first. */
  turnsOf(userId: string): readonly StoredTurn[];
  statistics(): ReadonlyMap<string, ModelStatistics>;
  /** Resolves once the rating would survive the end of the process. */
  rate(turn: StoredTurn): Promise<void>;
  /** `also` is the id that the model's server gave its answer. */
  remember(decision: RatedDecision, also?: string): void;
  recall(id: string): Promise<RatedDecision | undefined>;
  keepSession(sessionId: string, model: string): void;
  sessionModel(sessionId: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Of one user the newest turns; a router reads fewer. */
const KEPT_TURNS = 100;
const MOST_USERS = 100_000;

/** All ratings, taken in one after another. */
export class Ratings {
  readonly #turns = new Map<string, StoredTurn[]>();
  readonly #statistics = new Map<string, ModelStatistics>();

  take(turn: StoredTurn): void {
    const own = this.#turns.get(turn.user) ?? [];
    this.#turns.delete(turn.user);
    if (turn.user !== '') this.#turns.set(turn.user, [...own.slice(1 - KEPT_TURNS), turn]);
    if (this.#turns.size > MOST_USERS) this.#turns.delete(this.#turns.keys().next().value!);
    turn.models.forEach((model, i) => {
      const { count, sum } = this.#statistics.get(model) ?? { count: 0, sum: 0 };
      this.#statistics.set(model, { count: count + 1, sum: sum + turn.ratings[i]! });
    });
  }

  turnsOf(userId: string): readonly StoredTurn[] {
    return this.#turns.get(userId) ?? [];
  }

  statistics(): ReadonlyMap<string, ModelStatistics> {
    return this.#statistics;
  }

  snapshot() {
    return { turns: [...this.#turns.values()].flat(), statistics: [...this.#statistics] };
  }

  restore({ turns, statistics }: ReturnType<Ratings['snapshot']>): void {
    for (const turn of turns) this.take(turn);
    this.#statistics.clear();
    for (const [model, of] of statistics) this.#statistics.set(model, of);
  }
}

/** A map that forgets what was not used for longest. */
export class Recent<V> {
  readonly #values = new Map<string, V>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  set(key: string, value: V): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#most) this.#values.delete(this.#values.keys().next().value!);
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }
}
