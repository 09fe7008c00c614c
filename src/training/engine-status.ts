// Which engine would train here, why it is not the native one, and what would bring that: for vsr doctor.
import { cudaHint, missingForCuda } from './cuda.js';
import { type EngineName, openEngine } from './engine.js';
import { GPU_UNSEEN, loadNative } from './load-native.js';

export interface EngineStatus {
  /** What `--engine auto` opens. */
  readonly live: { readonly name: EngineName; readonly version: string; readonly device: 'cpu' | 'cuda' };
  /** null = the native engine is live. */
  readonly notNative: { readonly why: string; readonly remedy: string } | null;
  /** What `--device cuda` lacks; empty = nothing. */
  readonly missingForCuda: readonly string[];
  /** What to do about the first of them. */
  readonly cudaRemedy: string;
}

/** Opens the engine to be sure: what it says has been tried. Throws `VSR_ENGINE` if none opens. */
export async function engineStatus(): Promise<EngineStatus> {
  const native = await loadNative('auto');
  const { name, version, device } = await openEngine();
  const missing = missingForCuda();
  return {
    live: { name, version, device },
    notNative: 'engine' in native ? null : { why: native.why, remedy: native.remedy },
    missingForCuda: missing,
    cudaRemedy: missing.length > 0 ? cudaHint(missing) : GPU_UNSEEN,
  };
}
