// What is asked in a request of OpenAI's form: the text that is routed, what an answering model must be able to, who asks and how.
import { TOKENS_OF_AN_IMAGE } from '../pipelines/infer/query-facts.js';
import { isObject, type Json } from '../providers/json.js';
import { ApiError } from './api-error.js';
import { checkImageUrl } from './image-addresses.js';

/** Under the key `vsr` of a body; it is taken out before anything is handed on. */
export interface AskedPolicy {
  readonly candidates?: readonly string[];
  readonly qualityWeight?: number;
  readonly costWeight?: number;
  readonly maxCost?: number;
  readonly sessionId?: string;
  readonly sticky?: boolean;
  readonly mode?: 'current_only' | 'full_context' | 'retrieval';
  readonly topK?: number;
}

export interface Asked {
  /** As the client names it: vsr, auto, vsr/<router>, an alias. */
  readonly model: string;
  /** The newest question, and the URLs of the pictures it shows. */
  readonly text: string;
  readonly images: readonly string[];
  /** Earlier questions and answers, oldest first. */
  readonly earlier: readonly { readonly role: string; readonly text: string; readonly images: readonly string[] }[];
  readonly needsImages: boolean;
  readonly needsTools: boolean;
  /** Estimated, of everything that is sent. */
  readonly inputTokens: number;
  /** Tokens that the answer may take of the window. */
  readonly maxTokens: number;
  readonly stream: boolean;
  readonly userId: string | null;
  readonly policy: AskedPolicy;
}

const CHARACTERS_PER_TOKEN = 4;

/** Throws `ApiError` 400, naming the key. */
export function readAsked(body: Json, headers: Headers, allowPrivateImages: boolean): Asked {
  const { messages, prompt, input } = body;
  const turns = Array.isArray(messages) ? messages.map(readTurn) : [];
  const plain = prompt ?? input;
  if (messages !== undefined && turns.length === 0) throw wrong('messages', 'a list of at least one message');
  if (messages === undefined && plain === undefined) throw wrong('messages', 'a list of messages');
  const images = turns.flatMap((turn) => turn.images);
  for (const url of images) checkImageUrl(url, allowPrivateImages);
  const newest = turns.findLastIndex(({ role }) => role === 'user');
  const question = turns[newest] ?? turns.at(-1);
  const text = question ? question.text : plainText(plain);
  const tools = Array.isArray(body.tools) ? body.tools : Array.isArray(body.functions) ? body.functions : [];
  const characters =
    turns.reduce((sum, turn) => sum + turn.text.length, 0) +
    (turns.length === 0 ? text.length : 0) +
    (tools.length > 0 ? JSON.stringify(tools).length : 0);
  const most = body.max_completion_tokens ?? body.max_tokens;
  return {
    model: modelOf(body),
    text,
    images: question?.images ?? [],
    earlier: turns.slice(0, Math.max(0, newest)).filter(({ role }) => role === 'user' || role === 'assistant'),
    needsImages: images.length > 0,
    needsTools: tools.length > 0 || turns.some(({ role }) => role === 'tool'),
    inputTokens: Math.ceil(characters / CHARACTERS_PER_TOKEN) + images.length * TOKENS_OF_AN_IMAGE,
    maxTokens: typeof most === 'number' && most > 0 ? most : 0,
    stream: body.stream === true,
    userId: userOf(body, headers),
    policy: readPolicy(body.vsr, headers),
  };
}

/** Without what is meant for the gateway alone. */
export function withoutPolicy({ vsr: _vsr, ...rest }: Json): Record<string, unknown> {
  return rest;
}

function modelOf({ model }: Json): string {
  if (model === undefined) return 'vsr';
  if (typeof model !== 'string' || model === '' || model.length > 200) throw wrong('model', 'a name');
  return model;
}

