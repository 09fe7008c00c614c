// A named, dense tensor: what router states, scoring graphs and safetensors files are made of.

/** float32 values, or whole numbers (int32; written to ONNX as int64, its index type). */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export function tensor(shape: readonly number[], data: Float32Array | Int32Array): Tensor {
  return { shape, data };
}
