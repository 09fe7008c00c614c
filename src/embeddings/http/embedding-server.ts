// What every kind of embedding server offers to the encoder on top of it.

/** A list of inputs too big, or one too long, for the server: worth another attempt with less. */
export class TooMuch extends Error {}

export interface EmbeddingServer {
  /** The model as the server names it. */
  readonly model: string;
  /** Host and path that the model is asked at, without password. */
  readonly address: string;
  /** Inputs one request may hold. */
  readonly mostInputs: number;
  /** Whether the server cuts vectors to a width itself. */
  readonly cuts: boolean;
  /**
   * One vector an input, as the server gives them, in the order of the inputs. Throws TooMuch, or VSR_ENCODER with what
   * the server said.
   */
  embed(inputs: readonly string[], signal: AbortSignal | undefined): Promise<readonly unknown[]>;
}
