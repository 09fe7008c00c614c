// How long one decision takes on this machine: embedding and scoring of single queries, the first one apart.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { latencyRow } from '../../evaluation/latency.js';
import type { DecisionOverhead } from '../../evaluation/setup.js';
import { featuresOf } from '../../features/feature-space.js';
import type { PipelineContext } from '../context.js';
import { objectiveAsker } from '../people/objective-asker.js';
import { openRouter } from '../trained/trained-router.js';
import type { Judged } from './judged.js';

const QUERIES = 100;

/** Past the cache. null without a row, or where the encoder is a server, which may cost money. */
export async function decisionOverhead(
  { trained, data, objective }: Judged,
  rows: Int32Array,
  { signal }: PipelineContext,
): Promise<DecisionOverhead | null> {
  const { artifact, encoder, space } = trained;
  const shown = rows.slice(0, QUERIES + 1);
  if (shown.length < 2 || asksServer(trained)) return null;
  const started = performance.now();
  const router = await openRouter(trained, artifact.manifest.bestRouter);
  const times = { embed: [] as number[], score: [] as number[] };
  for (const row of shown) {
    const { query, category, taskName } = data.table.queries[row]!;
    const begun = performance.now();
    const { vectors } = await encoder.embed([query], signal);
    const embedded = performance.now();
    const features = featuresOf(space, vectors, [category]);
    await router.score({ features, askers: objectiveAsker(objective, 1), taskNames: [taskName] });
    times.embed.push(embedded - begun);
    times.score.push(performance.now() - embedded);
    if (times.embed.length === 1) times.embed[0] = begun - started + times.embed[0]!;
  }
  const total = times.embed.map((value, i) => value + times.score[i]!);
  const percentiles = (values: readonly number[]) => {
    const { p50, p95, p99 } = latencyRow('', Float64Array.from(values.slice(1)));
    return { p50, p95, p99 };
  };
  return {
    queries: shown.length - 1,
    cold: total[0]!,
    embed: percentiles(times.embed),
    score: percentiles(times.score),
    total: percentiles(total),
    bytes: bytesOf(artifact.path, Object.keys(artifact.manifest.files)),
  };
}

function asksServer({ artifact, encoder }: Judged['trained']): boolean {
  const { parts = [] } = artifact.manifest.embedder;
  return encoder.request?.url !== undefined || parts.some(({ request }) => request?.url !== undefined);
}

function bytesOf(directory: string, files: readonly string[]): number {
  return ['manifest.json', ...files].reduce((sum, file) => sum + statSync(join(directory, file)).size, 0);
}
