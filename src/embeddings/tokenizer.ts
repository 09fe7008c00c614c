// Opens a tokenizer.json, cheaply where only a few texts will come.
import type { Tokenizer } from '@huggingface/tokenizers';
import { VsrError } from '../errors/vsr-error.js';
import { splitTokenizer } from './static/searched-vocabulary.js';

export interface TextTokenizer {
  /** Token ids; a lone surrogate counts as U+FFFD. */
  ids(text: string, options: { readonly specialTokens: boolean }): number[];
  /** The id of a token, added or of the vocabulary. */
  idOf(token: string): number | undefined;
}

/** Begins to load the library, so that it comes while files are read. A failure shows where the library is used. */
export function expectTokenizer(): void {
  import('@huggingface/tokenizers').catch(() => {});
}

/** `bytes` of tokenizer.json; `config` is tokenizer_config.json's content. Throws VSR_ENCODER for a tokenizer that cannot be used. */
export async function openTokenizer(
  bytes: Buffer,
  where: string,
  config: Readonly<Record<string, unknown>> = {},
): Promise<TextTokenizer> {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  try {
    const tokenizer = opened(Tokenizer, bytes, config);
    return {
      ids: (text, { specialTokens }) => tokenizer.encode(wellFormed(text), { add_special_tokens: specialTokens }).ids,
      idOf: (token) => tokenizer.token_to_id(token),
    };
  } catch (error) {
    throw new VsrError('VSR_ENCODER', `${where}: expected a tokenizer, got ${(error as Error).message}.`, {
      hint: 'Fetch tokenizer.json again; only the kinds that @huggingface/tokenizers reads can be used.',
      cause: error,
    });
  }
}

const MODELS = ['WordPiece', 'BPE', 'Unigram'];

function opened(Class: typeof Tokenizer, bytes: Buffer, config: Readonly<Record<string, unknown>>): Tokenizer {
  const split = splitTokenizer(bytes);
  const json = split?.config ?? JSON.parse(bytes.toString('utf8'));
  const type = json?.model?.type;
  // The library takes a model of a type it does not know for one of its own.
  if (type !== undefined && !MODELS.includes(type)) throw new Error(`one of the type ${type}`);
  const tokenizer = new Class(json, config);
  if (split) {
    const model = tokenizer.model!;
    for (const [token, id] of model.tokens_to_ids) split.vocabulary.set(token, id); // the added tokens
    model.tokens_to_ids = split.vocabulary;
    model.unk_token_id = split.vocabulary.get(split.config.model.unk_token ?? '');
  }
  if (json?.normalizer?.type === 'BertNormalizer') quickenAscii(tokenizer.normalizer, json.normalizer);
  return tokenizer;
}

/**
 * The library's BertNormalizer looks at every character through regular expressions, a quarter of a text's time. Plain ASCII has no
 * control characters to drop, no accents to strip and nothing Chinese to set apart: other white space becomes spaces, capitals small.
 */
function quickenAscii(normalizer: Tokenizer['normalizer'], config: BertNormalizer): void {
  if (!normalizer) return;
  const other = normalizer.normalize.bind(normalizer);
  normalizer.normalize = (text: string) => {
    if (!PLAIN_ASCII.test(text)) return other(text);
    const clean = config.clean_text ? text.replace(/[\t\n\r]/g, ' ') : text;
    return config.lowercase ? clean.toLowerCase() : clean;
  };
}

interface BertNormalizer {
  readonly clean_text?: boolean;
  readonly lowercase?: boolean;
}

const PLAIN_ASCII = /^[\t\n\r\x20-\x7e]*$/;

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
