// A call that got no reply at all; a reply with an error status is a reply.

export type HttpFailureKind = 'timeout' | 'network' | 'aborted';

/** `message` never holds a key. */
export class HttpFailure extends Error {
  readonly kind: HttpFailureKind;
  /** Requests sent. */
  readonly attempts: number;

  constructor(kind: HttpFailureKind, message: string, attempts: number) {
    super(message);
    this.name = 'HttpFailure';
    this.kind = kind;
    this.attempts = attempts;
  }
}
