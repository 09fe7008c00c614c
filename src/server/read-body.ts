// A request's body as a JSON object, within a limit of bytes that is kept while it comes in.
import { isObject, type Json } from '../providers/json.js';
import { ApiError } from './api-error.js';

/** Throws `ApiError` 413, 415 for another content type (a page of a foreign origin may send those unasked), 400 for no JSON object. */
export async function readBody(request: Request, limitBytes: number): Promise<Json> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) {
    throw new ApiError(415, `Expected content-type application/json, got ${JSON.stringify(type.slice(0, 80))}.`);
  }
  const announced = request.headers.get('content-length');
  if (Number(announced ?? 0) > limitBytes) throw tooLarge(limitBytes);
  // The server takes no more than was announced, and what is read in one piece needs no web stream.
  const bytes = announced === null ? await bytesWithin(request, limitBytes) : await request.arrayBuffer();
  if (bytes.byteLength > limitBytes) throw tooLarge(limitBytes);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : 'it is not UTF-8';
    throw new ApiError(400, `The body is not JSON: ${why.slice(0, 200)}.`, { code: 'invalid_json' });
  }
  if (!isObject(json)) throw new ApiError(400, 'Expected a JSON object as the body.', { code: 'invalid_json' });
  return json;
}

async function bytesWithin(request: Request, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {};
    if (done || !value) break;
    size += value.length;
    if (size > limitBytes) {
      // What still comes is not waited for: the connection ends with the reply.
      throw tooLarge(limitBytes);
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

function tooLarge(limitBytes: number): ApiError {
  return new ApiError(413, `The body is larger than ${limitBytes / 1e6} MB (serve.max_body_mb).`, {
    code: 'request_too_large',
    headers: { connection: 'close' },
  });
}
