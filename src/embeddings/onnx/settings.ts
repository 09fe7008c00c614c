// How a folder's model is used: the request wins, then what the folder says, then the preset of its name.
import { basename, resolve } from 'node:path';
import { VsrError } from '../../errors/vsr-error.js';
import type { EncoderRequest, LongText, Pooling } from '../encoder-request.js';
import { PRESETS, type Preset, presetOfRepository } from '../presets.js';
import type { ModelFolder } from './model-folder.js';

export interface EncoderSettings {
  readonly id: string;
  /** undefined: neither request, folder nor preset says; only a graph that pools itself can then be used. */
  readonly pooling: Pooling | undefined;
  readonly normalise: boolean;
  /** With {text} in it; '{text}' = none. */
  readonly prompt: string;
  /** Tokens, special ones included. */
  readonly maxLength: number;
  readonly longText: LongText;
  readonly padding: 'left' | 'right';
  /** Batches are filled up to a multiple of this. */
  readonly padMultiple: number;
  /** A token every text must end with, where the tokenizer does not add it. */
  readonly endToken: string | undefined;
  readonly padToken: string | undefined;
  readonly padId: number;
  readonly matryoshka: Preset['matryoshka'];
}

/** Longer texts than this are cut unless a length is asked for, whatever the model can read. */
const DEFAULT_LONGEST = 2048;

/** Throws VSR_ENCODER for settings that contradict the model. */
export function encoderSettings(request: EncoderRequest, folder: ModelFolder): EncoderSettings {
  const name = presetName(request, folder);
  const preset = name === undefined ? undefined : PRESETS[name];
  const { config, tokenizerConfig } = folder;
  const padToken = textOf(tokenizerConfig.pad_token);
  return {
    id: request.model ?? name ?? basename(resolve(folder.path)),
    pooling: request.pooling ?? poolingOf(folder) ?? preset?.pooling ?? undefined,
    normalise: request.normalise ?? preset?.normalise ?? true,
    prompt: template(request.prompt ?? defaultPrompt(folder) ?? preset?.prompt ?? ''),
    maxLength: maxLength(request, folder, preset),
    longText: request.longText ?? 'head',
    padding: request.padding ?? 'right',
    padMultiple: config.model_type === 'longformer' ? attentionWindow(config.attention_window) : 1,
    endToken: config.model_type === 'qwen3' ? '<|endoftext|>' : undefined,
    padToken,
    padId: typeof config.pad_token_id === 'number' ? config.pad_token_id : 0,
    matryoshka: preset?.matryoshka,
  };
}

/** By the request's name, the repository that config.json names, or a family that has one encoder. */
export function presetName({ model }: EncoderRequest, { config }: Pick<ModelFolder, 'config'>): string | undefined {
  if (model !== undefined && Object.hasOwn(PRESETS, model)) return model;
  const repository = typeof config._name_or_path === 'string' ? config._name_or_path : '';
  const byRepository = presetOfRepository(model ?? '') ?? presetOfRepository(repository);
  return byRepository ?? FAMILIES[String(config.model_type)];
}

const FAMILIES: Readonly<Record<string, string>> = { gemma3_text: 'gemma', longformer: 'longformer' };

const POOLING_KEYS: Readonly<Record<string, Pooling>> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_max_tokens: 'max',
  pooling_mode_lasttoken: 'last',
};

/** What 1_Pooling/config.json asks for. Throws VSR_ENCODER for a kind, or a combination, that is not offered. */
function poolingOf({ path, pooling }: ModelFolder): Pooling | undefined {
  if (pooling === undefined) return undefined;
  const asked = Object.keys(pooling).filter((key) => key.startsWith('pooling_mode_') && pooling[key] === true);
  const [only, ...others] = asked.length > 0 ? asked : [`pooling_mode_${pooling.pooling_mode}`];
  const kind = POOLING_KEYS[only!] ?? Object.values(POOLING_KEYS).find((mode) => only === `pooling_mode_${mode}`);
  if (others.length === 0 && kind !== undefined) return kind;
  throw new VsrError(
    'VSR_ENCODER',
    `${path}: the pooling ${asked.join(' with ') || 'that 1_Pooling/config.json asks for'} is not offered.`,
    { hint: 'Offered are mean, cls, last and max: name one with --set embedding.pooling=mean if the model allows it.' },
  );
}

function maxLength(request: EncoderRequest, folder: ModelFolder, preset: Preset | undefined): number {
  const limit = positionLimit(folder.config);
  const declared = [folder.sentenceConfig.max_seq_length, preset?.maxLength, folder.tokenizerConfig.model_max_length]
    .map((value) => (typeof value === 'number' && value >= 1 && value < 1e9 ? value : undefined))
    .find((value) => value !== undefined);
  const asked = request.maxLength;
  if (asked !== undefined && limit !== undefined && asked > limit) {
    throw new VsrError('VSR_ENCODER', `embedding.max_length: ${folder.path} reads ${limit} tokens, got ${asked}.`, {
      hint: `Set it to ${limit} or less; --set embedding.long_text=chunk_mean covers longer texts.`,
    });
  }
  return asked ?? Math.min(declared ?? limit ?? DEFAULT_LONGEST, limit ?? Number.POSITIVE_INFINITY, DEFAULT_LONGEST);
}

/** Positions a text may take. RoBERTa and its kin count from pad_token_id + 1. */
function positionLimit({ max_position_embeddings: positions, model_type, pad_token_id: pad }: ModelFolder['config']) {
  if (typeof positions !== 'number') return undefined;
  const shifted = /^(xlm-)?roberta|camembert|mpnet|longformer|xmod/.test(String(model_type));
  return shifted ? positions - (typeof pad === 'number' ? pad : 1) - 1 : positions;
}

function defaultPrompt({ promptConfig: { prompts, default_prompt_name: name } }: ModelFolder): string | undefined {
  const prompt = typeof name === 'string' ? (prompts as Record<string, unknown> | undefined)?.[name] : undefined;
  return typeof prompt === 'string' ? prompt : undefined;
}

function template(prompt: string): string {
  return prompt.includes('{text}') ? prompt : `${prompt}{text}`;
}

function attentionWindow(value: unknown): number {
  const windows = [value].flat().filter((size): size is number => typeof size === 'number' && size > 0);
  return windows.length > 0 ? Math.max(...windows) : 512;
}

/** A token as tokenizer_config.json writes it: a text, or an object with its content. */
function textOf(token: unknown): string | undefined {
  if (typeof token === 'string') return token;
  const content = (token as { content?: unknown } | null | undefined)?.content;
  return typeof content === 'string' ? content : undefined;
}
