// Many calls at once against a server that fails every fifth time: each ends in the status the script dictates, none is lost,
// none asked twice too often. 300 calls here; VSR_SOAK=20000 for the whole.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, test } from 'vitest';
import { createOpenAiProvider } from '../../src/providers/openai/openai-provider.js';
import { ProviderFailure } from '../../src/providers/provider.js';
import { faultServer } from './fault-server/fault-server.js';
import { fateOf, jumpingClock, SOAK_RETRIES, soakScript } from './fault-server/soak-script.js';

const CALLS = Number(process.env.VSR_SOAK ?? 300);
const CONCURRENCY = 64;
/** What is left of one call after it: far less than what it sent and got. */
const BYTES_A_CALL = 2000;
const SOME_BYTES = 24e6;

const server = await faultServer(
  soakScript(Number, (i) => `answer ${i}`),
  { remember: false },
);
afterAll(() => server.close());

test(`${CALLS} calls, a fifth of them with faults`, { timeout: CALLS > 1000 ? 120_000 : 30_000 }, async () => {
  const provider = await createOpenAiProvider(
    { name: 'e', type: 'openai-compatible', baseUrl: server.url, concurrency: CONCURRENCY, maxRetries: SOAK_RETRIES },
    { m: {} },
    { environment: {}, uniform: () => 0.5, ...jumpingClock() },
  );
  const found: string[] = [];
  const ask = async (i: number) => {
    const request = {
      queryId: `${i}`,
      alias: 'm',
      model: 'm',
      prompt: `${i}`,
      images: [],
      maxTokens: 8,
      temperature: 0,
    };
    try {
      const { text, finishReason, attempts } = await provider.complete({ ...request, stream: i % 2 === 0 });
      const ends = text === `answer ${i}` ? 'ok' : text === '' ? 'empty' : finishReason;
      found[i] = `${ends === 'length' ? 'truncated' : ends} ${attempts}`;
    } catch (error) {
      if (!(error instanceof ProviderFailure)) throw error;
      found[i] = `${error.status} ${error.attempts}`;
    }
  };
  let next = 0;
  const worker = async (until: number) => {
    while (next < until) await ask(next++);
  };
  const workers = (until: number) => Promise.all(Array.from({ length: CONCURRENCY }, () => worker(until)));
  await workers(CALLS / 5);
  const before = heapUsed();
  await workers(CALLS);
  const grown = heapUsed() - before;

  const numbers = Array.from({ length: CALLS }, (_, i) => i);
  expect(found).toEqual(numbers.map((i) => `${fateOf(i).ends} ${fateOf(i).requests}`));
  const asked = new Map(numbers.map((i) => [`m\n${i}`, fateOf(i).requests]));
  expect([...server.counts].filter(([key, count]) => asked.get(key) !== count)).toEqual([]);
  expect(server.counts.size).toBe(CALLS);
  expect(server.mostOpen).toBeLessThanOrEqual(2 * CONCURRENCY);
  expect(grown).toBeLessThan(SOME_BYTES + CALLS * BYTES_A_CALL);
});

/** After everything that can be collected is. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
