// Node and the two engines: what runs here, and what would bring the better one.
import { prepareTensorFlow } from '../../config/environment.js';
import type { VsrConfig } from '../../config/schema.js';
import { VsrError } from '../../errors/vsr-error.js';
import { onnxRuntimeStatus } from '../../inference/onnxruntime/onnx-runtime.js';
import type { EngineStatus } from '../../training/engine-status.js';
import type { Check } from '../doctor.js';

/** What training is asked to run on. */
export type AskedEngine = Pick<VsrConfig['train'], 'engine' | 'device'>;

export async function engineChecks(asked: AskedEngine): Promise<Check[]> {
  const status = await trainingEngine();
  return [
    nodeCheck(process.versions.node),
    onnxRuntimeCheck(await onnxRuntimeStatus()),
    tensorflowCheck(status, asked.engine),
    ...(status instanceof VsrError ? [] : [cudaCheck(status, asked.device)]),
  ];
}

/** The status, or why no engine opens. */
async function trainingEngine(): Promise<EngineStatus | VsrError> {
  prepareTensorFlow();
  const { engineStatus } = await import('../../training/engine-status.js');
  return engineStatus().catch((error: unknown) => {
    if (error instanceof VsrError) return error;
    throw error;
  });
}

/** package.json's `engines`. */
const OLDEST_NODE = [20, 19] as const;

export function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  const isNewEnough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  if (isNewEnough) return { name: 'node', state: 'ok', detail: version };
  return {
    name: 'node',
    state: 'dead',
    detail: `${version}; vsr needs ${OLDEST_NODE.join('.')} or newer`,
    fix: 'install a newer Node, for example npx -p node@22 node --version',
  };
}

/** Without it plain arrays score the same, more slowly. */
export function onnxRuntimeCheck(status: { live: boolean; version?: string; reason?: string }): Check {
  const name = 'onnxruntime';
  if (status.live) return { name, state: 'ok', detail: `live${status.version ? `, ${status.version}` : ''}` };
  return {
    name,
    state: 'gap',
    detail: `not live: ${status.reason}; plain arrays score instead, more slowly`,
    fix: 'npm install onnxruntime-node',
  };
}

/** Routers that learn by gradient need an engine; the native one is the fast one. Dead where the configuration names it. */
export function tensorflowCheck(status: EngineStatus | VsrError, asked: AskedEngine['engine'] = 'auto'): Check {
  const name = 'tensorflow';
  if (status instanceof VsrError) {
    return { name, state: 'gap', detail: status.message, ...(status.hint && { fix: status.hint }) };
  }
  const { live, notNative } = status;
  const detail = `live: ${live.name} ${live.version} on ${live.device}`;
  if (notNative === null) return { name, state: 'ok', detail };
  const state = asked === 'native' ? 'dead' : 'gap';
  return { name, state, detail: `${detail}; not native: ${notNative.why}`, fix: notNative.remedy };
}

/** What --device cuda lacks. Only who asks for it needs it, so it is dead only where the configuration does. */
export function cudaCheck({ live, missingForCuda, cudaRemedy }: EngineStatus, asked: AskedEngine['device']): Check {
  const name = 'cuda';
  if (live.device === 'cuda') return { name, state: 'ok', detail: 'live: training runs on the GPU' };
  const why =
    missingForCuda.length > 0
      ? `missing for --device cuda: ${missingForCuda.join('; ')}`
      : 'all parts for --device cuda are here, but TensorFlow does not run on the GPU';
  const state = asked === 'cuda' ? 'dead' : 'gap';
  return { name, state, detail: why, fix: cudaRemedy };
}
