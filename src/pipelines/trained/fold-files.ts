// folds.json and folds.safetensors: the out-of-fold scores that analyze judges by.
import type { ArtifactDirectory } from '../../artifacts/artifact-directory.js';
import type { RouterEntry } from '../../artifacts/manifest.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { readSafetensors, writeSafetensors } from '../../data/safetensors.js';
import type { Matrix } from '../../math/matrix.js';
import type { OutOfFold } from '../train/out-of-fold.js';

const JSON_FILE = 'folds.json';
const TENSOR_FILE = 'folds.safetensors';

/** Out-of-fold scores as an artifact keeps them: rows by query id, since the outcomes file may have changed since. */
export interface StoredFolds {
  readonly ids: readonly string[];
  /** [ids] */
  readonly fold: Int32Array;
  /** [folds] the router chosen inside each fold. */
  readonly selected: readonly string[];
  /** Per router [ids × M]. */
  readonly scores: Readonly<Record<string, Matrix>>;
}

export function foldFiles(pooled: OutOfFold, table: OutcomeTable): Record<string, string | Uint8Array> {
  const ids = Array.from(pooled.rows, (row) => table.queries[row]!.id);
  const tensors = Object.entries(pooled.scores).map(([name, scores]) => [
    `scores.${name}`,
    { shape: [scores.rows, scores.cols], data: scores.data },
  ]);
  return {
    [JSON_FILE]: `${JSON.stringify({ selected: pooled.selected, ids })}\n`,
    [TENSOR_FILE]: writeSafetensors({
      fold: { shape: [ids.length], data: pooled.fold },
      ...Object.fromEntries(tensors),
    }),
  };
}

/** undefined where training made no folds. Throws `VSR_ARTIFACT` for damaged files. */
export function readFolds(artifact: ArtifactDirectory): StoredFolds | undefined {
  if (!artifact.has(JSON_FILE)) return undefined;
  const { selected, ids } = JSON.parse(artifact.read(JSON_FILE).toString('utf8')) as Pick<
    StoredFolds,
    'selected' | 'ids'
  >;
  const { tensors } = readSafetensors(artifact.read(TENSOR_FILE), TENSOR_FILE, 'VSR_ARTIFACT');
  const routers: Readonly<Record<string, RouterEntry>> = artifact.manifest.routers;
  return {
    ids,
    selected,
    fold: tensors.fold!.data as Int32Array,
    scores: Object.fromEntries(
      Object.keys(routers).flatMap((name) => {
        const stored = tensors[`scores.${name}`];
        if (!stored) return []; // not folded
        const { shape, data } = stored;
        return [[name, { rows: shape[0]!, cols: shape[1]!, data: data as Float32Array }]];
      }),
    ),
  };
}
