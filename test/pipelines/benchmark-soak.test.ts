// Many calls at once against a server of which every fifth answer is a fault: each cell ends as the script says, none is lost,
// none asked twice, and memory stays flat. 600 calls here; VSR_SOAK=20000 for the whole.
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { readOutcomes } from '../../src/data/read-outcomes.js';
import { benchmark } from '../../src/pipelines/benchmark.js';
import { faultServer } from '../providers/fault-server/fault-server.js';
import { fateOf, jumpingClock, SOAK_RETRIES, soakScript } from '../providers/fault-server/soak-script.js';
import { temporaryFolder } from '../temporary-folder.js';

const CALLS = Number(process.env.VSR_SOAK ?? 600);
const MODELS = ['a', 'b'];
const folder = temporaryFolder();
const numberOf = (prompt: string) => Number(/Number (\d+)/.exec(prompt)![1]);
const server = await faultServer(
  soakScript(numberOf, () => '#### 7'),
  { remember: false },
);
afterAll(() => server.close());

test(
  'every cell ends as the script says, nothing is lost or asked twice, and memory stays flat',
  async () => {
    const path = mkdtempSync(join(folder.path, 'soak-'));
    const count = CALLS / MODELS.length;
    const rows = Array.from({ length: count }, (_, i) => ({
      id: `q${i}`,
      query: `Number ${i}?`,
      metric: 'numeric',
      ground_truth: '7',
    }));
    const dataFile = folder.write('queries.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const endpoint = { name: 'faulty', type: 'openai-compatible', baseUrl: server.url, concurrency: 64 };
    const config = configSchema.parse({
      vllmEndpoints: [{ ...endpoint, maxRetries: SOAK_RETRIES }],
      modelConfig: Object.fromEntries(MODELS.map((alias, i) => [alias, { stream: i === 0 }])),
      benchmark: { dataFile, output: join(path, 'outcomes.jsonl'), maxMissing: 1 },
    });
    const heaps: number[] = [];
    const onProgress = ({ done }: { readonly done: number }) => {
      if (done % Math.ceil(CALLS / 20) === 0) heaps.push(process.memoryUsage().heapUsed / 2 ** 20);
    };
    const result = await benchmark(config, { onProgress }, jumpingClock());
    expect(result.calls).toBe(CALLS);
    const { rows: found } = await readOutcomes(join(path, 'outcomes.jsonl'));
    const cells = found.map(({ query, outcomes }) => [
      query.id,
      ...MODELS.map((m) => [outcomes[m]!.status, outcomes[m]!.quality]),
    ]);
    expect(cells).toEqual(rows.map(({ id }, i) => [id, ...MODELS.map(() => [fateOf(i).ends, fateOf(i).quality])]));
    const asked = [...server.counts].map(([key, times]) => `${key[0]} ${numberOf(key)} ${times}`).sort();
    expect(asked).toEqual(rows.flatMap((_, i) => MODELS.map((model) => `${model} ${i} ${fateOf(i).requests}`)).sort());
    const keys = readFileSync(join(path, 'outcomes.jsonl.journal'), 'utf8').trimEnd().split('\n');
    expect([keys.length, new Set(keys.map((line) => JSON.parse(line).key)).size]).toEqual([CALLS, CALLS]);
    // Cells and keys stay, half a kilobyte a call; whatever else a call held must be gone.
    expect(Math.min(...heaps.slice(-5)) - Math.min(...heaps.slice(0, 5))).toBeLessThan(64 + (CALLS * 2) / 1024);
  },
  process.env.VSR_SOAK ? 120_000 : undefined,
);
