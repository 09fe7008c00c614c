// refits.json and refits.safetensors: what the routers learned with other seeds score on held-out rows.
import type { ArtifactDirectory } from '../../artifacts/artifact-directory.js';
import type { OutcomeTable } from '../../data/outcome-table.js';
import { readSafetensors, writeSafetensors } from '../../data/safetensors.js';
import type { Matrix } from '../../math/matrix.js';
import type { Refits } from '../train/refits.js';

const JSON_FILE = 'refits.json';
const TENSOR_FILE = 'refits.safetensors';

/** Scores as an artifact keeps them: rows by query id, since the outcomes file may have changed since. */
export interface StoredRefits {
  readonly ids: readonly string[];
  /** Per router and refit [ids × M]. */
  readonly scores: Readonly<Record<string, readonly Matrix[]>>;
}

export function refitFiles({ rows, scores }: Refits, table: OutcomeTable): Record<string, string | Uint8Array> {
  const refits = Object.fromEntries(Object.entries(scores).map(([name, own]) => [name, own.length]));
  const tensors = Object.entries(scores).flatMap(([name, own]) =>
    own.map((matrix, k) => [`scores.${name}.${k}`, { shape: [matrix.rows, matrix.cols], data: matrix.data }]),
  );
  return {
    [JSON_FILE]: `${JSON.stringify({ refits, ids: Array.from(rows, (row) => table.queries[row]!.id) })}\n`,
    [TENSOR_FILE]: writeSafetensors(Object.fromEntries(tensors)),
  };
}

/** undefined where training made none. Throws `VSR_ARTIFACT` for damaged files. */
export function readRefits(artifact: ArtifactDirectory): StoredRefits | undefined {
  if (!artifact.has(JSON_FILE)) return undefined;
  const { refits, ids } = JSON.parse(artifact.read(JSON_FILE).toString('utf8')) as {
    readonly refits: Readonly<Record<string, number>>;
    readonly ids: readonly string[];
  };
  const { tensors } = readSafetensors(artifact.read(TENSOR_FILE), TENSOR_FILE, 'VSR_ARTIFACT');
  const matrixOf = (name: string): Matrix => {
    const { shape, data } = tensors[name]!;
    return { rows: shape[0]!, cols: shape[1]!, data: data as Float32Array };
  };
  return {
    ids,
    scores: Object.fromEntries(
      Object.entries(refits).map(([name, count]) => [
        name,
        Array.from({ length: count }, (_, k) => matrixOf(`scores.${name}.${k}`)),
      ]),
    ),
  };
}
