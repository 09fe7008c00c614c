// From an error reply to why there is no answer: would the same query give the same tomorrow?
import { glimpse, isObject, parsed } from './json.js';
import type { FailureStatus } from './provider.js';

export interface ReadFailure {
  readonly status: FailureStatus;
  /** As the server says it; may hold what it echoes, so mask keys before anyone sees it. */
  readonly message: string;
  readonly httpStatus: number;
  /** Which field of the request the server refuses. */
  readonly param: string | null;
  /** The money or the day's quota is used up: waiting a minute will not help. */
  readonly quotaUsedUp: boolean;
  /** Milliseconds until the model is loaded, as far as the server knows; at most a minute. */
  readonly wishMs?: number;
}

const OVERFLOW = /maximum context length|context window|too many tokens|exceed.*context/i;

/** `body` is the text of a reply, or what stood in its place under HTTP 200 (an error object or a sentence). */
export function readFailure(httpStatus: number, body: unknown): ReadFailure {
  const json = typeof body === 'string' ? parsed(body) : body;
  const error = isObject(json) ? (isObject(json.error) ? json.error : json) : {};
  const message = errorText(json) ?? (typeof body === 'string' ? glimpse(body) : 'an error without a text');
  const code = String(error.code ?? '');
  // Gateways send an error with HTTP 200 and put the status inside.
  const effective = httpStatus < 400 && /^[45]\d\d$/.test(code) ? Number(code) : httpStatus;
  return {
    status: statusOf(effective, code, message, error),
    message,
    httpStatus: effective,
    param: paramOf(json, error, message),
    quotaUsedUp: code === 'insufficient_quota' || error.type === 'insufficient_quota',
    ...wishOf(json),
  };
}

/** A stream that broke off: the connection's fault, not the server's. */
export function brokenStream(message: string): ReadFailure {
  return { status: 'network', message, httpStatus: 200, param: null, quotaUsedUp: false };
}

/** Hugging Face says how long a model will load; a model that takes longer than a minute is asked again all the same. */
function wishOf(json: unknown): { wishMs?: number } {
  const seconds = isObject(json) ? json.estimated_time : undefined;
  return typeof seconds === 'number' && seconds > 0 ? { wishMs: Math.min(60, seconds) * 1000 } : {};
}

/** `error.param`, the last part of a validator's `loc`, else the field that the text calls unknown. */
function paramOf(json: unknown, error: Readonly<Record<string, unknown>>, message: string): string | null {
  if (typeof error.param === 'string') return error.param;
  const detail = isObject(json) && Array.isArray(json.detail) ? json.detail[0] : undefined;
  const place = isObject(detail) && Array.isArray(detail.loc) ? detail.loc.at(-1) : undefined;
  if (typeof place === 'string') return place;
  return UNKNOWN_FIELD.test(message) ? (FIELD.exec(message)?.[0] ?? null) : null;
}

const UNKNOWN_FIELD =
  /unsupported|unknown|unrecogni[sz]ed|unexpected|not (supported|permitted|allowed)|extra (inputs|fields)/i;
const FIELD = /\b(max_completion_tokens|max_tokens|temperature|seed|stream_options|stream)\b/;

function statusOf(
  httpStatus: number,
  code: string,
  message: string,
  error: Readonly<Record<string, unknown>>,
): FailureStatus {
  const refused = httpStatus >= 400 && httpStatus < 500;
  const reasons = isObject(error.metadata) ? error.metadata.reasons : undefined;
  if (refused && httpStatus !== 429) {
    if (code === 'context_length_exceeded' || OVERFLOW.test(message)) return 'too_long';
    if (code === 'content_filter' || code === 'content_policy_violation' || Array.isArray(reasons)) return 'filtered';
  }
  if (httpStatus === 429) return 'rate_limited';
  if ([401, 402, 403].includes(httpStatus)) return 'auth';
  if ([408, 409, 425].includes(httpStatus)) return 'server_error';
  if (refused || (httpStatus >= 300 && httpStatus < 400)) return 'bad_request';
  return 'server_error';
}

/** First found: error.message, error, detail, message, title. */
function errorText(json: unknown): string | undefined {
  if (!isObject(json)) return undefined;
  const { error, detail, message, title } = json;
  const first = Array.isArray(detail) ? detail[0] : undefined;
  const candidates = [
    isObject(error) ? error.message : undefined,
    error,
    detail,
    isObject(first) ? first.msg : undefined,
    message,
    title,
  ];
  return candidates.find((text): text is string => typeof text === 'string' && text.trim() !== '');
}
