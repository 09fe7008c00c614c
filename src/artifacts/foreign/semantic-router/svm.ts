// semantic-router's svm_model.json, v1 and v2, in libsvm's one-against-one layout (Chang and Lin, LIBSVM, 2011, section 7).
import { dot, squaredEuclidean } from '../../../math/distance.js';
import { checkQuery, type FieldReader, refused } from './fields.js';
import { firstLargest } from './kmeans.js';
import { float, floats, int, ints, type PythonJson } from './python-json.js';

/** v2, and a v1 file that carries libsvm's own machines. */
export interface ForeignSvm {
  readonly algorithm: 'svm';
  readonly formatVersion: 1 | 2;
  readonly modelNames: readonly string[];
  readonly kernel: 'Rbf' | 'Linear';
  readonly gamma: number;
  readonly c: number;
  /** [S][D], by class. */
  readonly supportVectors: readonly (readonly number[])[];
  /** [M−1][S] */
  readonly dualCoef: readonly (readonly number[])[];
  /** [M(M−1)/2] */
  readonly intercept: readonly number[];
  /** [M] */
  readonly nSupport: readonly number[];
  /** One against the rest, of a v1 file; they decide only where it has no machines of libsvm's. */
  readonly classifiers?: readonly ForeignClassifier[];
}

/** f = Σ alpha·K − rho; a linear one has its weights as the only vector. */
export interface ForeignClassifier {
  readonly model: string;
  readonly alpha: readonly number[];
  readonly supportVectors: readonly (readonly number[])[];
  readonly rho: number;
  readonly gamma: number | null;
}

export function readSvm(fields: FieldReader, formatVersion: 1 | 2): ForeignSvm {
  if (fields.has('alphas')) return fromReadme(fields);
  fields.expect('trained', true);
  const modelNames = fields.names('model_names');
  const kernel = fields.text('kernel_type');
  if (kernel !== 'Rbf' && kernel !== 'Linear') return fields.fail('kernel_type', '"Rbf" or "Linear"');
  const gamma = fields.number('gamma');
  if (gamma <= 0) fields.fail('gamma', 'a number above 0');
  const common = { algorithm: 'svm' as const, formatVersion, modelNames, kernel, gamma } as const;
  const c = fields.has('C') ? fields.number('C') : 1;
  if (formatVersion === 2) {
    fields.expect('input_normalization', 'none');
    return { ...common, c, ...machines(fields.object('svc'), modelNames.length, fields.count('feature_dim', 1)) };
  }
  const classifiers = [...linearOf(fields), ...rbfOf(fields)];
  const D = fields.has('feature_dim') ? fields.count('feature_dim', 1) : undefined;
  if (fields.has('support_vectors') && fields.has('dual_coef')) {
    return { ...common, c, ...machines(fields, modelNames.length, D), classifiers };
  }
  if (classifiers.length === 0) throw refused(fields.where, 'it holds neither support_vectors nor classifiers');
  return { ...common, c, supportVectors: [], dualCoef: [], intercept: [], nSupport: [], classifiers };
}

function machines(fields: FieldReader, M: number, D: number | undefined) {
  if (M < 2) throw refused(fields.where, `one-against-one machines need two models, got ${M}`);
  const supportVectors = fields.matrix('support_vectors', undefined, D);
  const S = supportVectors.length;
  const nSupport = fields.counts('n_support', M);
  const sum = nSupport.reduce((a, b) => a + b, 0);
  if (sum !== S) throw refused(fields.where, `n_support adds up to ${sum}, but there are ${S} support_vectors`);
  return {
    supportVectors,
    nSupport,
    dualCoef: fields.matrix('dual_coef', M - 1, S),
    intercept: fields.vector('intercept', (M * (M - 1)) / 2),
  };
}

function linearOf(fields: FieldReader): ForeignClassifier[] {
  if (!fields.has('linear_classifiers')) return [];
  return fields.records('linear_classifiers').map((own) => ({
    model: own.text('model_name'),
    alpha: [1],
    supportVectors: [own.vector('weights')],
    rho: own.number('rho'),
    gamma: null,
  }));
}

function rbfOf(fields: FieldReader): ForeignClassifier[] {
  if (!fields.has('rbf_classifiers')) return [];
  return fields.records('rbf_classifiers').map((own) => {
    const alpha = own.vector('alpha');
    const supportVectors = own.matrix('support_vectors', alpha.length);
    return { model: own.text('model_name'), alpha, supportVectors, rho: own.number('rho'), gamma: own.number('gamma') };
  });
}

