// Which kind of encoder a request means, where it does not say so itself.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { nearestName } from '../errors/nearest.js';
import { VsrError } from '../errors/vsr-error.js';
import type { EncoderRequest, EncoderSource } from './encoder-request.js';
import { filesToFetch, PRESETS } from './presets.js';
import { withoutCredentials } from './stored-request.js';

/** Encoders that need neither folder nor server. */
export const BUILT_IN: readonly EncoderSource[] = ['static', 'hash'];

/** Throws VSR_ENCODER for an unknown name, a preset without its files, and an address whose kind cannot be told. */
export function sourceOf(request: EncoderRequest): EncoderSource {
  const { model, source, path, url } = request;
  if (path !== undefined && url !== undefined) {
    throw new VsrError('VSR_ENCODER', 'embedding.path and embedding.url are both set, expected one of them.', {
      hint: 'A folder is read here, a server is asked: leave one out.',
    });
  }
  if (source !== undefined) return source;
  if (url !== undefined) return sourceOfAddress(url);
  const builtIn = BUILT_IN.find((name) => name === model);
  if (builtIn) return builtIn;
  const preset = model !== undefined && Object.hasOwn(PRESETS, model) ? PRESETS[model] : undefined;
  if (path !== undefined) return preset?.source ?? sourceOfFolder(path);
  if (preset) {
    throw new VsrError('VSR_ENCODER', `The encoder ${model} needs its files, and embedding.path names no folder.`, {
      hint: filesToFetch(model!),
    });
  }
  if (model === undefined) return 'static';
  const known = [...BUILT_IN, ...Object.keys(PRESETS)];
  const nearest = nearestName(model, known);
  throw new VsrError('VSR_ENCODER', `embedding.model must be one of ${known.join(', ')}, got "${model}".`, {
    hint:
      nearest === undefined
        ? `Use ${known[0]}, which needs no download, or name the encoder's folder with --embedding-path.`
        : `Did you mean ${nearest}?`,
  });
}

/** By the files that stand there; a folder that holds none of them is left to the ONNX encoder to refuse. */
function sourceOfFolder(path: string): EncoderSource {
  if (!existsSync(path)) {
    throw new VsrError('VSR_ENCODER', `embedding.path: ${path} does not exist.`, {
      hint: 'Check the spelling and the folder you are in.',
    });
  }
  if (!statSync(path).isDirectory()) {
    throw new VsrError('VSR_ENCODER', `embedding.path: ${path} is a file, expected a folder.`, {
      hint: 'Name the folder that holds the model and its tokenizer.json.',
    });
  }
  const names = [path, join(path, 'onnx')].flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));
  if (names.some((name) => /^vision_model.*\.onnx$/.test(name))) return 'clip';
  if (names.some((name) => name.endsWith('.onnx'))) return 'onnx';
  if (names.includes('static.safetensors')) return 'static';
  // Model2Vec has a table of vectors and no layers; a transformer's folder has a model_type of its own kind.
  return names.includes('model.safetensors') && !names.includes('sentence_bert_config.json') ? 'static' : 'onnx';
}

function sourceOfAddress(url: string): EncoderSource {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const host = parsed?.hostname;
  if (host === 'router.huggingface.co') return 'huggingface';
  if (host === 'integrate.api.nvidia.com') return 'nvclip';
  if (host === 'api.openai.com' || /\/v\d+(\/embeddings)?\/?$/.test(parsed?.pathname ?? '')) return 'openai';
  if (parsed?.port === '11434' || parsed?.pathname.startsWith('/api')) return 'ollama';
  if (/\/embed\/?$/.test(parsed?.pathname ?? '')) return 'tei';
  throw new VsrError(
    'VSR_ENCODER',
    `embedding.url: what kind of server stands at ${withoutCredentials(url)} cannot be told.`,
    {
      hint: 'Name it: --set embedding.source=openai, tei, ollama, huggingface or nvclip.',
    },
  );
}
