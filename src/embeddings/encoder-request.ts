// Which encoder is asked for, and everything that may be set about it.

export const ENCODER_SOURCES = [
  'static',
  'hash',
  'onnx',
  'clip',
  'openai',
  'tei',
  'ollama',
  'huggingface',
  'nvclip',
] as const;

/** Where vectors come from: built in, files of a folder, or a server of this kind. */
export type EncoderSource = (typeof ENCODER_SOURCES)[number];

export const POOLINGS = ['mean', 'cls', 'last', 'max'] as const;
export type Pooling = (typeof POOLINGS)[number];

export const LONG_TEXTS = ['head', 'head_tail', 'chunk_mean'] as const;
/** head: the beginning; head_tail: beginning and end, half each; chunk_mean: the mean over pieces that cover all of it. */
export type LongText = (typeof LONG_TEXTS)[number];

/** Plain JSON. What is absent follows from the folder, the preset of that name, or the server. */
export interface EncoderRequest {
  /** static, hash, the name of a preset, or the model's name on a server. Absent with neither path nor url: static. */
  readonly model?: string | undefined;
  /** Absent: found from model, path and url. */
  readonly source?: EncoderSource | undefined;
  /** Folder with the encoder's files. */
  readonly path?: string | undefined;
  /** Base URL of a server. */
  readonly url?: string | undefined;
  /** Width; below the native one only where the model was trained for it (Matryoshka). */
  readonly dim?: number | undefined;
  /** Tokens, special ones included. */
  readonly maxLength?: number | undefined;
  readonly pooling?: Pooling | undefined;
  /** Side that shorter texts of a batch are filled up on. */
  readonly padding?: 'left' | 'right' | undefined;
  /** `{text}` stands for the text; without it the text follows the prompt. '' = none. */
  readonly prompt?: string | undefined;
  /** Whether vectors are divided by their length. */
  readonly normalise?: boolean | undefined;
  readonly longText?: LongText | undefined;
  /** Texts a run, or a request to a server. */
  readonly batchSize?: number | undefined;
  readonly threads?: number | undefined;
  /** Of several model files in the folder the one with this name, for example model_quantized.onnx. */
  readonly file?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Requests at a time. */
  readonly concurrency?: number | undefined;
  /** Per attempt. */
  readonly timeoutMs?: number | undefined;
  readonly maxRetries?: number | undefined;
  /** Written by an encoder on a server: what it said of a fixed sentence when it was opened first. */
  readonly probe?: readonly number[] | undefined;
  /** Whether images may be fetched from http(s) addresses. */
  readonly allowRemoteImages?: boolean | undefined;
}
