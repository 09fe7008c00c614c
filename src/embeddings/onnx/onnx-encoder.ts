// A sentence encoder of any Hugging Face-style folder, run by ONNX Runtime.
import { resolve } from 'node:path';
import { readWholeFile } from '../../data/open-file.js';
import { throwIfAborted, VsrError } from '../../errors/vsr-error.js';
import { type ModelSession, openModelSession } from '../../inference/onnxruntime/model-session.js';
import { matrix } from '../../math/matrix.js';
import { checkedWidth } from '../checked-width.js';
import type { Encoder } from '../encoder.js';
import type { EncoderRequest } from '../encoder-request.js';
import { fingerprintOf, sha256 } from '../fingerprint.js';
import { filesToFetch, PRESETS } from '../presets.js';
import type { EncoderTools } from '../registry.js';
import { selfTestOf } from '../self-test.js';
import { storedRequest } from '../stored-request.js';
import { openTokenizer } from '../tokenizer.js';
import { scaleToUnit } from '../unit-length.js';
import { batchesByLength, padded } from './batches.js';
import { hashModel, readModelFolder } from './model-folder.js';
import { textInputs } from './model-inputs.js';
import { type ChosenOutput, chooseOutput } from './model-output.js';
import { pooled } from './pooling.js';
import { type EncoderSettings, encoderSettings } from './settings.js';
import { sequencer } from './token-sequences.js';

const BATCH_SIZE = 32;

/**
 * Opens the folder `path`. The tokenizer is opened with the first text. A text longer than the model reads is cut, or with
 * longText chunk_mean becomes the mean of its pieces' vectors, each weighing as many tokens as it has.
 * Throws VSR_ENCODER for a folder, tokenizer, graph or setting that cannot be used, VSR_ENGINE where ONNX Runtime refuses.
 */
export async function openOnnxEncoder(request: EncoderRequest, { onWarning }: EncoderTools = {}): Promise<Encoder> {
  const path = resolve(request.path ?? '.');
  const folder = await readModelFolder(path, request.file, whatToFetch(request));
  const settings = encoderSettings(request, folder);
  const [graph, tokenizerBytes, session] = await Promise.all([
    hashModel(folder.model),
    readWholeFile(folder.tokenizer),
    openModelSession(folder.model, { threads: request.threads }),
  ]);
  const inputsOf = textInputs(session.inputs, folder.model);
  const output = chooseOutput(session.outputs, folder.modules, folder.model);
  const pooling = output.isPooled ? 'graph' : requirePooling(settings, path);
  const { rows: fixedRows, length: fixedLength } = fixedShape(session);
  const limits = {
    batchSize: fixedRows ?? request.batchSize ?? BATCH_SIZE,
    padMultiple: fixedLength ?? settings.padMultiple,
  };
  const maxLength = Math.min(settings.maxLength, fixedLength ?? settings.maxLength);

  /** One vector a sequence, before any cut or scaling. */
  const run = async (sequences: readonly (readonly number[])[], signal?: AbortSignal): Promise<Float64Array[]> => {
    const vectors: Float64Array[] = [];
    for (const { rows, length } of batchesByLength(
      sequences.map((ids) => ids.length),
      limits,
    )) {
      throwIfAborted(signal);
      const batch = padded(
        rows.map((row) => sequences[row]!),
        length,
        { padId, padding: settings.padding },
      );
      const { data, shape } = await session.run(inputsOf(batch), output.name);
      const width = shape.at(-1)!;
      const found = pooling === 'graph' ? rowsOf(data, width) : pooled(data, width, batch, pooling);
      rows.forEach((row, i) => {
        vectors[row] = found[i]!;
      });
    }
    return vectors;
  };

  let padId = settings.padId;
  let opening: ReturnType<typeof openSequencer> | undefined;
  const openSequencer = async () => {
    const tokenizer = await openTokenizer(tokenizerBytes, folder.tokenizer, folder.tokenizerConfig);
    padId = (settings.padToken === undefined ? undefined : tokenizer.idOf(settings.padToken)) ?? settings.padId;
    return sequencer(tokenizer, { ...settings, maxLength });
  };
  const sequencesOf = async () => {
    opening ??= openSequencer();
    return opening;
  };

  const native =
    output.width ?? (await widthByTrial(session, output, async () => run((await sequencesOf())('a').pieces)));
  const dim = checkedWidth(request.dim, native, settings.matryoshka, settings.id);
  const finish = (vector: Float64Array) => (settings.normalise ? scaleToUnit(vector) : vector);

  const embed: Encoder['embed'] = async (texts, signal) => {
    const toSequences = await sequencesOf();
    const sequences = texts.map((text) => toSequences(settings.prompt.replace('{text}', () => text)));
    const pieces = sequences.flatMap((one, text) => one.pieces.map((ids) => ({ text, ids })));
    const filled = pieces.filter(({ ids }) => ids.length > 0);
    const found = await run(
      filled.map(({ ids }) => ids),
      signal,
    );
    const sums = texts.map(() => new Float64Array(dim));
    filled.forEach(({ text, ids }, i) => {
      const piece = finish(found[i]!.slice(0, dim));
      const weight = ids.length;
      for (let j = 0; j < dim; j++) sums[text]![j]! += weight * piece[j]!;
    });
    const vectors = matrix(texts.length, dim);
    let zeros = 0;
    sums.forEach((sum, text) => {
      const weight = sequences[text]!.pieces.reduce((total, ids) => total + ids.length, 0) || 1;
      const vector = finish(sum.map((value) => value / weight));
      if (vector.some((value) => !Number.isFinite(value))) throw notANumber(folder.model, texts[text]!);
      if (vector.every((value) => value === 0)) zeros++;
      vectors.data.set(vector, text * dim);
    });
    if (zeros > 0)
      onWarning?.(`${settings.id}: ${zeros} of ${texts.length} texts have the zero vector, which tells nothing apart.`);
    return { vectors, truncatedCount: sequences.filter(({ truncated }) => truncated).length };
  };

  return {
    id: settings.id,
    dim,
    fingerprint: fingerprintOf({
      id: 'onnx',
      graph,
      tokenizer: sha256(tokenizerBytes),
      pooling,
      normalise: settings.normalise,
      prompt: settings.prompt,
      maxLength,
      longText: settings.longText,
      padding: settings.padding,
      dim,
    }),
    request: storedRequest({ ...request, source: 'onnx', path }),
    embed,
    selfTest: (signal) => selfTestOf(embed, signal),
  };
}