/** The README's form: one against the rest, vectors and alphas by class number, γ = 1/D; models as `model_names`. */
function fromReadme(fields: FieldReader): ForeignSvm {
  const modelNames = fields.texts('model_names');
  const vectors = fields.object('support_vectors');
  const alphas = fields.object('alphas');
  const biases = fields.vector('biases', modelNames.length);
  const linear = fields.text('kernel').toLowerCase() === 'linear';
  const classifiers = modelNames.map((model, m): ForeignClassifier => {
    const alpha = alphas.vector(String(m));
    const supportVectors = vectors.matrix(String(m), alpha.length);
    const gamma = linear ? null : 1 / Math.max(1, supportVectors[0]?.length ?? 1);
    return { model, alpha, supportVectors, rho: -biases[m]!, gamma };
  });
  const gamma = classifiers[0]?.gamma ?? 1;
  const none = { supportVectors: [], dualCoef: [], intercept: [], nSupport: [] };
  return {
    algorithm: 'svm',
    formatVersion: 1,
    modelNames,
    kernel: linear ? 'Linear' : 'Rbf',
    gamma,
    c: 1,
    ...none,
    classifiers,
  };
}

export function svmJson(model: ForeignSvm): PythonJson {
  const { supportVectors, modelNames, classifiers = [] } = model;
  const machines = {
    support_vectors: supportVectors.map(floats),
    dual_coef: model.dualCoef.map(floats),
    intercept: floats(model.intercept),
    n_support: ints(model.nSupport),
  };
  if (model.formatVersion === 2) {
    return {
      algorithm: 'svm',
      format_version: int(2),
      trained: true,
      model_names: modelNames,
      kernel_type: model.kernel,
      gamma: float(model.gamma),
      feature_dim: int(supportVectors[0]!.length),
      input_normalization: 'none',
      svc: machines,
      C: float(model.c),
    };
  }
  const D = (supportVectors[0] ?? classifiers[0]!.supportVectors[0]!).length;
  return {
    algorithm: 'svm',
    trained: true,
    model_names: modelNames,
    kernel_type: model.kernel,
    gamma: float(model.gamma),
    linear_classifiers: classifiers.flatMap((own) =>
      own.gamma === null ? [{ model_name: own.model, weights: floats(weightsOf(own, D)), rho: float(own.rho) }] : [],
    ),
    rbf_classifiers: classifiers.flatMap((own) =>
      own.gamma === null
        ? []
        : [
            {
              model_name: own.model,
              alpha: floats(own.alpha),
              support_vectors: own.supportVectors.map(floats),
              rho: float(own.rho),
              gamma: float(own.gamma),
            },
          ],
    ),
    kernel: model.kernel.toLowerCase(),
    C: float(model.c),
    feature_dim: int(D),
    n_classes: int(modelNames.length),
    ...(supportVectors.length > 0 && { ...machines, classes: ints(modelNames.keys()) }),
  };
}

/**
 * Votes of the pairs (0,1), (0,2) … (1,2) …: above 0 is a vote for the first, but with two models at least 0 is one for the second. Most
 * votes; equal: the lowest index. Scores are the votes, or the machines' values where each model has its own.
 */
export function predictSvm(
  model: ForeignSvm,
  query: ArrayLike<number>,
): { model: string; scores: Record<string, number> } {
  const { modelNames, supportVectors } = model;
  if (supportVectors.length === 0) return byClassifiers(model, query);
  checkQuery(query, supportVectors[0]!.length);
  const K = supportVectors.map((v) =>
    model.kernel === 'Rbf' ? Math.exp(-model.gamma * squaredEuclidean(v, query)) : dot(v, query),
  );
  const M = modelNames.length;
  const starts = model.nSupport.map((_, i) => model.nSupport.slice(0, i).reduce((a, b) => a + b, 0));
  const sum = (row: readonly number[], of: number) => {
    let total = 0;
    for (let s = starts[of]!; s < starts[of]! + model.nSupport[of]!; s++) total += row[s]! * K[s]!;
    return total;
  };
  const votes = new Array<number>(M).fill(0);
  let pair = 0;
  for (let i = 0; i < M; i++) {
    for (let j = i + 1; j < M; j++) {
      const s = sum(model.dualCoef[j - 1]!, i) + sum(model.dualCoef[i]!, j) + model.intercept[pair++]!;
      const first = M === 2 ? s < 0 : s > 0;
      votes[first ? i : j]!++;
    }
  }
  return {
    model: modelNames[firstLargest(votes)]!,
    scores: Object.fromEntries(modelNames.map((name, m) => [name, votes[m]!])),
  };
}

function byClassifiers({ classifiers = [] }: ForeignSvm, query: ArrayLike<number>) {
  const length = Math.sqrt(dot(query, query));
  const x = Array.from(query, (value) => (length > 0 ? value / length : value));
  const values = classifiers.map((own) => {
    checkQuery(query, own.supportVectors[0]?.length ?? query.length);
    const at = (v: readonly number[]) =>
      own.gamma === null ? dot(v, x) : Math.exp(-own.gamma * squaredEuclidean(v, x));
    return own.supportVectors.reduce((sum, v, s) => sum + own.alpha[s]! * at(v), -own.rho);
  });
  const scores = Object.fromEntries(classifiers.map(({ model }, m) => [model, values[m]!]));
  return { model: classifiers[firstLargest(values)]!.model, scores };
}

function weightsOf({ alpha, supportVectors }: ForeignClassifier, D: number): number[] {
  return Array.from({ length: D }, (_, d) => supportVectors.reduce((sum, v, s) => sum + alpha[s]! * v[d]!, 0));
}
