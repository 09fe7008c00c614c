// The engine of a training run: opened before anything is read, named once for the user and for the manifest.
import type { EngineUsed } from '../../artifacts/manifest.js';
import { prepareTensorFlow } from '../../config/environment.js';
import type { VsrConfig } from '../../config/schema.js';
import { loadRouter } from '../../routers/registry.js';
import { trainingEngine } from '../../routers/training-engine.js';
import type { PipelineContext } from '../context.js';
import type { RouterRequest } from './fit-routers.js';

/** null: none of the routers learns by gradient. Throws `VSR_ENGINE` where the asked-for engine or device is not to be had. */
export async function openedEngine(
  { train: { engine, device, resume } }: VsrConfig,
  requests: readonly RouterRequest[],
  context: PipelineContext,
): Promise<EngineUsed | null> {
  const byGradient = await gradientRouters(requests);
  if (byGradient.length > 0) {
    prepareTensorFlow();
    const used = await trainingEngine({ engine, device });
    context.onNotice?.(`${byGradient.join(', ')} will be trained by ${used.name} (${used.version}) on ${used.device}.`);
    return used;
  }
  if (engine !== 'auto' || device !== 'auto' || resume) {
    const names = requests.map(({ name }) => name).join(', ');
    context.onNotice?.(`--engine, --device and --resume have no effect: of ${names} none learns by gradient.`);
  }
  return null;
}

async function gradientRouters(requests: readonly RouterRequest[]): Promise<string[]> {
  const routers = await Promise.all(requests.map(({ name }) => loadRouter(name)));
  return routers.filter(({ needs }) => needs.gradient).map(({ name }) => name);
}
