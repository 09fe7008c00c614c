// Node and the two engines: what runs here, and what would bring the better one.
import { prepareTensorFlow } from '../../config/environment.js';
import { VsrError } from '../../errors/vsr-error.js';
import { onnxRuntimeStatus } from '../../inference/onnxruntime/onnx-runtime.js';
import type { EngineStatus } from '../../training/engine-status.js';
import type { Check } from '../doctor.js';

export async function engineChecks(): Promise<Check[]> {
  return [
    nodeCheck(process.versions.node),
    onnxRuntimeCheck(await onnxRuntimeStatus()),
    tensorflowCheck(await trainingEngine()),
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

/** Routers that learn by gradient need an engine; the native one is the fast one. */
export function tensorflowCheck(status: EngineStatus | VsrError): Check {
  const name = 'tensorflow';
  if (status instanceof VsrError) {
    return { name, state: 'gap', detail: status.message, ...(status.hint && { fix: status.hint }) };
  }
  const { live, notNative } = status;
  const detail = `live: ${live.name} ${live.version} on ${live.device}`;
  if (notNative === null) return { name, state: 'ok', detail };
  return { name, state: 'gap', detail: `${detail}; not native: ${notNative.why}`, fix: notNative.remedy };
}
