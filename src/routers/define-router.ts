// Turns a router's few own functions into the full contract: params parsed once, tables checked, scores from the graph.
import { throwIfAborted } from '../errors/vsr-error.js';
import type { Evaluator } from '../inference/evaluator.js';
import { type EvaluatorChoice, openEvaluator } from '../inference/registry.js';
import type { ScoringGraph } from '../inference/scoring-graph.js';
import { type Matrix, matrix } from '../math/matrix.js';
import { checkFeatures, checkTable } from './check-table.js';
import { engineChooser } from './engine-chooser.js';
import type { Newcomer } from './newcomer.js';
import type {
  Explanation,
  FitContext,
  FittedRouter,
  Router,
  RouterNeeds,
  RouterState,
  Scale,
  ScoringBatch,
  TrainingTable,
} from './router.js';
import { type ParamsSchema, parseParams } from './router-params.js';
import type { SearchSpace, SpaceOf } from './search-space.js';

/** A fitted router as its own folder sees it. */
export interface Fitted<P> {
  readonly models: readonly string[];
  readonly featureDim: number;
  readonly params: P;
  readonly state: RouterState;
}

export interface RouterSpec<P> {
  readonly name: string;
  readonly needs?: Partial<RouterNeeds>;
  /** From the router's own params.ts, imported when asked for: scoring a query never pays for zod. */
  params(): Promise<ParamsSchema<P>>;
  /** What --tune draws from; names of parameters. */
  readonly space?: SpaceOf<P>;
  scale(params: P): Scale;
  /** Learns; the table has been checked. */
  fit(table: TrainingTable, params: P, context: FitContext): Promise<RouterState>;
  /** The scoring graph: input `features` [batch × D] → `scores` [batch × M]. Throws `VSR_ARTIFACT` if the state does not fit together. */
  graph(fitted: Fitted<P>): ScoringGraph;
  /**
   * The state with one more model, last; what the others score stays the same. Absent: the router must be fitted anew.
   * Throws `VSR_TRAINING_DATA` where these outcomes do not say enough.
   */
  addModel?(fitted: Fitted<P>, newcomer: Newcomer): RouterState;
  /** Another way to the same scores, where the params ask for one (implementation: ml-knn); undefined = the graph. */
  score?(fitted: Fitted<P>): ((batch: ScoringBatch) => Promise<Matrix>) | undefined;
  explain?(fitted: Fitted<P>, features: Matrix): Promise<Explanation>;
}

/** Rows scored in one run of the graph: bounds the memory of [rows × N] intermediates. */
const CHUNK_ROWS = 256;
export function defineRouter<P extends Readonly<Record<string, unknown>>>(spec: RouterSpec<P>): Router {
  return {
    name: spec.name,
    needs: { gradient: false, users: false, ...spec.needs },
    params: spec.params,
    space: { ...spec.space } as SearchSpace,
    checkParams: async (params) => void parseParams(spec.name, await spec.params(), params),
    async fit(table, rawParams, context) {
      const params = parseParams(spec.name, await spec.params(), rawParams);
      checkTable(table);
      throwIfAborted(context.signal);
      const state = await spec.fit(table, params, context);
      return fittedRouter(spec, { models: table.models, featureDim: table.features.cols, params, state });
    },
    restore(restored) {
      // Parsed when the router was fitted, and guarded by the artifact's checksum since.
      const router = fittedRouter(spec, { ...restored, params: restored.params as P });
      router.graph(); // refuses a state that does not fit together, before anybody asks for a score
      return router;
    },
  };
}

function fittedRouter<P extends Readonly<Record<string, unknown>>>(
  spec: RouterSpec<P>,
  fitted: Fitted<P>,
): FittedRouter {
  let graph: ScoringGraph | undefined;
  const graphOnce = () => (graph ??= spec.graph(fitted));
  const cheaper = engineChooser(graphOnce);
  const evaluators = new Map<EvaluatorChoice, Promise<Evaluator>>();
  const evaluator = (choice: EvaluatorChoice) => {
    const opened = evaluators.get(choice) ?? openEvaluator(graphOnce(), choice);
    evaluators.set(choice, opened);
    return opened;
  };
  const scoreByGraph = async (batch: ScoringBatch, engine: EvaluatorChoice): Promise<Matrix> => {
    const run = await evaluator(engine === 'auto' ? cheaper(batch.features.rows) : engine);
    const scores = matrix(batch.features.rows, fitted.models.length);
    for (let start = 0; start < scores.rows; start += CHUNK_ROWS) {
      const end = Math.min(start + CHUNK_ROWS, scores.rows);
      const features = batch.features.data.subarray(start * fitted.featureDim, end * fitted.featureDim);
      const out = await run.run({ features: { shape: [end - start, fitted.featureDim], data: features } });
      scores.data.set(out.data, start * scores.cols);
    }
    return scores;
  };
  const other = spec.score?.(fitted);
  const explain = spec.explain?.bind(spec);
  const addModel = spec.addModel?.bind(spec);
  return {
    name: spec.name,
    models: fitted.models,
    featureDim: fitted.featureDim,
    scale: spec.scale(fitted.params),
    params: { ...fitted.params },
    graph: graphOnce,
    state: () => fitted.state,
    async score(batch, engine = 'auto') {
      checkFeatures(batch.features, fitted.featureDim);
      return other && engine === 'auto' ? other(batch) : scoreByGraph(batch, engine);
    },
    ...(addModel && {
      withModel: (newcomer: Newcomer) => {
        checkFeatures(newcomer.features, fitted.featureDim);
        const models = [...fitted.models, newcomer.model];
        return fittedRouter(spec, { ...fitted, models, state: addModel(fitted, newcomer) });
      },
    }),
    ...(explain && {
      explain: async (features: Matrix) => {
        checkFeatures(features, fitted.featureDim);
        return explain(fitted, features);
      },
    }),
  };
}