/** The header wins: a proxy in front of the gateway knows better than a page. */
export function userOf(body: Json, headers: Headers): string | null {
  const named = headers.get('x-vsr-user') ?? body.user ?? body.user_id;
  if (named === undefined || named === null || named === '') return null;
  if ((typeof named !== 'string' && typeof named !== 'number') || String(named).length > 200) {
    throw wrong('user', 'a text of at most 200 characters');
  }
  return String(named);
}

function readTurn(message: unknown) {
  if (!isObject(message) || typeof message.role !== 'string') throw wrong('messages', 'messages with a role');
  const { role, content } = message;
  const parts = Array.isArray(content) ? content.filter(isObject) : [];
  const text =
    typeof content === 'string'
      ? content
      : parts
          .map(({ text: said }) => (typeof said === 'string' ? said : ''))
          .filter(Boolean)
          .join('\n');
  const images = parts.flatMap((part) => {
    if (part.type !== 'image_url') return [];
    const url = isObject(part.image_url) ? part.image_url.url : part.image_url;
    if (typeof url !== 'string') throw wrong('messages', 'image_url parts with a url');
    return [url];
  });
  return { role, text, images };
}

function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.filter((item) => typeof item === 'string').join('\n');
  throw wrong('prompt', 'a text or a list of texts');
}

export function readPolicy(value: unknown, headers: Headers): AskedPolicy {
  const given = value ?? {};
  if (!isObject(given)) throw wrong('vsr', 'an object');
  const known = ['candidates', 'quality_weight', 'cost_weight', 'max_cost', 'session_id', 'sticky', 'mode', 'top_k'];
  const stray = Object.keys(given).find((key) => !known.includes(key));
  if (stray !== undefined) throw wrong(`vsr.${stray}`, `one of ${known.join(', ')}`);
  const share = (key: string) => number(given, key, (n) => n >= 0 && n <= 1, 'a number from 0 to 1');
  const qualityWeight = share('quality_weight');
  const costWeight = share('cost_weight');
  if ((qualityWeight ?? 0) + (costWeight ?? 0) > 1 + 1e-9)
    throw wrong('vsr.quality_weight', 'weights that add up to at most 1');
  const maxCost = number(given, 'max_cost', (n) => n > 0, 'dollars above 0');
  const topK = number(given, 'top_k', (n) => Number.isInteger(n) && n > 0 && n <= 100, 'a whole number from 1 to 100');
  const { candidates, mode, sticky } = given;
  if (
    candidates !== undefined &&
    !(Array.isArray(candidates) && candidates.length > 0 && candidates.every((c) => typeof c === 'string'))
  ) {
    throw wrong('vsr.candidates', 'a list of model names');
  }
  if (mode !== undefined && !['current_only', 'full_context', 'retrieval'].includes(String(mode))) {
    throw wrong('vsr.mode', 'current_only, full_context or retrieval');
  }
  if (sticky !== undefined && typeof sticky !== 'boolean') throw wrong('vsr.sticky', 'true or false');
  const session = headers.get('x-vsr-session') ?? given.session_id;
  if (
    session !== undefined &&
    session !== null &&
    (typeof session !== 'string' || session === '' || session.length > 200)
  ) {
    throw wrong('vsr.session_id', 'a text of at most 200 characters');
  }
  return {
    ...(candidates !== undefined && { candidates: candidates as string[] }),
    ...(qualityWeight !== undefined && { qualityWeight }),
    ...(costWeight !== undefined && { costWeight }),
    ...(maxCost !== undefined && { maxCost }),
    ...(typeof session === 'string' && { sessionId: session }),
    ...(sticky !== undefined && { sticky: sticky as boolean }),
    ...(mode !== undefined && { mode: mode as NonNullable<AskedPolicy['mode']> }),
    ...(topK !== undefined && { topK }),
  };
}

function number(given: Json, key: string, good: (value: number) => boolean, expected: string): number | undefined {
  const value = given[key];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !good(value)) throw wrong(`vsr.${key}`, expected);
  return value;
}

function wrong(param: string, expected: string): ApiError {
  return new ApiError(400, `${param}: expected ${expected}.`, { code: 'invalid_value', param });
}
