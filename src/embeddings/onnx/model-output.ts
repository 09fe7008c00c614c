// Which of a model's outputs is, or becomes, the vector of a text.
import { VsrError } from '../../errors/vsr-error.js';
import type { ModelPort } from '../../inference/onnxruntime/model-session.js';

export interface ChosenOutput {
  readonly name: string;
  /** true: one vector a text, [rows × width]; false: one a token, [rows × length × width]. */
  readonly isPooled: boolean;
  /** undefined where the model does not declare it. */
  readonly width: number | undefined;
}

const POOLED = ['sentence_embedding', 'text_embeds', 'image_embeds'];
const PER_TOKEN = ['last_hidden_state', 'token_embeddings'];

/**
 * The first present of sentence_embedding, text_embeds, image_embeds (never pooled again), last_hidden_state and
 * token_embeddings. `modules` are those of modules.json. Throws VSR_ENCODER where none is present, or where a layer after
 * the pooling is not in the graph.
 */
export function chooseOutput(ports: readonly ModelPort[], modules: readonly string[], where: string): ChosenOutput {
  const port = [...POOLED, ...PER_TOKEN].flatMap((name) => ports.find((one) => one.name === name) ?? [])[0];
  if (!port) {
    throw new VsrError(
      'VSR_ENCODER',
      `${where}: expected an output ${[...POOLED, ...PER_TOKEN].join(', ')}, got ${ports.map(({ name }) => name).join(', ')}.`,
      { hint: 'Export the model for feature extraction (optimum-cli export onnx --task feature-extraction).' },
    );
  }
  const isPooled = POOLED.includes(port.name);
  if (!isPooled && modules.includes('Dense')) {
    throw new VsrError(
      'VSR_ENCODER',
      `${where}: modules.json has a Dense layer after the pooling, and the graph ends before it at ${port.name}.`,
      { hint: 'Use an export whose graph gives sentence_embedding, with that layer inside.' },
    );
  }
  const width = port.shape.at(-1);
  return { name: port.name, isPooled, width: typeof width === 'number' && width > 0 ? width : undefined };
}
