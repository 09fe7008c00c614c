// Takes a router's state apart again, refusing one that does not fit together.
import { VsrError } from '../errors/vsr-error.js';
import type { Tensor } from '../inference/tensor.js';
import type { RouterState } from './router.js';

/** Throws `VSR_ARTIFACT` unless the tensor exists in that shape (null = any size) and kind. */
export function stateTensor<A extends Float32Array | Int32Array = Float32Array>(
  state: RouterState,
  name: string,
  shape: readonly (number | null)[],
  kind: 'float32' | 'int32' = 'float32',
): Tensor & { readonly data: A } {
  const found = state.tensors[name];
  const expected = `[${shape.map((size) => size ?? 'any').join('×')}] ${kind}`;
  if (!found) throw damaged(`tensor "${name}" ${expected} is missing`);
  const fits =
    found.shape.length === shape.length && shape.every((size, i) => size === null || size === found.shape[i]);
  const isKind = kind === 'int32' ? found.data instanceof Int32Array : found.data instanceof Float32Array;
  const whole = found.shape.reduce((product, size) => product * size, 1) === found.data.length;
  if (fits && isKind && whole) return found as Tensor & { readonly data: A };
  const got = `[${found.shape.join('×')}] ${found.data instanceof Int32Array ? 'int32' : 'float32'}`;
  throw damaged(`tensor "${name}" must be ${expected}, got ${got} with ${found.data.length} values`);
}

/** Throws `VSR_ARTIFACT` unless the state's JSON holds a whole number in [low, high] there. */
export function stateCount(state: RouterState, key: string, low: number, high: number): number {
  const value = state.json[key];
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value;
  throw damaged(`"${key}" must be a whole number from ${low} to ${high}, got ${JSON.stringify(value)}`);
}

function damaged(what: string): VsrError {
  return new VsrError('VSR_ARTIFACT', `router state: ${what}.`, { hint: 'Run vsr train again.' });
}