function whatToFetch({ model }: EncoderRequest): string {
  if (model !== undefined && Object.hasOwn(PRESETS, model)) return filesToFetch(model);
  return 'An encoder folder holds model.onnx or onnx/model.onnx (with its .onnx_data, if there is one), tokenizer.json, tokenizer_config.json, config.json and 1_Pooling/config.json.';
}

function requirePooling({ pooling }: EncoderSettings, path: string) {
  if (pooling !== undefined) return pooling;
  throw new VsrError('VSR_ENCODER', `${path}: how token vectors become one vector a text is not said anywhere.`, {
    hint: 'Bring 1_Pooling/config.json, or set embedding.pooling to mean, cls, last or max as the model was trained.',
  });
}

function rowsOf(data: Float32Array, width: number): Float64Array[] {
  return Array.from({ length: data.length / width }, (_, i) =>
    Float64Array.from(data.subarray(i * width, (i + 1) * width)),
  );
}

/** Some graphs were exported for one shape alone; more rows than one are then refused by ONNX Runtime. */
function fixedShape({ inputs }: ModelSession): { rows: 1 | undefined; length: number | undefined } {
  const [rows, length] = inputs.find(({ name }) => name === 'input_ids')?.shape ?? [];
  return {
    rows: rows === 1 ? 1 : undefined,
    length: typeof length === 'number' && length > 0 ? length : undefined,
  };
}

/** A graph may leave its width open. */
async function widthByTrial(
  session: ModelSession,
  output: ChosenOutput,
  trial: () => Promise<Float64Array[]>,
): Promise<number> {
  const [vector] = await trial();
  if (vector && vector.length > 0) return vector.length;
  await session.dispose();
  throw new VsrError('VSR_ENCODER', `The output ${output.name} has no width.`);
}

function notANumber(model: string, text: string): VsrError {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return new VsrError(
    'VSR_ENCODER',
    `${model}: the vector of ${JSON.stringify(shown)} holds values that are no number.`,
    {
      hint: 'A float16 model may overflow: use the float32 or the 8-bit file of the same model.',
    },
  );
}
