// An encoder on a server: batches, halved where they are too big, checked, scaled, and told apart by what it says of a sentence.
import { throwIfAborted } from '../../errors/vsr-error.js';
import { matrix } from '../../math/matrix.js';
import { checkedWidth } from '../checked-width.js';
import type { Encoder } from '../encoder.js';
import type { EncoderRequest } from '../encoder-request.js';
import { fingerprintOf } from '../fingerprint.js';
import { PRESETS, presetOfRepository } from '../presets.js';
import type { EncoderTools } from '../registry.js';
import { selfTestOf } from '../self-test.js';
import { storedRequest } from '../stored-request.js';
import { scaleToUnit } from '../unit-length.js';
import { refused } from './connection.js';
import { type EmbeddingServer, TooMuch } from './embedding-server.js';
import { checkedVectors } from './reply-vectors.js';
import { PROBE, probeOf, rounded } from './server-probe.js';

const BATCH_SIZE = 32;
/** A longer text is cut here before it is sent. */
const MOST_CHARACTERS = 200_000;
/** A text is not halved below this. */
const FEWEST_CHARACTERS = 64;

type ServerSource = 'openai' | 'nvclip' | 'tei' | 'ollama' | 'huggingface';

const SERVERS: Readonly<
  Record<ServerSource, (request: EncoderRequest, tools: EncoderTools) => Promise<EmbeddingServer>>
> = {
  openai: async (request, tools) => (await import('./openai-server.js')).openAiServer(request, 'openai', tools),
  nvclip: async (request, tools) => (await import('./openai-server.js')).openAiServer(request, 'nvclip', tools),
  tei: async (request, tools) => (await import('./plain-servers.js')).teiServer(request, tools),
  ollama: async (request, tools) => (await import('./plain-servers.js')).ollamaServer(request, tools),
  huggingface: async (request, tools) => (await import('./plain-servers.js')).huggingFaceServer(request, tools),
};

/**
 * Asks the server at once for the vector of a fixed sentence: it gives the width, and with the host and the model's name the
 * fingerprint. A text without any character but spaces is the zero vector and is not sent.
 * Throws VSR_ENCODER where the server cannot be used, VSR_ABORTED.
 */
export async function openHttpEncoder(
  request: EncoderRequest & { readonly source: ServerSource },
  tools: EncoderTools = {},
): Promise<Encoder> {
  const server = await SERVERS[request.source](request, tools);
  const prompt = request.prompt ?? presetOf(server.model)?.prompt ?? '';
  const batchSize = Math.min(request.batchSize ?? BATCH_SIZE, server.mostInputs);
  const [first] = checkedVectors(await server.embed([PROBE], undefined), 1, server.address);
  const dim = widthOf(request, server, first!.length);
  const probe = probeOf(scaleToUnit(first!.slice(0, dim)), request.probe);

  const vectorOf = (vector: Float64Array): Float64Array => {
    if (vector.length === first!.length) return scaleToUnit(vector.slice(0, dim));
    const was = first!.length;
    throw refused(`http://${server.address}`, `${server.model} gave ${vector.length} values, but ${was} before`);
  };
  /** Vectors of inputs that are sent together, halved until the server takes them. */
  const ask = async (
    inputs: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ vectors: Float64Array[]; cut: number }> => {
    throwIfAborted(signal);
    try {
      const vectors = checkedVectors(await server.embed(inputs, signal), inputs.length, server.address);
      return { vectors: vectors.map(vectorOf), cut: 0 };
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      if (inputs.length > 1) {
        const middle = Math.ceil(inputs.length / 2);
        const [a, b] = [await ask(inputs.slice(0, middle), signal), await ask(inputs.slice(middle), signal)];
        return { vectors: [...a.vectors, ...b.vectors], cut: a.cut + b.cut };
      }
      const half = cutTo(inputs[0]!, Math.floor(inputs[0]!.length / 2));
      if (half.length < FEWEST_CHARACTERS) throw refused(`http://${server.address}`, error.message);
      return { ...(await ask([half], signal)), cut: 1 };
    }
  };

  const embed: Encoder['embed'] = async (texts, signal) => {
    const vectors = matrix(texts.length, dim);
    const rows = texts.flatMap((text, row) => (text.trim() === '' ? [] : [row]));
    const long = rows.filter((row) => texts[row]!.length > MOST_CHARACTERS).length;
    const batches = Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, i) =>
      rows.slice(i * batchSize, (i + 1) * batchSize),
    );
    const asked = await Promise.all(
      batches.map(async (batch) => {
        const inputs = batch.map((row) => withPrompt(prompt, cutTo(wellFormed(texts[row]!), MOST_CHARACTERS)));
        const { vectors: found, cut } = await ask(inputs, signal);
        batch.forEach((row, i) => {
          vectors.data.set(found[i]!, row * dim);
        });
        return cut;
      }),
    );
    return { vectors, truncatedCount: asked.reduce((sum, cut) => sum + cut, long) };
  };

  return {
    id: server.model,
    dim,
    fingerprint: fingerprintOf({
      id: request.source,
      host: server.address,
      model: server.model,
      dim,
      prompt,
      probe: rounded(probe),
    }),
    request: storedRequest({ ...request, probe: [...probe] }),
    embed,
    selfTest: (signal) => selfTestOf(embed, signal),
  };
}

function widthOf(request: EncoderRequest, server: EmbeddingServer, native: number): number {
  if (!server.cuts) return checkedWidth(request.dim, native, presetOf(server.model)?.matryoshka, server.model);
  if (request.dim === undefined || request.dim === native) return native;
  throw refused(`http://${server.address}`, `${server.model} gave ${native} values, asked for ${request.dim}`);
}

function presetOf(model: string) {
  const name = presetOfRepository(model.replace(/:.*$/, ''));
  return name === undefined ? undefined : PRESETS[name];
}

function withPrompt(prompt: string, text: string): string {
  return prompt.includes('{text}') ? prompt.replace('{text}', () => text) : `${prompt}${text}`;
}

/** Never in the middle of a character. */
function cutTo(text: string, length: number): string {
  if (text.length <= length) return text;
  const code = text.charCodeAt(length);
  return text.slice(0, code >= 0xdc00 && code <= 0xdfff ? length - 1 : length);
}

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
