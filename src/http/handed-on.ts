// A reply that is handed on as it comes, whichever transport brought it.

export interface HandedOn {
  readonly status: number;
  /** Without what speaks of the reply's own transport. */
  readonly headers: Headers;
  readonly body: HandedOnBody;
}

/** Read once, in one of two ways, from the moment the reply is there. Both reject where the reply breaks off or its call is aborted. */
export interface HandedOnBody {
  whole(): Promise<Uint8Array>;
  /** Piece by piece, as they come; `return()` ends the call. */
  pieces(): AsyncIterator<Uint8Array>;
}

/** What a reply says about its own transport, and what no stranger's server may set for us. */
const NOT_HANDED_ON = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'alt-svc',
]);

/** @param headers pairs of a name in lower case and its value */
export function handedOnHeaders(headers: Iterable<readonly [string, string]>): Headers {
  const kept = new Headers();
  for (const [name, value] of headers) if (!NOT_HANDED_ON.has(name)) kept.append(name, value);
  return kept;
}

/** A reply of fetch. */
export function handedOn(response: Response): HandedOn {
  return {
    status: response.status,
    headers: handedOnHeaders(response.headers),
    body: {
      whole: async () => new Uint8Array(await response.arrayBuffer()),
      pieces: () => (response.body ?? new Blob([]).stream())[Symbol.asyncIterator](),
    },
  };
}
