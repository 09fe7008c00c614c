// infer: one query or a stream of them → the model each should go to. No model is called.
import type { Readable } from 'node:stream';
import { openArtifactDirectory } from '../artifacts/artifact-directory.js';
import type { Manifest } from '../artifacts/manifest.js';
import type { VsrConfig } from '../config/schema.js';
import { normaliseCategory } from '../data/category.js';
import type { Query } from '../data/query.js';
import { queryFromRow } from '../data/query-row.js';
import { streamQueries } from '../data/read-queries.js';
import { throwIfAborted, VsrError } from '../errors/vsr-error.js';
import { rowOf } from '../math/matrix.js';
import { type Decision, decide, decideWithoutScores } from '../routers/decide.js';
import { loadRouter } from '../routers/registry.js';
import type { Scale } from '../routers/router.js';
import type { PipelineContext } from './context.js';
import { checkDefaultModel } from './infer/default-model.js';
import { type Explained, explainer } from './infer/explain.js';
import { queryFacts } from './infer/query-facts.js';
import { scoreBlock, unavailable } from './infer/score-block.js';
import { userPolicies } from './infer/user-policy.js';
import { encoderFailed } from './infer/without-embedding.js';
import { askerLookup, askersOf } from './people/askers.js';
import { openPersonStore } from './people/person-store.js';
import { FROM_EXAMPLE_NOTICE } from './sources.js';
import { readStoredUsers } from './trained/companion-files.js';
import { decisionBasis } from './trained/decision-basis.js';
import { openRouter, openTrained, type Trained } from './trained/trained-router.js';

/** One routed query. */
export interface RoutedQuery {
  readonly query: Query;
  readonly userId: string | null;
  readonly router: string;
  /** What the router's scores are: expected qualities, logits of which only differences count, or utilities of this person. */
  readonly scale: Scale;
  readonly decision: Omit<Decision, 'reason'> & {
    readonly reason: Decision['reason'] | 'global_prior';
  };
  /** The query has an image that the scores know nothing of. */
  readonly degraded?: 'image';
  readonly explained?: Explained;
  /** Milliseconds, per query of its block. */
  readonly timing: { readonly embed: number; readonly score: number };
  /** Fingerprint of the manifest's data, so that a decision names what it rests on. */
  readonly artifact: string;
}

/** Queries embedded and scored together: bounds the memory of a stream of any length. */
const BLOCK = 256;

/**
 * Decisions in the order of the queries, produced as they are asked for.
 * Throws `VSR_USAGE` without a query, `VSR_ARTIFACT`, `VSR_ROUTER_UNKNOWN`, `VSR_MODEL_UNKNOWN`, `VSR_DATA`.
 */
