// Turns a router's few own functions into the full contract: params parsed once, tables checked, scores from the graph.
import { throwIfAborted, VsrError } from '../errors/vsr-error.js';
import type { Evaluator } from '../inference/evaluator.js';
import { type EvaluatorChoice, openEvaluator } from '../inference/registry.js';
import type { ScoringGraph } from '../inference/scoring-graph.js';
import { type Matrix, matrix } from '../math/matrix.js';
import { askersCheck } from './check-interactions.js';
import { checkFeatures, checkTable } from './check-table.js';
import { engineChooser } from './engine-chooser.js';
import type { Newcomer } from './newcomer.js';
import type { Person } from './people.js';
import type {
  Explanation,
  FitContext,
  FittedRouter,
  GraphInputs,
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
  /** See `Router`; default false. */
  readonly decidesByThresholds?: boolean;
  /** Outcomes that a newcomer must bring to join at all; default 1. */
  readonly fewestOutcomes?: number;
  /** See `Router`; default 0. */
  readonly trustsNewcomersFrom?: number;
  /** From the router's own params.ts, imported when asked for: scoring a query never pays for zod. */
  params(): Promise<ParamsSchema<P>>;
  /** What --tune draws from; names of parameters. */
  readonly space?: SpaceOf<P>;
  scale(params: P): Scale;
  /** Learns; the table has been checked. */
  fit(table: TrainingTable, params: P, context: FitContext): Promise<RouterState>;
  /**
   * The scoring graph: input `features` [batch × D], and those of `inputs` → `scores` [batch × M].
   * Throws `VSR_ARTIFACT` if the state does not fit together.
   */
  graph(fitted: Fitted<P>): ScoringGraph;
  /**
   * What the graph is given besides the features, by the names of its inputs: [Q × …] float32, one row a query. Called once a
   * fitted router, so that the function returned can remember what it worked out of a person. `engine` is what was asked for,
   * for graphs of its own.
   */
  inputs?(fitted: Fitted<P>): (batch: ScoringBatch, engine: EvaluatorChoice) => GraphInputs | Promise<GraphInputs>;
  /**
   * The state with one more model, last; what the others score stays the same. Absent: the router must be fitted anew.
   * Throws `VSR_TRAINING_DATA` where these outcomes do not say enough.
   */
  addModel?(fitted: Fitted<P>, newcomer: Newcomer): RouterState;
  /** Another way to the same scores, where the params ask for one (implementation: ml-knn); undefined = the graph. */
  score?(fitted: Fitted<P>): ((batch: ScoringBatch) => Promise<Matrix>) | undefined;
  explain?(fitted: Fitted<P>, features: Matrix, asker?: Person): Promise<Explanation>;
}

/** Rows scored in one run of the graph: bounds the memory of [rows × N] intermediates. */
const CHUNK_ROWS = 256;

/**
 * A router from its few own functions. `fit` throws `VSR_ROUTER_PARAMS` for parameters, `VSR_TRAINING_DATA` for tables that cannot be
 * learned from; what was fitted throws `VSR_FEATURES` for features of another width or without a number in them.
 */
export function defineRouter<P extends Readonly<Record<string, unknown>>>(spec: RouterSpec<P>): Router {
  const needs = { gradient: false, users: false, ...spec.needs };
  return {
    name: spec.name,
    needs,
    params: spec.params,
    trustsNewcomersFrom: spec.trustsNewcomersFrom ?? 0,
    decidesByThresholds: spec.decidesByThresholds ?? false,
    space: { ...spec.space } as SearchSpace,
    checkParams: async (params) => void parseParams(spec.name, await spec.params(), params),
    async fit(table, rawParams, context) {
      const params = parseParams(spec.name, await spec.params(), rawParams);
      checkTable(table, spec.name, needs);
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
  let moreInputs: ReturnType<NonNullable<typeof spec.inputs>> | undefined;
  const inputsOf = async (batch: ScoringBatch, engine: EvaluatorChoice): Promise<GraphInputs> => {
    moreInputs ??= spec.inputs?.(fitted);
    return { features: batchFeatures(batch), ...(await moreInputs?.(batch, engine)) };
  };
  const checkAskers = askersCheck(fitted.models.length, fitted.featureDim);
  const scoreByGraph = async (batch: ScoringBatch, engine: EvaluatorChoice): Promise<Matrix> => {
    const run = await evaluator(engine === 'auto' ? cheaper(batch.features.rows) : engine);
    const scores = matrix(batch.features.rows, fitted.models.length);
    const inputs = await inputsOf(batch, engine);
    for (let start = 0; start < scores.rows; start += CHUNK_ROWS) {
      const end = Math.min(start + CHUNK_ROWS, scores.rows);
      const out = await run.run(rowsOf(inputs, start, end));
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
    inputs: async (batch) => {
      checkFeatures(batch.features, fitted.featureDim);
      checkAskers(batch);
      return inputsOf(batch, 'auto');
    },
    state: () => fitted.state,
    async score(batch, engine = 'auto') {
      checkFeatures(batch.features, fitted.featureDim);
      checkAskers(batch);
      return other && engine === 'auto' ? other(batch) : scoreByGraph(batch, engine);
    },
    ...(addModel && {
      withModel: (newcomer: Newcomer) => {
        checkFeatures(newcomer.features, fitted.featureDim);
        if (newcomer.quality.length < (spec.fewestOutcomes ?? 1)) {
          throw new VsrError('VSR_TRAINING_DATA', `a model joins by its outcomes, and ${newcomer.model} has none.`);
        }
        const models = [...fitted.models, newcomer.model];
        return fittedRouter(spec, { ...fitted, models, state: addModel(fitted, newcomer) });
      },
    }),
    ...(explain && {
      explain: async (features: Matrix, asker?: Person) => {
        checkFeatures(features, fitted.featureDim);
        if (asker) checkAskers({ features, askers: { people: [asker], asker: new Int32Array(features.rows) } });
        return explain(fitted, features, asker);
      },
    }),
  };
}

function batchFeatures({ features }: ScoringBatch): GraphInputs[string] {
  return { shape: [features.rows, features.cols], data: features.data };
}

/** Rows start … end − 1 of every input. */
function rowsOf(inputs: GraphInputs, start: number, end: number): GraphInputs {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, data }]) => {
      const width = shape.slice(1).reduce((product, size) => product * size, 1);
      return [name, { shape: [end - start, ...shape.slice(1)], data: data.subarray(start * width, end * width) }];
    }),
  );
}
