// infer: one query or a stream of them → the model each should go to. No model is called.
import type { Readable } from 'node:stream';
import type { VsrConfig } from '../config/schema.js';
import type { Query } from '../data/query.js';
import { queryFromRow } from '../data/query-row.js';
import { streamQueries } from '../data/read-queries.js';
import { throwIfAborted, VsrError } from '../errors/vsr-error.js';
import { rowOf } from '../math/matrix.js';
import { type Decision, decide } from '../routers/decide.js';
import type { PipelineContext } from './context.js';
import { type Explained, explainer } from './infer/explain.js';
import { userPolicies } from './infer/user-policy.js';
import { FROM_EXAMPLE_NOTICE } from './sources.js';
import { readStoredUsers } from './trained/companion-files.js';
import { openRouter, openTrained } from './trained/trained-router.js';

/** One routed query. */
export interface RoutedQuery {
  readonly query: Query;
  readonly userId: string | null;
  readonly router: string;
  readonly decision: Omit<Decision, 'reason'> & { readonly reason: Decision['reason'] | 'global_prior' };
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
  const trained = await openTrained(options.artifacts);
  const { manifest } = trained.artifact;
  if (manifest.data.example) context.onNotice?.(FROM_EXAMPLE_NOTICE);
  const name = options.router ?? manifest.bestRouter;
  const router = await openRouter(trained, name);
  const policyOf = userPolicies(manifest, readStoredUsers(trained.artifact), router.scale, options);
  const explain = options.explain ? explainer(trained, router) : undefined;
  const warned = new Set<string>();
  for await (const block of blocks(queriesOf(config, stdin))) {
    throwIfAborted(context.signal);
    const started = performance.now();
    const { vectors } = await trained.encoder.embed(
      block.map((query) => query.query),
      context.signal,
    );
    const embedded = performance.now();
    const scores = await router.score({ features: vectors });
    const scored = performance.now();
    const timing = { embed: (embedded - started) / block.length, score: (scored - embedded) / block.length };
    for (const [i, query] of block.entries()) {
      const userId = options.userId ?? query.userId;
      const { policy, unknownUser } = policyOf(userId);
      if (unknownUser && !warned.has(userId!)) {
        warned.add(userId!);
        context.onNotice?.(`User ${userId} is new: no preference is known, the weights of the artifact decide.`);
      }
      const decision = decide(rowOf(scores, i), { inputTokens: estimateTokens(query.query) }, policy);
      yield {
        query,
        userId,
        router: name,
        decision:
          unknownUser && decision.reason === 'highest_utility' ? { ...decision, reason: 'global_prior' } : decision,
        ...(explain && { explained: await explain(vectors, i) }),
        timing,
        artifact: `sha256:${manifest.data.sha256}`,
      };
    }
  }
}

async function* queriesOf({ infer: { query, input } }: VsrConfig, stdin: Readable | undefined): AsyncGenerator<Query> {
  if (query !== undefined) {
    yield queryFromRow({ query }, '--query');
    return;
  }
  const source = input === '-' && stdin ? { source: stdin, name: 'stdin' } : { source: input! };
  for await (const line of streamQueries(source)) yield line.query;
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

/** Four characters a token, as benchmark estimates where a server does not count. */
function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