export async function* infer(
  config: VsrConfig,
  context: PipelineContext,
  stdin?: Readable,
): AsyncGenerator<RoutedQuery> {
  const { infer: options } = config;
  if ((options.query === undefined) === (options.input === undefined)) {
    throw new VsrError(
      'VSR_USAGE',
      `infer needs --query or --input, got ${options.query === undefined ? 'neither' : 'both'}.`,
      {
        hint: 'Example: vsr infer --query "What is the derivative of x^3?"',
      },
    );
  }
  if (options.image !== undefined && options.query === undefined) {
    throw new VsrError('VSR_USAGE', '--image belongs to --query: rows of a file bring their images themselves.', {
      hint: 'Write {"query": "…", "images": ["picture.png"]} into the file.',
    });
  }
  const trained = await openOrNot(options.artifacts, config, context);
  const { manifest } = trained.artifact;
  if (manifest.data.example) context.onNotice?.(FROM_EXAMPLE_NOTICE);
  const name = options.router ?? manifest.bestRouter;
  const router = await openRouter(trained, name);
  const people = openPersonStore(trained.artifact);
  if (options.history !== undefined) {
    const { addHistory } = await import('./people/add-history.js');
    await addHistory(people, options.history, trained, config, context);
  }
  const basis = decisionBasis(trained.artifact, name);
  const policyOf = userPolicies(manifest, readStoredUsers(trained.artifact), router.scale, options, basis);
  const askerOf = askerLookup(manifest, people, options);
  const explain = options.explain ? explainer(trained, router) : undefined;
  const { needs } = await loadRouter(name);
  const warned = new Set<string>();
  for await (const block of blocks(queriesOf(config, manifest.features.categories ?? [], context, stdin))) {
    throwIfAborted(context.signal);
    const asked = block.map((query) => askerOf(options.userId ?? query.userId));
    const askers = needs.users ? askersOf(asked) : undefined;
    const file = options.input === undefined ? '--image' : options.input === '-' ? 'stdin' : options.input;
    const scored =
      'encoder' in trained ? await scoreBlock(trained, router, block, { askers, file }, context) : undefined;
    for (const [i, query] of block.entries()) {
      const userId = options.userId ?? query.userId;
      const { policy } = policyOf(userId);
      const facts = queryFacts(query);
      if (scored?.seesImages) warnOfRareKind(manifest.data, facts.hasImage === true, warned, context);
      const asker = asked[i]!;
      const unknownUser = !asker.known;
      if (unknownUser && !warned.has(userId!)) {
        warned.add(userId!);
        context.onNotice?.(
          `User ${userId} is new: no preference is known, ${needs.users ? 'what holds for everybody decides' : 'the weights of the artifact decide'}.`,
        );
      }
      if (asker.simulated && !warned.has(userId!)) {
        warned.add(userId!);
        context.onNotice?.(`User ${userId} is simulated: nobody stated these preferences.`);
      }
      const decision = scored
        ? decide(rowOf(scored.scores, i), facts, {
            ...policy,
            calibrators: manifest.routers[name]?.calibration?.models,
          })
        : decideWithoutScores(facts, policy);
      checkDefaultModel(
        options.input === undefined ? '--query' : `${file}: query ${query.id}`,
        decision,
        facts,
        policy,
        context,
      );
      yield {
        query,
        userId,
        router: name,
        scale: router.scale,
        decision:
          unknownUser && decision.reason === 'highest_utility' ? { ...decision, reason: 'global_prior' } : decision,
        ...(explain && scored && { explained: await explain(scored.features, i, asker) }),
        ...(facts.hasImage && scored?.images?.present[i] !== 1 && { degraded: 'image' as const }),
        timing: scored?.timing ?? { embed: 0, score: 0 },
        artifact: `sha256:${manifest.data.sha256}`,
      };
    }
  }
}

/** Train rows of a kind, with an image or without, below which its scores are little more than a guess; said once each. */
const FEW_OF_A_KIND = 20;

function warnOfRareKind(
  { split, images = 0 }: Manifest['data'],
  hasImage: boolean,
  warned: Set<string>,
  context: PipelineContext,
): void {
  const [rows, kind] = hasImage ? [images, 'an image'] : [split.train - images, 'no image'];
  if (rows >= FEW_OF_A_KIND || warned.has(`\0${kind}`)) return;
  warned.add(`\0${kind}`);
  context.onWarning?.(
    `Only ${rows} of the ${split.train} train queries had ${kind}: what is said of such queries is a guess.`,
  );
}

/** Without its encoder where that cannot be opened: the default model still answers. */
async function openOrNot(
  directory: string,
  { embedding }: VsrConfig,
  context: PipelineContext,
): Promise<Trained | Pick<Trained, 'artifact'>> {
  try {
    return await openTrained(directory, embedding, context);
  } catch (error) {
    if (!encoderFailed(error)) throw error;
    context.onWarning?.(unavailable(error));
    return { artifact: openArtifactDirectory(directory) };
  }
}

/** --category, like --user-id, stands before what a row says. */
async function* queriesOf(
  { infer: { query, image, input, category: named } }: VsrConfig,
  categories: readonly string[],
  context: PipelineContext,
  stdin: Readable | undefined,
): AsyncGenerator<Query> {
  const reading = categories.length > 0 ? { categories } : {};
  let category: string | undefined;
  if (named !== undefined) {
    const { category: found, known } = normaliseCategory(named, categories.length > 0 ? categories : undefined);
    category = found;
    if (categories.length === 0) context.onNotice?.('This artifact has no categories: --category changes nothing.');
    else if (!known) {
      context.onWarning?.(`--category: "${named}" is not among ${categories.join(', ')}; it counts as other.`);
    }
  }
  const withCategory = (one: Query): Query => (category === undefined ? one : { ...one, category });
  if (query !== undefined) {
    yield withCategory(queryFromRow({ query, ...(image !== undefined && { images: [image] }) }, '--query'));
    return;
  }
  const source = input === '-' && stdin ? { source: stdin, name: 'stdin' } : { source: input! };
  for await (const line of streamQueries(source, reading)) yield withCategory(line.query);
}

async function* blocks(queries: AsyncIterable<Query>): AsyncGenerator<Query[]> {
  let block: Query[] = [];
  for await (const query of queries) {
    block.push(query);
    if (block.length < BLOCK) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}
