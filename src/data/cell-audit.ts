// What can be said of the cells themselves: how often asking again changes the score, how many answers could not be read.
import type { OutcomeRow } from './outcome.js';

export interface CellAudit {
  /** Cells with a quality. */
  readonly scored: number;
  /** Scored cells that were asked more than once, and those of them whose score changed: the noise floor. */
  readonly repeated: number;
  readonly changed: number;
  /** Scored cells in which no answer could be found, so that they count 0. */
  readonly unparsed: number;
}

/** Scores nearer than this are the same. */
const SAME = 1e-9;

export function auditCells(rows: readonly OutcomeRow[]): CellAudit {
  const audit = { scored: 0, repeated: 0, changed: 0, unparsed: 0 };
  for (const { outcomes } of rows) {
    for (const { quality, repeats, flags } of Object.values(outcomes)) {
      if (quality === null) continue;
      audit.scored++;
      if (flags?.includes('unparsed')) audit.unparsed++;
      if (!repeats || repeats.length < 2) continue;
      audit.repeated++;
      if (repeats.some((score) => Math.abs(score - repeats[0]!) > SAME)) audit.changed++;
    }
  }
  return audit;
}
