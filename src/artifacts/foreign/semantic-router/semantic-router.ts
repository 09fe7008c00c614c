// semantic-router's artifacts: which file holds which algorithm, and the door to reading, writing and asking one.

import { readJsonFile } from '../../../data/open-file.js';
import { VsrError } from '../../../errors/vsr-error.js';
import { writeFileAtomically } from '../../atomic-write.js';
import { fieldsOf, refused } from './fields.js';
import { type ForeignKmeans, kmeansJson, predictKmeans, readKmeans } from './kmeans.js';
import { type ForeignKnn, knnJson, predictKnn, readKnn } from './knn.js';
import { type ForeignMf, mfJson, predictMf, readMf } from './mf.js';
import { type ForeignMlp, mlpJson, predictMlp, readMlp } from './mlp.js';
import { type PythonJson, pythonJson } from './python-json.js';
import { type ForeignSvm, predictSvm, readSvm, svmJson } from './svm.js';

export type ForeignModel = ForeignKnn | ForeignKmeans | ForeignSvm | ForeignMlp | ForeignMf;

export interface ForeignChoice {
  readonly model: string;
  /** What each model that took part got; their meaning is the algorithm's. */
  readonly scores: Readonly<Record<string, number>>;
}

const ALGORITHMS = ['knn', 'kmeans', 'svm', 'mlp', 'matrix_factorization'];

/** `knn_model.json` and so on. */
export const FOREIGN_FILES = ['knn', 'kmeans', 'svm', 'mlp', 'mf'].map((name) => `${name}_model.json`);

/** Throws `VSR_FILE`, or `VSR_ARTIFACT` for anything its own loader would refuse. */
export async function readForeignFile(path: string): Promise<ForeignModel> {
  let json: unknown;
  try {
    json = await readJsonFile(path);
  } catch (error) {
    if (!(error instanceof VsrError) || error.code !== 'VSR_DATA') throw error;
    // Python writes these three words into what it calls JSON.
    const cause = error.cause instanceof Error ? error.cause.message : '';
    if (/^Unexpected token '[NI]'|^No number after minus sign/.test(cause))
      throw refused(path, 'it holds NaN or Infinity, expected finite numbers');
    throw new VsrError('VSR_ARTIFACT', error.message, { hint: error.hint, cause: error });
  }
  return parseForeign(json, path);
}

/** @param where names the file in errors */
export function parseForeign(json: unknown, where: string): ForeignModel {
  const fields = fieldsOf(json, where);
  const algorithm = fields.text('algorithm');
  const version = fields.has('format_version') ? fields.number('format_version') : 1;
  const versions = ['knn', 'kmeans', 'svm'].includes(algorithm) ? [1, 2] : [1];
  if (!ALGORITHMS.includes(algorithm)) fields.fail('algorithm', `one of ${ALGORITHMS.join(', ')}`);
  if (!versions.includes(version)) throw refused(where, `format_version ${version} of ${algorithm} is not known`);
  if (algorithm === 'knn') return readKnn(fields, version as 1 | 2);
  if (algorithm === 'kmeans') return readKmeans(fields, version as 1 | 2);
  if (algorithm === 'svm') return readSvm(fields, version as 1 | 2);
  return algorithm === 'mlp' ? readMlp(fields) : readMf(fields);
}

export function foreignJson(model: ForeignModel): PythonJson {
  if (model.algorithm === 'knn') return knnJson(model);
  if (model.algorithm === 'kmeans') return kmeansJson(model);
  if (model.algorithm === 'svm') return svmJson(model);
  return model.algorithm === 'mlp' ? mlpJson(model) : mfJson(model);
}

/** The whole file or nothing, in pieces: a knn of many queries is longer than any string. Throws `VSR_FILE`. */
export function writeForeignFile(path: string, model: ForeignModel): void {
  writeFileAtomically(path, pythonJson(foreignJson(model)));
}

/** The model that semantic-router would choose. Throws `VSR_FEATURES` for a query of another width or with NaN. */
export function askForeign(model: ForeignModel, query: ArrayLike<number>): ForeignChoice {
  if (model.algorithm === 'knn') return predictKnn(model, query);
  if (model.algorithm === 'kmeans') return predictKmeans(model, query);
  if (model.algorithm === 'svm') return predictSvm(model, query);
  return model.algorithm === 'mlp' ? predictMlp(model, query) : predictMf(model, query);
}
