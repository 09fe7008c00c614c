// Models that are only pretended, behind the same door as real ones, so that a gateway can be tried out without a server or a key.
import { randomUUID } from 'node:crypto';
import type { VsrConfig } from '../config/schema.js';
import { seededRandom } from '../math/random.js';
import type { EndpointSettings } from '../providers/endpoint.js';
import { type Forwarder, handedOn } from '../providers/forwarder.js';
import { isObject, parsed } from '../providers/json.js';
import { createSimulatedProvider } from '../providers/simulated/simulated-provider.js';
import { ApiError } from './api-error.js';

export function isSimulated({ type }: EndpointSettings): boolean {
  return type === 'simulated';
}

/** Answers chat completions as `model_config.*.simulated` says; every question counts as one of no category. */
export function openSimulator(config: VsrConfig): Forwarder {
  const settings = Object.entries(config.modelConfig).flatMap(([alias, { simulated }]) =>
    simulated ? [[alias, simulated] as const] : [],
  );
  const provider = createSimulatedProvider(new Map(settings), {
    lookup: (query) => ({ metric: null, groundTruth: null, choices: null, category: null, query }),
    recorded: () => null,
    replayed: () => undefined,
    random: (name) => seededRandom(config.seed).fork(name),
  });
  return {
    redact: (text) => text,
    async send({ path, alias, body, signal }) {
      if (path !== 'chat/completions')
        throw new ApiError(400, `${alias} is simulated and answers chat completions alone.`);
      const json = parsed(body);
      const messages = isObject(json) && Array.isArray(json.messages) ? json.messages : [];
      const prompt = JSON.stringify(messages.at(-1)?.content ?? '');
      const request = {
        queryId: prompt,
        alias,
        model: alias,
        prompt,
        images: [],
        maxTokens: 1024,
        temperature: 0,
        signal,
      };
      const { text, inputTokens, outputTokens } = await provider.complete(request);
      const usage = { prompt_tokens: inputTokens, completion_tokens: outputTokens };
      const head = { id: `sim-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: alias };
      if (!isObject(json) || json.stream !== true) {
        const choice = { index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' };
        return reply(
          'application/json',
          JSON.stringify({ ...head, object: 'chat.completion', choices: [choice], usage }),
        );
      }
      const chunk = (delta: object, finish: string | null) => ({
        ...head,
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta, finish_reason: finish }],
        ...(finish && { usage }),
      });
      const events = [chunk({ role: 'assistant', content: text }, null), chunk({}, 'stop')];
      return reply(
        'text/event-stream',
        `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`,
      );
    },
  };
}

function reply(type: string, text: string) {
  return handedOn(new Response(text, { headers: { 'content-type': type } }));
}
