// A Hugging Face-style folder: which of its files is the model, and what its configurations say.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readJsonFile } from '../../data/open-file.js';
import { VsrError } from '../../errors/vsr-error.js';

type Json = Readonly<Record<string, unknown>>;

export interface ModelFolder {
  readonly path: string;
  /** The .onnx file. */
  readonly model: string;
  readonly tokenizer: string;
  /** Contents of the configuration files; {} where one is absent. */
  readonly config: Json;
  readonly tokenizerConfig: Json;
  readonly sentenceConfig: Json;
  readonly promptConfig: Json;
  /** 1_Pooling/config.json, or that of the module of another name. */
  readonly pooling: Json | undefined;
  /** Type names of modules.json, without their packages: Transformer, Pooling, Dense, Normalize. */
  readonly modules: readonly string[];
}

/** `fetch` says which files to bring. Throws VSR_ENCODER for a missing or ambiguous file. */
export async function readModelFolder(path: string, file: string | undefined, fetch: string): Promise<ModelFolder> {
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new VsrError('VSR_ENCODER', `${path}: expected a folder with a model, found none.`, { hint: fetch });
  }
  const model = modelFile(path, file, fetch);
  const tokenizer = join(path, 'tokenizer.json');
  if (!existsSync(tokenizer)) {
    throw new VsrError('VSR_ENCODER', `${path}: expected the file tokenizer.json, found none.`, { hint: fetch });
  }
  const modules = await modulesOf(path);
  const poolingFolder = modules.find(({ type }) => type === 'Pooling')?.path ?? '1_Pooling';
  const poolingFile = join(path, poolingFolder, 'config.json');
  return {
    path,
    model,
    tokenizer,
    config: await optionalJson(join(path, 'config.json')),
    tokenizerConfig: await optionalJson(join(path, 'tokenizer_config.json')),
    sentenceConfig: await optionalJson(join(path, 'sentence_bert_config.json')),
    promptConfig: await optionalJson(join(path, 'config_sentence_transformers.json')),
    pooling: existsSync(poolingFile) ? await optionalJson(poolingFile) : undefined,
    modules: modules.map(({ type }) => type),
  };
}

/**
 * The one called `file`; else the `standard` of the folder or of its onnx/; else the only one there is: of any name for
 * model.onnx, of the same beginning (text_model_quantized.onnx) for a tower. Throws VSR_ENCODER.
 */
export function modelFile(path: string, file: string | undefined, fetch: string, standard = STANDARD): string {
  const folders = [path, join(path, 'onnx')].filter((folder) => existsSync(folder));
  if (file !== undefined) {
    const named = folders.map((folder) => join(folder, file)).find((candidate) => existsSync(candidate));
    if (named) return named;
    throw new VsrError('VSR_ENCODER', `${path}: expected the file ${file}, found none.`, { hint: fetch });
  }
  const isTower = standard !== STANDARD;
  const found = folders
    .flatMap((folder) => modelsIn(folder))
    .filter((name) => !isTower || basename(name).startsWith(basename(standard, '.onnx')));
  const [only, ...others] = found;
  const chosen = found.find((name) => basename(name) === standard) ?? (others.length === 0 ? only : undefined);
  if (chosen !== undefined) return chosen;
  if (found.length === 0) {
    throw new VsrError('VSR_ENCODER', `${path}: expected ${standard} or onnx/${standard}, found none.`, {
      hint: fetch,
    });
  }
  const names = found.map((name) => basename(name)).join(', ');
  throw new VsrError('VSR_ENCODER', `${path}: expected one model, found ${names}.`, {
    hint: isTower ? `Keep one of them, or call it ${standard}.` : `Choose one: --set embedding.file=${basename(only!)}`,
  });
}

const STANDARD = 'model.onnx';

function modelsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.onnx'))
    .sort()
    .map((name) => join(folder, name));
}

/** SHA-256 (hex) over the model file and its external data, in the order of their names. */
export async function hashModel(model: string): Promise<string> {
  const name = basename(model);
  const parts = readdirSync(dirname(model))
    .filter((other) => other === name || other.startsWith(`${name}_data`) || other.startsWith(`${name}.data`))
    .sort();
  const hashes: string[] = [];
  for (const part of parts) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(join(dirname(model), part), { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Buffer);
    }
    hashes.push(hash.digest('hex'));
  }
  return hashes.length === 1 ? hashes[0]! : createHash('sha256').update(hashes.join()).digest('hex');
}

async function modulesOf(path: string): Promise<{ type: string; path: string }[]> {
  const file = join(path, 'modules.json');
  if (!existsSync(file)) return [];
  const list = await readJson(file);
  if (!Array.isArray(list)) throw new VsrError('VSR_ENCODER', `${file}: expected a list of modules.`);
  return list.map((item: { type?: unknown; path?: unknown }) => ({
    type: String(item?.type ?? '')
      .split('.')
      .at(-1)!,
    path: String(item?.path ?? ''),
  }));
}

async function optionalJson(file: string): Promise<Json> {
  if (!existsSync(file)) return {};
  const value = await readJson(file);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new VsrError('VSR_ENCODER', `${file}: expected a JSON object.`, { hint: 'Fetch the file again.' });
}

async function readJson(file: string): Promise<unknown> {
  try {
    return await readJsonFile(file);
  } catch (error) {
    if (!(error instanceof VsrError)) throw error;
    throw new VsrError('VSR_ENCODER', error.message, { hint: 'Fetch the file again.', cause: error });
  }
}
