/**
 * Kernels of CUDA and DirectML for opset 17, of the operators and element types that lowered programs use, copied from onnxruntime's generated
 * list docs/OperatorKernels.md (commit 001d12d2623f of its repository). A kernel covers the opsets from `since` to `until`; DirectML's list
 * names only the first.
 */
import type { OnnxElementType } from './onnx-graph.ts'

export interface Kernel {
  readonly since: number
  /** Absent: to the next version of the operator. */
  readonly until?: number
  /** Of its data; indices, shapes and conditions have types of their own. */
  readonly types: readonly OnnxElementType[]
}

const float: readonly OnnxElementType[] = ['float32', 'float16']
const numbers: readonly OnnxElementType[] = [...float, 'int32', 'int64']
const any: readonly OnnxElementType[] = [...numbers, 'bool']

function kernel(types: readonly OnnxElementType[], since: number, until?: number): Kernel {
  return until === undefined ? { types, since } : { types, since, until }
}

export const cudaKernels: Readonly<Record<string, Kernel>> = {
  Add: kernel(numbers, 14),
  ArgMax: kernel(float, 13),
  AveragePool: kernel(float, 11, 18),
  BatchNormalization: kernel(float, 15),
  Cast: kernel(any, 13, 18),
  Clip: kernel([...float, 'int64'], 13),
  Concat: kernel(any, 13),
  Conv: kernel(float, 11, 21),
  ConvTranspose: kernel(float, 11),
  Div: kernel(numbers, 14),
  Elu: kernel(float, 6),
  Equal: kernel(any, 13),
  Erf: kernel(float, 13),
  Exp: kernel(float, 13),
  Expand: kernel(any, 13),
  Gather: kernel(any, 13),
  Gemm: kernel(float, 13),
  Greater: kernel(numbers, 13),
  GreaterOrEqual: kernel(numbers, 16),
  Identity: kernel(any, 14, 18),
  LeakyRelu: kernel(float, 16),
  Log: kernel(float, 13),
  Loop: kernel(any, 13, 18),
  MatMul: kernel(float, 13),
  MaxPool: kernel(float, 12),
  Mul: kernel(numbers, 14),
  Neg: kernel(numbers, 13),
  PRelu: kernel(float, 16),
  Pad: kernel([...float, 'bool'], 13, 17),
  Pow: kernel(numbers, 15),
  Reciprocal: kernel(float, 13),
  ReduceMax: kernel(numbers, 1, 17),
  ReduceMean: kernel([...float, 'int32'], 1, 17),
  ReduceSum: kernel(numbers, 13),
  ReduceSumSquare: kernel(float, 1, 17),
  Relu: kernel(float, 14),
  Reshape: kernel(any, 14, 18),
  Resize: kernel([...float, 'int32'], 13, 17),
  Sigmoid: kernel(float, 13),
  Slice: kernel(any, 13),
  Softmax: kernel(float, 13),
  Sqrt: kernel(float, 13),
  Squeeze: kernel(any, 13, 20),
  Sub: kernel(numbers, 14),
  Sum: kernel(float, 13),
  Tanh: kernel(float, 13),
  Transpose: kernel(any, 13, 20),
  Unsqueeze: kernel(any, 13, 20),
  Where: kernel(numbers, 16),
}

export const directmlKernels: Readonly<Record<string, Kernel>> = {
  Add: kernel(numbers, 14),
  ArgMax: kernel(numbers, 13),
  AveragePool: kernel(float, 11),
  BatchNormalization: kernel(float, 15),
  Cast: kernel(any, 13),
  Clip: kernel(numbers, 13),
  Concat: kernel(any, 13),
  Conv: kernel(float, 11),
  ConvTranspose: kernel(float, 11),
  Div: kernel(numbers, 14),
  Elu: kernel(float, 6),
  Equal: kernel(numbers, 13),
  Erf: kernel(float, 13),
  Exp: kernel(float, 13),
  Expand: kernel(any, 13),
  Gather: kernel(any, 13),
  Gemm: kernel(float, 13),
  Greater: kernel(numbers, 13),
  GreaterOrEqual: kernel(numbers, 16),
  Identity: kernel(any, 16),
  LeakyRelu: kernel(float, 16),
  Log: kernel(float, 13),
  MatMul: kernel(float, 13),
  MaxPool: kernel(float, 12),
  Mul: kernel(numbers, 14),
  Neg: kernel(numbers, 13),
  PRelu: kernel([...float, 'int32'], 16),
  Pad: kernel(any, 13),
  Pow: kernel([...float, 'int32'], 15),
  Reciprocal: kernel(float, 13),
  ReduceMax: kernel(numbers, 13),
  ReduceMean: kernel(float, 13),
  ReduceSum: kernel(numbers, 13),
  ReduceSumSquare: kernel(numbers, 13),
  Relu: kernel([...float, 'int32'], 14),
  Reshape: kernel(any, 14),
  Resize: kernel(float, 13),
  Sigmoid: kernel(float, 13),
  Slice: kernel(any, 13),
  Softmax: kernel(float, 13),
  Sqrt: kernel(float, 13),
  Squeeze: kernel(any, 13),
  Sub: kernel(numbers, 14),
  Sum: kernel(float, 13),
  Tanh: kernel(float, 13),
  Transpose: kernel(any, 13),
  Unsqueeze: kernel(any, 13),
  Where: kernel(any, 16),
}
