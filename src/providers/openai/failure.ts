// From an error reply to why there is no answer: would the same query give the same tomorrow?
import type { FailureStatus } from '../provider.js';
import { glimpse, isObject, parsed } from './reply.js';

export interface ReadFailure {
  readonly status: FailureStatus;
  /** As the server says it; may hold what it echoes, so mask keys before anyone sees it. */
  readonly message: string;
  readonly httpStatus: number;
  /** Which field of the request the server refuses. */
  readonly param: string | null;
  /** The money or the day's quota is used up: waiting a minute will not help. */
  readonly quotaUsedUp: boolean;
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
    param: typeof error.param === 'string' ? error.param : null,
    quotaUsedUp: code === 'insufficient_quota' || error.type === 'insufficient_quota',
  };
}

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
