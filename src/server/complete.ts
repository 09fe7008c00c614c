// POST /v1/chat/completions, /v1/completions, /v1/embeddings: decides, asks, and hands the answer on while it comes.
import type { OutcomeCell } from '../data/outcome.js';
import { costOf } from '../pipelines/benchmark/price.js';
import { isObject, type Json } from '../providers/json.js';
import { type Answer, readCompletion } from '../providers/openai/reply.js';
import { createStreamReader } from '../providers/openai/stream-reader.js';
import { ApiError } from './api-error.js';
import { askModels, type Begun, NobodyAnswered } from './ask-models.js';
import { type Asked, withoutPolicy } from './asked.js';
import { type Choice, chooseModel, scoreOf } from './choose-model.js';
import { decisionHeaders } from './decision-headers.js';
import { failedCells, logCall, logFailure } from './log-call.js';
import type { GatewayParts } from './parts.js';
import { prefixedStream, prefixedText } from './prefix.js';
import { decisionJson } from './route-only.js';

export interface CompletionCall {
  readonly path: 'chat/completions' | 'completions' | 'embeddings';
  readonly body: Json;
  readonly asked: Asked;
  readonly userId: string | null;
  /** Name of the key; null where none is needed. */
  readonly keyName: string | null;
  /** The client has left. */
  readonly left: AbortSignal;
}

/** Throws `ApiError` until the first byte of an answer; afterwards errors are events of the stream. */
export async function complete(parts: GatewayParts, call: CompletionCall): Promise<Response> {
  const { config, metrics } = parts;
  const started = performance.now();
  const abort = new AbortController();
  const stop = () => abort.abort();
  const limit = setTimeout(stop, config.serve.timeoutS * 1000);
  const end = () => {
    clearTimeout(limit);
    call.left.removeEventListener('abort', stop);
  };
  if (call.left.aborted) stop();
  call.left.addEventListener('abort', stop, { once: true });
  let choice: Choice | undefined;
  try {
    choice = await chooseModel(parts, call.asked, call.userId, abort.signal);
    const { asked } = call;
    const begun = await askModels(parts, choice.models, {
      path: call.path,
      body: withoutPolicy(call.body),
      stream: asked.stream,
      signal: abort.signal,
    });
    metrics.time('first_byte', begun.firstByte);
    const { model } = begun;
    metrics.add('vsr_decisions_total', { model: model.alias, router: choice.router ?? 'none', reason: choice.reason });
    if (asked.policy.sessionId !== undefined && begun.status < 300)
      parts.state.keepSession(asked.policy.sessionId, model.alias);
    const headers = new Headers({
      'content-type': begun.headers.get('content-type') ?? 'application/json',
      ...upstreamHeaders(begun.headers),
      ...decisionHeaders(choice, begun),
    });
    const made = choice;
    let finished = false;
    const finish = (answer: Answer | null, id: string | undefined) => {
      if (finished) return;
      finished = true;
      end();
      note(parts, call, made, begun, answer, id, performance.now() - started);
    };
    if (begun.text !== null) {
      const { json } = begun;
      const id = isObject(json) && typeof json.id === 'string' ? json.id : undefined;
      finish(answerOf(json, asked), id);
      const text = config.serve.prefix && begun.status < 300 ? prefixedText(begun.text, model.alias) : begun.text;
      return new Response(text, { status: begun.status, headers });
    }
    headers.set('cache-control', 'no-cache');
    const body = handOn(begun, asked, finish, stop);
    return new Response(config.serve.prefix ? body.pipeThrough(prefixedStream(model.alias)) : body, {
      status: begun.status,
      headers,
    });
  } catch (error) {
    end();
    if (call.left.aborted) {
      if (choice) logFailure(parts, call, choice, 'canceled', 'client_left');
      throw new ApiError(499, 'The client has left.', { code: 'client_left' });
    }
    if (abort.signal.aborted) {
      if (choice) logFailure(parts, call, choice, 'timeout', 'timeout');
      throw new ApiError(504, `No answer within ${config.serve.timeoutS} s (serve.timeout_s).`, { code: 'timeout' });
    }
    if (choice && error instanceof NobodyAnswered) logFailure(parts, call, choice, error.failed, error.code!);
    throw error;
  }
}

