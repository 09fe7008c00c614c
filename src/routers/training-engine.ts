// Which engine would train the routers that learn by gradient: asked before a run starts, so that a missing GPU stops it at once.
import type { EngineOptions } from '../training/engine.js';
import type { EngineIdentity } from '../training/training-options.js';

/** Opens the engine. Throws `VSR_ENGINE` if a named engine does not load, or `device: cuda` finds no usable GPU. */
export async function trainingEngine(options: EngineOptions): Promise<EngineIdentity> {
  const { openEngine } = await import('../training/engine.js');
  const { name, version, device } = await openEngine(options);
  return { name, version, device };
}
