// Every op of a scoring graph by its ONNX name.
import type { OpName } from '../scoring-graph.js';
import { add, div, mul, sub } from './arithmetic.js';
import { exp, neg, relu, sigmoid, sqrt, tanh } from './elementwise.js';
import { gather } from './gather.js';
import type { Kernel } from './kernel.js';
import { matMul } from './mat-mul.js';
import { concat, squeeze, transpose, unsqueeze } from './rearrange.js';
import { argMax, argMin, reduceMean, reduceSum } from './reduce.js';
import { softmax } from './softmax.js';
import { topK } from './top-k.js';

export const KERNELS: Readonly<Record<OpName, Kernel>> = {
  MatMul: matMul,
  Transpose: transpose,
  Sub: sub,
  Mul: mul,
  Add: add,
  Div: div,
  Sqrt: sqrt,
  Neg: neg,
  ReduceSum: reduceSum,
  ReduceMean: reduceMean,
  TopK: topK,
  Gather: gather,
  ArgMin: argMin,
  ArgMax: argMax,
  Softmax: softmax,
  Relu: relu,
  Sigmoid: sigmoid,
  Tanh: tanh,
  Exp: exp,
  Concat: concat,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
};