/** The stream byte for byte; whoever stops reading ends the call to the model too. */
function handOn(
  begun: Begun,
  asked: Asked,
  finish: (answer: Answer | null, id: string | undefined) => void,
  stop: () => void,
): ReadableStream<Uint8Array> {
  const watch = createStreamReader(undefined);
  const decoder = new TextDecoder();
  let id: string | undefined;
  const see = (bytes: Uint8Array) => {
    const text = decoder.decode(bytes, { stream: true });
    id ??= /"id":\s*"([^"\\]{1,200})"/.exec(text)?.[1];
    watch.push(text);
  };
  const close = () => {
    const read = watch.isStream ? watch.read(asked.inputTokens * 4) : undefined;
    finish(read && 'answer' in read ? read.answer : null, id);
  };
  const rest = begun.rest!;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      see(begun.first!);
      controller.enqueue(begun.first!);
    },
    async pull(controller) {
      try {
        const { done, value } = await rest.next();
        if (!done) {
          see(value);
          controller.enqueue(value);
          return;
        }
        close();
        controller.close();
      } catch {
        finish(null, id);
        const error = {
          message: 'The model broke off in the middle of its answer.',
          type: 'server_error',
          param: null,
          code: 'upstream_broke_off',
        };
        controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify({ error })}\n\n`));
        controller.close();
      }
    },
    cancel() {
      stop();
      finish(null, id);
      rest.return?.().catch(() => {});
    },
  });
}

/** Only what tells of limits and of the request's own id; a provider's other headers are its own business. */
function upstreamHeaders(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = {};
  headers.forEach((value, name) => {
    if (/^(x-request-id|retry-after|openai-[a-z-]+)$/.test(name)) kept[name] = value;
  });
  return kept;
}

function answerOf(json: unknown, { inputTokens }: Asked): Answer | null {
  const read = isObject(json) ? readCompletion(json, inputTokens * 4) : undefined;
  return read && 'answer' in read ? read.answer : null;
}

/** Metrics, log and what a rating will need. */
function note(
  parts: GatewayParts,
  call: CompletionCall,
  choice: Choice,
  begun: Begun,
  answer: Answer | null,
  id: string | undefined,
  ms: number,
): void {
  const { metrics, state } = parts;
  const { model, failed, firstByte, status } = begun;
  const cost = answer ? costOf(model.price, answer) : null;
  metrics.time('total', ms);
  if (cost !== null) metrics.add('vsr_cost_dollars_total', { model: model.alias }, cost);
  if (answer) {
    metrics.add('vsr_tokens_total', { model: model.alias, direction: 'input' }, answer.inputTokens ?? 0);
    metrics.add('vsr_tokens_total', { model: model.alias, direction: 'output' }, answer.outputTokens ?? 0);
  }
  state.remember({ ...choice.rated, model: model.alias }, id);
  parts.decisions.set(choice.id, {
    ...decisionJson(choice, call.userId),
    model: model.alias,
    score: scoreOf(choice, model.alias),
    failed,
    cost,
    latency: ms,
    ...(answer && { input_tokens: answer.inputTokens, output_tokens: answer.outputTokens }),
  });
  const cell: OutcomeCell = {
    quality: null,
    status: answer ? 'unscored' : status >= 400 ? 'bad_request' : 'canceled',
    latency: Math.round(ms),
    ttft: Math.round(firstByte),
    ...(answer && { inputTokens: answer.inputTokens, outputTokens: answer.outputTokens, cost }),
  };
  logCall(
    parts,
    call,
    choice,
    { ...failedCells(failed), [model.alias]: cell },
    { model: model.alias, response_id: id },
  );
}
