// <router>_model.json and <router>.safetensors: the serial form of a fitted router.
import { readSafetensors, writeSafetensors } from '../data/safetensors.js';
import { VsrError } from '../errors/vsr-error.js';
import type { Tensor } from '../inference/tensor.js';
import type { ArtifactDirectory } from './artifact-directory.js';

const ROUTER_FORMAT = 'vsr.router/1';

/** What is written of a fitted router; `state` as its `state()` gives it. */
export interface RouterFile {
  readonly params: Readonly<Record<string, unknown>>;
  readonly state: {
    readonly json: Readonly<Record<string, unknown>>;
    readonly tensors: Readonly<Record<string, Tensor>>;
  };
}

/** The two files of one router, by name. */
export function routerFiles(router: string, { params, state }: RouterFile): Record<string, string | Uint8Array> {
  const tensors = `${router}.safetensors`;
  const json = { format: ROUTER_FORMAT, router, params, state: state.json, tensors };
  return { [`${router}_model.json`]: `${JSON.stringify(json, null, 2)}\n`, [tensors]: writeSafetensors(state.tensors) };
}

/** Throws `VSR_ARTIFACT` for a damaged file or another router's. */
export function readRouterFile(artifact: ArtifactDirectory, router: string): RouterFile {
  const name = `${router}_model.json`;
  const json = JSON.parse(artifact.read(name).toString('utf8')) as {
    format: string;
    router: string;
    params: RouterFile['params'];
    state: RouterFile['state']['json'];
    tensors: string;
  };
  if (json.format !== ROUTER_FORMAT || json.router !== router) {
    throw new VsrError(
      'VSR_ARTIFACT',
      `${name}: expected format "${ROUTER_FORMAT}" of router ${router}, got "${json.format}" of ${json.router}.`,
      {
        hint: 'Run vsr train again.',
      },
    );
  }
  return {
    params: json.params,
    state: {
      json: json.state,
      tensors: readSafetensors(artifact.read(json.tensors), json.tensors, 'VSR_ARTIFACT').tensors as Record<
        string,
        Tensor
      >,
    },
  };
}
