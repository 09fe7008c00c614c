// What goes wrong, as OpenAI says it: {"error":{"message","type","param","code"}} under a status.
import { VsrError } from '../errors/vsr-error.js';

export class ApiError extends Error {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly param: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    {
      code = null,
      param = null,
      headers = {},
    }: { code?: string | null; param?: string | null; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.type = TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'server_error');
    this.code = code;
    this.param = param;
    this.headers = headers;
  }
}

const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
};

/** Of anything that was thrown; a bug says nothing about itself to strangers. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof VsrError) {
    const status = ASKERS_FAULT.has(error.code) ? 400 : 503;
    const message = error.hint ? `${error.message} ${error.hint}` : error.message;
    return new ApiError(status, message, { code: error.code.toLowerCase() });
  }
  return new ApiError(500, 'The gateway failed on this request.', { code: 'internal_error' });
}

const ASKERS_FAULT: ReadonlySet<string> = new Set(['VSR_MODEL_UNKNOWN', 'VSR_ROUTER_UNKNOWN', 'VSR_USAGE', 'VSR_DATA']);

export function errorResponse(error: ApiError): Response {
  const { message, type, param, code } = error;
  return new Response(JSON.stringify({ error: { message, type, param, code } }), {
    status: error.status,
    headers: { 'content-type': 'application/json', ...error.headers },
  });
}
