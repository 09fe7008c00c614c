// The real outcomes of ../shared/data/fusion (train) with their MiniLM vectors, as a training table.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { normaliseText } from '../../src/data/normalise-text.js';
import { readNpy } from '../../src/data/npy.js';
import { assignFolds } from '../../src/data/splits.js';
import { matrix64, takeRows } from '../../src/math/matrix.js';
import type { TrainingTable } from '../../src/routers/router.js';
import { SHARED } from '../shared-folder.js';

const DIMENSIONS = 384;

export interface FusionTable {
  readonly table: TrainingTable;
  /** [N] of 5, equal texts in one fold. */
  readonly fold: Int32Array;
}

/** 5,608 queries × 9 models. */
export function fusionTable(): FusionTable {
  const read = (file: string) => readFileSync(join(SHARED, 'data/fusion', file));
  const rows = read('train.jsonl')
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { query: string; scores: Record<string, number> });
  const models = Object.keys(rows[0]!.scores);
  const { data } = readNpy(read('embeddings.minilm.f16.npy'), 'embeddings.minilm.f16.npy');
  const quality = matrix64(rows.length, models.length);
  rows.forEach(({ scores }, i) => {
    quality.data.set(
      models.map((model) => scores[model] ?? Number.NaN),
      i * models.length,
    );
  });
  const texts = rows.map(({ query }) => query);
  const numbers = new Map<string, number>();
  const groups = Int32Array.from(texts, (text) => {
    const key = normaliseText(text);
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key)!;
  });
  const features = {
    rows: rows.length,
    cols: DIMENSIONS,
    data: (data as Float32Array).slice(0, rows.length * DIMENSIONS),
  };
  return { table: { models, features, quality, groups }, fold: assignFolds(texts, 5, 1) };
}

/** Some rows of a table, in that order. */
export function tableRows(
  { models, features, quality, groups }: TrainingTable,
  rows: readonly number[],
): TrainingTable {
  return {
    models,
    features: takeRows(features, rows),
    quality: takeRows(quality, rows),
    groups: Int32Array.from(rows, (row) => groups[row]!),
  };
}
