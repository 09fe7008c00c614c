// Many calls at once against a server of which every fifth answer is a fault: each cell ends as the script says, none is lost,
// none asked twice, and memory stays flat. 600 calls here; VSR_SOAK=20000 for the whole.
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { readOutcomes } from '../../src/data/read-outcomes.js';
import { benchmark } from '../../src/pipelines/benchmark.js';
import { temporaryFolder } from '../temporary-folder.js';

const CALLS = Number(process.env.VSR_SOAK ?? 600);
const MODELS = ['a', 'b'];
const folder = temporaryFolder();
const seen = new Map<string, number>();

type Fate = readonly [
  status: string,
  quality: number | null,
  requests: number,
  answer: (response: ServerResponse, time: number) => void,
];
const json = (response: ServerResponse, status: number, body: unknown, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};
const error = (message: string, code?: string) => ({ error: { message, code } });
const reply = (content: string | null, finish_reason = 'stop') => ({
  choices: [{ message: { role: 'assistant', content }, finish_reason }],
  usage: { prompt_tokens: 5, completion_tokens: 5 },
});
const right = (response: ServerResponse) => json(response, 200, reply('#### 7'));
/** A fault at first, then the right answer. */
const once = (fault: (response: ServerResponse) => void): Fate => [
  'ok',
  1,
  2,
  (r, time) => (time === 1 ? fault(r) : right(r)),
];

/** Every fifth call meets one of these, with `maxRetries: 1`. */
const FAULTS: readonly Fate[] = [
  once((r) => json(r, 429, error('slow down'), { 'retry-after-ms': '1' })),
  once((r) => json(r, 500, error('oops'))),
  once((r) => json(r, 529, error('overloaded'))),
  once((r) => json(r, 408, error('late'))),
  once((r) => json(r, 200, '{"choices":[{"mess')),
  once((r) => json(r, 200, error('upstream'))),
  ['server_error', null, 2, (r) => json(r, 503, error('no'))],
  ['rate_limited', null, 2, (r) => json(r, 429, error('no'))],
  ['too_long', 0, 1, (r) => json(r, 400, error('maximum context length is 10', 'context_length_exceeded'))],
  ['filtered', 0, 1, (r) => json(r, 400, error('blocked', 'content_filter'))],
  ['empty', 0, 2, (r) => json(r, 200, reply(''))],
  ['truncated', 0, 1, (r) => json(r, 200, reply('so we', 'length'))],
];
const USUAL: Fate = ['ok', 1, 1, right];
const fateOf = (i: number): Fate => (i % 5 === 0 ? FAULTS[(i / 5) % FAULTS.length]! : USUAL);

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { model, messages } = JSON.parse(Buffer.concat(chunks).toString());
    const i = Number(/Number (\d+)/.exec(messages.at(-1).content)![1]);
    const time = (seen.get(`${model} ${i}`) ?? 0) + 1;
    seen.set(`${model} ${i}`, time);
    fateOf(i)[3](response, time);
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

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
    const { port } = server.address() as AddressInfo;
    const config = configSchema.parse({
      vllmEndpoints: [
        {
          name: 'faulty',
          type: 'openai-compatible',
          baseUrl: `http://127.0.0.1:${port}/v1`,
          concurrency: 64,
          maxRetries: 1,
        },
      ],
      modelConfig: Object.fromEntries(MODELS.map((alias) => [alias, {}])),
      benchmark: { dataFile, output: join(path, 'outcomes.jsonl'), maxMissing: 1 },
    });
    const heaps: number[] = [];
    const result = await benchmark(
      config,
      {
        onProgress: ({ done }) => {
          if (done % Math.ceil(CALLS / 20) === 0) heaps.push(process.memoryUsage().heapUsed / 2 ** 20);
        },
      },
      { wait: async () => {} },
    );
    expect(result.calls).toBe(CALLS);
    const { rows: found } = await readOutcomes(join(path, 'outcomes.jsonl'));
    const cells = found.map(({ query, outcomes }) => [
      query.id,
      ...MODELS.map((m) => [outcomes[m]!.status, outcomes[m]!.quality]),
    ]);
    expect(cells).toEqual(
      rows.map(({ id }, i) => {
        const [status, quality] = fateOf(i);
        return [id, ...MODELS.map(() => [status, quality])];
      }),
    );
    const asked = rows.flatMap((_, i) => MODELS.map((model) => [model, i, seen.get(`${model} ${i}`)]));
    expect(asked).toEqual(rows.flatMap((_, i) => MODELS.map((model) => [model, i, fateOf(i)[2]])));
    const keys = readFileSync(join(path, 'outcomes.jsonl.journal'), 'utf8').trimEnd().split('\n');
    expect([keys.length, new Set(keys.map((line) => JSON.parse(line).key)).size]).toEqual([CALLS, CALLS]);
    // Cells and keys stay, half a kilobyte a call; whatever else a call held must be gone.
    expect(Math.min(...heaps.slice(-5)) - Math.min(...heaps.slice(0, 5))).toBeLessThan(64 + (CALLS * 2) / 1024);
  },
  process.env.VSR_SOAK ? 120_000 : undefined,
);
