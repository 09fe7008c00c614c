// What a caller may say about training by gradient: engine, device, checkpoints.
import type { FitCheckpoint } from './checkpoint.js';
import type { Engine, EngineOptions } from './engine.js';

export type EngineIdentity = Pick<Engine, 'name' | 'version' | 'device'>;

export interface TrainingOptions extends EngineOptions {
  /** Told once a fit, before it starts: for the manifest and one line on stderr. */
  readonly onEngine?: (engine: EngineIdentity) => void;
  /** Told after every epoch. */
  readonly onCheckpoint?: (checkpoint: FitCheckpoint) => void;
  /** The checkpoint of an interrupted fit of the same router on the same rows. */
  readonly resume?: FitCheckpoint;
}
