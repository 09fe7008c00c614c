// A small separable project: two kinds of questions, three models, each good at something else.
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.js';
import type { VsrConfig } from '../../src/config/schema.js';
import { seededRandom } from '../../src/math/random.js';
import type { PipelineContext } from '../../src/pipelines/context.js';

const KINDS = {
  math: ['derivative', 'integral', 'equation', 'triangle', 'fraction', 'polynomial', 'matrix', 'prime'],
  cooking: ['onion', 'butter', 'recipe', 'oven', 'flour', 'sauce', 'garlic', 'dough'],
} as const;

export interface ToyRow {
  readonly query: string;
  readonly task_name: string;
  readonly outcomes: Readonly<Record<string, unknown>>;
}

/** `mathematician` is right about math, `cook` about cooking, `generalist` half of the time; all cost the same. */
export function toyOutcomes(count: number, seed = 1): ToyRow[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const kind = i % 2 === 0 ? 'math' : 'cooking';
    const words = Array.from({ length: 5 }, () => KINDS[kind][random.int(8)]);
    const cell = (quality: number) => ({ quality, status: 'ok', inputTokens: 10, outputTokens: 20, cost: 3e-5 });
    return {
      query: `${words.join(' ')} ${i}`,
      task_name: kind,
      outcomes: {
        mathematician: cell(kind === 'math' ? 1 : 0),
        cook: cell(kind === 'cooking' ? 1 : 0),
        generalist: cell(random.int(2)),
      },
    };
  });
}

export function jsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** A configuration that works on files of `folder` alone. */
export async function configIn(folder: string, settings: Record<string, unknown> = {}): Promise<VsrConfig> {
  const { config } = await loadConfig({
    sets: Object.entries({
      'data.outcomes': join(folder, 'outcomes.jsonl'),
      'train.output_dir': join(folder, 'artifacts'),
      'infer.artifacts': join(folder, 'artifacts'),
      'analyze.artifacts': join(folder, 'artifacts'),
      'analyze.bootstrap': 500,
      'train.router': ['knn', 'kmeans'],
      'routers.kmeans': { clusters: 4 },
      'embedding.cache_dir': join(folder, 'cache'),
      ...settings,
    })
      .filter(([, value]) => value !== undefined)
      .map(([path, value]) => `${path}=${JSON.stringify(value)}`),
    cwd: folder,
    environment: {},
  });
  return config;
}

/** A context that keeps what it is told. */
export function listening(): PipelineContext & { readonly notices: string[]; readonly warnings: string[] } {
  const notices: string[] = [];
  const warnings: string[] = [];
  return { notices, warnings, onNotice: (s) => void notices.push(s), onWarning: (s) => void warnings.push(s) };
}
