// The width that is asked of an encoder, against the one it has.
import { VsrError } from '../errors/vsr-error.js';
import type { Preset } from './presets.js';

/** The width to cut to. Throws VSR_ENCODER unless the model was trained to be cut there (Matryoshka). */
export function checkedWidth(
  asked: number | undefined,
  native: number,
  matryoshka: Preset['matryoshka'],
  id: string,
): number {
  if (asked === undefined || asked === native) return native;
  const allowed =
    matryoshka === undefined
      ? false
      : 'from' in matryoshka
        ? asked >= matryoshka.from && asked < native
        : matryoshka.includes(asked);
  if (allowed) return asked;
  const widths =
    matryoshka === undefined
      ? `${native} alone`
      : 'from' in matryoshka
        ? `${matryoshka.from} to ${native}`
        : [native, ...matryoshka].join(', ');
  throw new VsrError('VSR_ENCODER', `embedding.dim: ${id} offers ${widths}, got ${asked}.`, {
    hint: 'Only encoders trained for it (qwen3, gemma) keep their meaning in their first values.',
  });
}
