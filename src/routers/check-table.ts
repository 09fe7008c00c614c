// Refuses tables and features that cannot be learned from or scored, each with a sentence.
import { VsrError } from '../errors/vsr-error.js';
import { firstNonFinite, type Matrix } from '../math/matrix.js';
import { checkInteractions } from './check-interactions.js';
import type { RouterNeeds, TrainingTable } from './router.js';

/**
 * Throws `VSR_TRAINING_DATA` unless the table is non-empty, finite, in range, and every model has an outcome; a router that
 * learns from interactions must have some; with those it learns from, models need no outcomes.
 */
export function checkTable(
  table: TrainingTable,
  router = 'the router',
  needs?: Pick<RouterNeeds, 'interactions' | 'votes'>,
): void {
  const { features, quality, models, groups } = table;
  if (quality.rows === 0 || models.length === 0) {
    throw new VsrError(
      'VSR_TRAINING_DATA',
      'The training table is empty: at least one query and one model are needed.',
      {
        hint: 'Run vsr benchmark first, or check --data-file.',
      },
    );
  }
  if (features.rows !== quality.rows || groups.length !== quality.rows || quality.cols !== models.length) {
    throw new VsrError(
      'VSR_TRAINING_DATA',
      `The training table does not fit together: ${features.rows} feature rows, ${quality.rows} × ${quality.cols} outcomes, ${groups.length} groups, ${models.length} models.`,
    );
  }
  if (features.cols === 0) {
    throw new VsrError('VSR_TRAINING_DATA', 'The features have no columns: at least one is needed.');
  }
  const twice = models.find((model, m) => models.indexOf(model) !== m);
  if (twice !== undefined) {
    throw new VsrError('VSR_TRAINING_DATA', `Model ${twice} stands twice in the training table.`);
  }
  const bad = firstNonFinite(features.data);
  if (bad >= 0) {
    throw new VsrError(
      'VSR_TRAINING_DATA',
      `Features row ${Math.floor(bad / features.cols)}, column ${bad % features.cols}: expected a number, got ${features.data[bad]}.`,
    );
  }
  if (table.interactions) checkInteractions(table.interactions, models.length, features.cols, 'VSR_TRAINING_DATA');
  else if (needs?.interactions) {
    throw new VsrError(
      'VSR_TRAINING_DATA',
      `${router} learns from votes or ratings with user ids; outcomes alone have none.`,
    );
  }
  const mayBeEmpty = needs?.interactions || (needs?.votes && table.interactions !== undefined);
  models.forEach((model, m) => {
    checkModelColumn(model, m, quality, mayBeEmpty ?? false);
  });
}

function checkModelColumn(model: string, m: number, quality: Matrix<Float64Array>, mayBeEmpty: boolean): void {
  let cells = 0;
  for (let i = 0; i < quality.rows; i++) {
    const value = quality.data[i * quality.cols + m]!;
    if (Number.isNaN(value)) continue;
    cells++;
    if (!(value >= 0 && value <= 1)) {
      throw new VsrError('VSR_TRAINING_DATA', `Row ${i}, model ${model}: quality must be in [0, 1], got ${value}.`, {
        hint: 'Divide by the maximum, or set scoring.scale.',
      });
    }
  }
  if (cells === 0 && !mayBeEmpty) {
    throw new VsrError('VSR_TRAINING_DATA', `Model ${model} has no outcome in the training rows.`, {
      hint: `Benchmark ${model} on them, or leave it out of the outcomes.`,
    });
  }
}

/** Throws `VSR_FEATURES` for a wrong width, NaN or infinity. */
export function checkFeatures(features: Matrix, expectedCols: number): void {
  if (features.cols !== expectedCols) {
    throw new VsrError(
      'VSR_FEATURES',
      `The features have ${features.cols} columns, the router expects ${expectedCols}.`,
      {
        hint: 'Embed with the encoder that the artifact names.',
      },
    );
  }
  const bad = firstNonFinite(features.data);
  if (bad >= 0) {
    throw new VsrError(
      'VSR_FEATURES',
      `Features row ${Math.floor(bad / features.cols)}, column ${bad % features.cols}: expected a number, got ${features.data[bad]}.`,
    );
  }
}
