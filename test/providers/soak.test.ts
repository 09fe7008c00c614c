// Many calls at once against a server that fails every fifth time: each ends in the status the script dictates, none is lost,
// none asked twice too often. VSR_SOAK_CALLS sets how many; 20000 is the full soak.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, test } from 'vitest';
import { createOpenAiProvider } from '../../src/providers/openai/openai-provider.js';
import { ProviderFailure } from '../../src/providers/provider.js';
import { answer } from './fault-server/answers.js';
import { type Behaviour, faultServer, type Script } from './fault-server/fault-server.js';
import { cutInTheMiddle, errorMidway, hangUp, status, truncatedJson, unfinishedStream } from './fault-server/faults.js';

const CALLS = Number(process.env.VSR_SOAK_CALLS ?? 300);
const CONCURRENCY = 64;
/** What is left of one call after it: far less than what it sent and got. */
const BYTES_A_CALL = 2000;
const SOME_BYTES = 24e6;

/** By the last digit of a prompt: what its first attempts meet, then an answer; and what the call must end in. */
const FAULTS: readonly { readonly first: readonly Behaviour[]; readonly forever?: Behaviour; readonly ends: string }[] =
  [
    { first: [status(429, { 'retry-after-ms': '1' })], ends: 'ok' },
    { first: [status(503), hangUp], ends: 'ok' },
    { first: [cutInTheMiddle], ends: 'ok' },
    { first: [truncatedJson, errorMidway(), unfinishedStream], ends: 'ok' },
    { first: [], forever: status(500), ends: 'server_error' },
    { first: [], forever: hangUp, ends: 'network' },
    { first: [], forever: status(400), ends: 'bad_request' },
    { first: [], forever: status(400, {}, { error: { message: 'x', code: 'content_filter' } }), ends: 'filtered' },
    { first: [], forever: status(429), ends: 'rate_limited' },
    { first: [status(529)], ends: 'ok' },
  ];
const LIMITED = new Set([FAULTS[0], FAULTS[8]]);
const MAX_RETRIES = 4;

/** Every fifth prompt is a bad one. 429s come in the first tenth alone: each halves the slots, and the rest is to run on many. */
const faultOf = (i: number) => {
  const fault = i % 5 === 0 ? FAULTS[(i / 5) % FAULTS.length] : undefined;
  return fault && LIMITED.has(fault) && i > CALLS / 10 ? FAULTS.at(-1) : fault;
};
const script: Script = ({ prompt, nth }) => {
  const i = Number(prompt);
  const fault = faultOf(i);
  return fault?.forever ?? fault?.first[nth - 1] ?? answer(`answer ${i}`);
};
const attemptsOf = (i: number) => {
  const fault = faultOf(i);
  if (!fault) return 1;
  if (!fault.forever) return fault.first.length + 1;
  return fault.ends === 'bad_request' || fault.ends === 'filtered' ? 1 : 1 + MAX_RETRIES;
};

const server = await faultServer(script, { remember: false });
afterAll(() => server.close());

test(`${CALLS} calls, a fifth of them with faults`, { timeout: CALLS > 1000 ? 120_000 : 30_000 }, async () => {
  const provider = await createOpenAiProvider(
    { name: 'e', type: 'openai-compatible', baseUrl: server.url, concurrency: CONCURRENCY, maxRetries: MAX_RETRIES },
    { m: {} },
    { environment: {}, uniform: () => 0.5, wait: async () => {} },
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
      const { text, attempts } = await provider.complete({ ...request, stream: i % 2 === 0 });
      found[i] = `${text === `answer ${i}` ? 'ok' : text} ${attempts}`;
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

  expect(found).toEqual(Array.from({ length: CALLS }, (_, i) => `${faultOf(i)?.ends ?? 'ok'} ${attemptsOf(i)}`));
  const asked = new Map(Array.from({ length: CALLS }, (_, i) => [`m\n${i}`, attemptsOf(i)]));
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
