// The learning curve of a report: simple routing, learned from growing shares of train, judged on the held-out rows.
import type { VsrConfig } from '../../config/schema.js';
import { learningCurve } from '../../evaluation/learning-curve.js';
import type { Report } from '../../evaluation/report.js';
import type { Matrix } from '../../math/matrix.js';
import type { PipelineContext } from '../context.js';
import { type NeighbourRows, unitedRows } from './drawn-rows.js';
import type { Judged } from './judged.js';
import { curveChoices } from './learning-curve.js';
import { partOf } from './part.js';

export interface HeldOut {
  readonly learn: Int32Array;
  readonly judge: Int32Array;
  /** [N×D] of the whole table, of which `near` have a vector. */
  readonly vectors: Matrix;
  readonly near: NeighbourRows;
  readonly label: string;
}

export async function heldOutCurve(
  config: VsrConfig,
  { data, objective, trained }: Judged,
  { learn, judge, vectors, near, label }: HeldOut,
  context: PipelineContext,
): Promise<Report['learningCurve']> {
  const { seed } = trained.artifact.manifest;
  const parts = { parts: [{ learn, judge }], judged: judge, vectors, embedded: unitedRows(near), objective, seed };
  const steps = await curveChoices(data, parts, context);
  const { bootstrap, confidence } = config.analyze;
  const judged = partOf(data.table, judge);
  const groups = judge.map((row) => data.groups[row]!);
  const curve = learningCurve({ judged, groups, objective, steps }, { bootstrap, confidence, seed: config.seed });
  return { label, steps: curve.steps };
}
