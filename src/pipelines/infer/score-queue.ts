// Queries that come one by one, scored in batches: what waits when the event loop turns goes together, and known texts cost nothing.
import { createHash } from 'node:crypto';
import type { Query } from '../../data/query.js';
import { type Matrix, rowOf } from '../../math/matrix.js';
import type { Person } from '../../routers/people.js';

export interface Scored {
  /** [D] */
  readonly features: Float32Array;
  /** [M] */
  readonly scores: Float32Array;
  readonly timing: { readonly embed: number; readonly score: number };
  readonly cached: boolean;
}

export interface ScoredBatch {
  readonly features: Matrix;
  readonly scores: Matrix;
  readonly timing: Scored['timing'];
}

/** One query of a batch. */
export interface Scorable {
  readonly query: Query;
  /** Who asks; undefined = nobody is known. */
  readonly person: Person | undefined;
  /** [Di] of the picture that the query shows; undefined = none, or none that the router could see. */
  readonly image: Float32Array | undefined;
}

type ScoreBatch = (batch: readonly Scorable[]) => Promise<ScoredBatch>;

/** Bounds how long one batch holds the event loop. */
const LARGEST_BATCH = 64;
const KEPT = 1000;
const NO_TIME = { embed: 0, score: 0 };

export function createScoreQueue(scoreBatch: ScoreBatch) {
  const kept = new Map<string, Omit<Scored, 'cached' | 'timing'>>();
  let waiting: Waiting[] = [];

  const flush = async () => {
    const batch = waiting.slice(0, LARGEST_BATCH);
    waiting = waiting.slice(LARGEST_BATCH);
    if (waiting.length > 0) setImmediate(flush);
    try {
      const { features, scores, timing } = await scoreBatch(batch);
      batch.forEach((one, i) => {
        const result = { features: copyOf(features, i), scores: copyOf(scores, i) };
        if (!one.person) keep(nameOf(one), result);
        one.resolve({ ...result, timing, cached: false });
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  const keep = (name: string, result: Omit<Scored, 'cached' | 'timing'>) => {
    kept.delete(name);
    kept.set(name, result);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
  };
  return {
    /** A person's scores change with every rating, so only those for nobody are kept. */
    score(asked: Scorable): Promise<Scored> {
      const name = asked.person ? undefined : nameOf(asked);
      const known = name === undefined ? undefined : kept.get(name);
      if (known) {
        keep(name!, known);
        return Promise.resolve({ ...known, timing: NO_TIME, cached: true });
      }
      return new Promise((resolve, reject) => {
        if (waiting.push({ ...asked, resolve, reject }) === 1) setImmediate(flush);
      });
    },
  };
}

interface Waiting extends Scorable {
  readonly resolve: (scored: Scored) => void;
  readonly reject: (error: unknown) => void;
}

function nameOf({ query: { query, category }, image }: Scorable): string {
  const text = `${category ?? ''}\n${query}`;
  return image ? `${createHash('sha256').update(image).digest('base64')}\n${text}` : text;
}

function copyOf(matrix: Matrix, row: number): Float32Array {
  return Float32Array.from(rowOf(matrix, row));
}
