// Encoders known by name: what each needs beyond what its folder says. A value in the folder or the request wins.
import type { Pooling } from './encoder-request.js';

export interface Preset {
  /** On Hugging Face. */
  readonly repository: string;
  /** Repository that holds the ONNX files, where the model's own has none. */
  readonly exports?: string;
  readonly source: 'onnx' | 'clip';
  readonly dim: number;
  /** Widths that the model was trained to be cut to: a list, or everything from `from` on. Absent: none. */
  readonly matryoshka?: readonly number[] | { readonly from: number };
  /** Tokens, special ones included. */
  readonly maxLength: number;
  /** null: the graph pools itself. */
  readonly pooling: Pooling | null;
  readonly normalise: boolean;
  readonly prompt?: string;
  /** Wanted beside the model and the tokenizer. */
  readonly files?: readonly string[];
}

const ONNX = { source: 'onnx', normalise: true } as const;

export const PRESETS: Readonly<Record<string, Preset>> = {
  qwen3: {
    ...ONNX,
    repository: 'Qwen/Qwen3-Embedding-0.6B',
    exports: 'onnx-community/Qwen3-Embedding-0.6B-ONNX',
    dim: 1024,
    matryoshka: { from: 32 },
    maxLength: 32_768,
    pooling: 'last',
  },
  gemma: {
    ...ONNX,
    repository: 'google/embeddinggemma-300m',
    exports: 'onnx-community/embeddinggemma-300m-ONNX',
    dim: 768,
    matryoshka: [512, 256, 128],
    maxLength: 2048,
    pooling: null,
    prompt: 'task: classification | query: {text}',
  },
  bert: { ...ONNX, repository: 'google-bert/bert-base-uncased', dim: 768, maxLength: 512, pooling: 'mean' },
  mpnet: {
    ...ONNX,
    repository: 'sentence-transformers/all-mpnet-base-v2',
    dim: 768,
    maxLength: 384,
    pooling: 'mean',
  },
  minilm: {
    ...ONNX,
    repository: 'sentence-transformers/all-MiniLM-L12-v2',
    dim: 384,
    maxLength: 128,
    pooling: 'mean',
  },
  gte: { ...ONNX, repository: 'thenlper/gte-base', dim: 768, maxLength: 512, pooling: 'mean' },
  bge: { ...ONNX, repository: 'BAAI/bge-base-en-v1.5', dim: 768, maxLength: 512, pooling: 'cls' },
  e5: {
    ...ONNX,
    repository: 'intfloat/e5-base-v2',
    dim: 768,
    maxLength: 512,
    pooling: 'mean',
    prompt: 'query: {text}',
  },
  longformer: {
    ...ONNX,
    repository: 'allenai/longformer-base-4096',
    dim: 768,
    maxLength: 4096,
    pooling: 'mean',
    normalise: false,
  },
  'qwen2-0.5b': {
    ...ONNX,
    repository: 'Qwen/Qwen2-0.5B',
    dim: 896,
    maxLength: 512,
    pooling: 'mean',
    normalise: false,
  },
  clip: {
    source: 'clip',
    repository: 'openai/clip-vit-base-patch32',
    exports: 'Xenova/clip-vit-base-patch32',
    dim: 512,
    maxLength: 77,
    pooling: null,
    normalise: true,
    files: ['onnx/text_model.onnx', 'onnx/vision_model.onnx', 'preprocessor_config.json'],
  },
};

/** The preset of a repository's name, with or without its owner, whatever the case. */
export function presetOfRepository(name: string): string | undefined {
  const wanted = name.toLowerCase();
  return Object.keys(PRESETS).find((key) => {
    const repository = PRESETS[key]!.repository.toLowerCase();
    return repository === wanted || repository.split('/')[1] === wanted;
  });
}

/** What to fetch for a preset, a sentence. */
export function filesToFetch(name: string): string {
  const { repository, exports = repository, files = TEXT_FILES } = PRESETS[name]!;
  const all = [...files, 'tokenizer.json', 'tokenizer_config.json', 'config.json'];
  const where = exports === repository ? repository : `${repository} (as ONNX: ${exports})`;
  return `Fetch ${all.join(', ')} of ${where} from Hugging Face into one folder and name it with --embedding-path.`;
}

const TEXT_FILES = ['onnx/model.onnx (with its .onnx_data, if there is one)', '1_Pooling/config.json'];
