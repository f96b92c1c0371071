/** Operators on numbers that are known already: shape arithmetic, and weights that a graph makes itself or prepares before it uses them. */
import { StudioError } from '../../../../experiments/errors/studio-error.ts'
import { elementCount, formatShape } from '../../../../experiments/ops/tensor-type.ts'
import {
  batchSize,
  checkedShape,
  floatData,
  integersOf,
  maxIntegers,
  type ConstantTensor,
  type FloatTensor,
  type IntegerTensor,
  type ShapeNumber,
} from '../../read/constant-tensor.ts'
import { combine, filledTensor, mapTensor, reshaped, transposed, type Arithmetic } from '../float-tensors.ts'
import { unsupported, type NodeCall } from '../node-call.ts'
import { flattenedShape, reshapeTarget, squeezedShape, transposeOrder, unsqueezedShape } from './shape-rules.ts'

/** The numbers of the first output, or undefined when the operator is not computed. */
export type KnownRule = (call: NodeCall) => ConstantTensor

export const knownRules: Readonly<Record<string, KnownRule>> = {
  Constant: constantNode,
  ConstantOfShape: constantOfShape,
  Identity: (call) => known(call, 0),
  Cast: cast,
  Reshape: (call) => {
    const tensor = known(call, 0)
    return withShape(tensor, numbersOnly(reshapeTarget(call, tensor.shape, undefined)))
  },
  Flatten: (call) => withShape(known(call, 0), flattenedShape(call, known(call, 0).shape)),
  Squeeze: (call) => withShape(known(call, 0), squeezedShape(call, known(call, 0).shape)),
  Unsqueeze: (call) => withShape(known(call, 0), unsqueezedShape(call, known(call, 0).shape)),
  Transpose: (call) => {
    const tensor = call.requiredFloats(0)
    call.around.spend('all' in tensor.data ? 0 : tensor.data.length)
    return transposed(tensor, transposeOrder(call, tensor.shape.length))
  },
  Expand: (call) => {
    const shape = checkedShape(numbersOnly(call.integerTensor(1)?.values ?? []), 'its result')
    return arithmetic(call, call.requiredFloats(0), filledTensor('', shape, 0), (a) => a)
  },
  Concat: concat,
  Gather: gather,
  Slice: slice,
  ReduceProd: (call) => {
    const { values } = integers(call, 0)
    const keeps = call.integer('keepdims', 1) === 1
    call.numbers('axes', 1)
    const product = numbersOnly(values).reduce((total, value) => total * value, 1)
    return { kind: 'integers', name: '', shape: keeps ? [1] : [], values: [safe(product)] }
  },
  Add: binary((a, b) => a + b, 0),
  Sub: binary((a, b) => a - b, 0),
  Mul: binary((a, b) => a * b, 1),
  Div: binary((a, b) => a / b, 1),
  Neg: unary((value) => -value),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((value) => 1 / value),
  Exp: unary(Math.exp),
}

function known(call: NodeCall, index: number): ConstantTensor {
  const value = call.constant(index)
  if (value) return value
  throw new StudioError('network-structure', `its input ${index} is missing`)
}

function integers(call: NodeCall, index: number): IntegerTensor {
  const value = call.integerTensor(index)
  if (value) return value
  throw new StudioError('network-structure', `its input ${index} is missing`)
}

function outputName(call: NodeCall): string {
  return call.node.outputs[0] ?? ''
}

function constantNode(call: NodeCall): ConstantTensor {
  const name = outputName(call)
  const tensor = call.tensor('value')
  if (tensor) return { ...tensor, name }
  if (call.has('value_float')) return filledTensor(name, [], call.float('value_float', 0))
  if (call.has('value_int')) return { kind: 'integers', name, shape: [], values: [call.integer('value_int', 0)] }
  const values = call.integers('value_ints')
  if (values) return integersOf(name, values)
  throw unsupported('its value is neither a tensor nor a number')
}

function constantOfShape(call: NodeCall): ConstantTensor {
  const name = outputName(call)
  const shape = checkedShape(numbersOnly(integers(call, 0).values), `"${name.slice(0, 80)}"`)
  const value = call.tensor('value')
  if (!value) return filledTensor(name, shape, 0)
  if (elementCount(value.shape) !== 1) throw new StudioError('shape-mismatch', 'its value is not a single number')
  if (value.kind === 'floats') return filledTensor(name, shape, floatData(value)[0] ?? 0)
  if (elementCount(shape) > maxIntegers) throw new StudioError('too-large', `it makes ${elementCount(shape)} integers`)
  return {
    kind: 'integers',
    name,
    shape,
    values: new Array<ShapeNumber>(elementCount(shape)).fill(value.values[0] ?? 0),
  }
}

const floatTypes = [1, 10, 11]
const integerTypes = [6, 7, 9]

function cast(call: NodeCall): ConstantTensor {
  const to = call.integer('to', 1)
  const tensor = known(call, 0)
  if (floatTypes.includes(to)) {
    if (tensor.kind === 'floats') return tensor
    return { ...tensor, kind: 'floats', data: Float32Array.from(numbersOnly(tensor.values)) }
  }
  if (!integerTypes.includes(to)) throw unsupported(`it casts to type ${to}`)
  if (tensor.kind === 'integers') return tensor
  if (elementCount(tensor.shape) > maxIntegers) throw new StudioError('too-large', 'it makes too many integers')
  return {
    kind: 'integers',
    name: tensor.name,
    shape: tensor.shape,
    values: Array.from(floatData(tensor), (value) => safe(Math.trunc(value))),
  }
}

function withShape(tensor: ConstantTensor, shape: readonly number[]): ConstantTensor {
  if (tensor.kind === 'floats') return reshaped(tensor, shape)
  if (elementCount(shape) === tensor.values.length) return { ...tensor, shape }
  throw new StudioError('shape-mismatch', `${tensor.values.length} numbers do not fit the shape ${formatShape(shape)}`)
}

function concat(call: NodeCall): ConstantTensor {
  const parts = Array.from({ length: call.inputCount }, (_, i) => integers(call, i))
  call.integer('axis', 0)
  if (parts.some(({ shape }) => shape.length > 1)) throw unsupported('it joins weights; store them joined')
  const values = parts.flatMap((part) => part.values)
  if (values.length > maxIntegers) throw new StudioError('too-large', `it joins ${values.length} integers`)
  return integersOf(outputName(call), values)
}

function gather(call: NodeCall): ConstantTensor {
  const { values, shape } = integers(call, 0)
  const { values: indices, shape: result } = integers(call, 1)
  call.expectInteger('axis', 0, 'only lists are indexed')
  if (shape.length !== 1) throw unsupported('it takes parts of weights; store them apart')
  const picked = numbersOnly(indices).map((index) => {
    const value = values[index < 0 ? index + values.length : index]
    if (value === undefined) throw new StudioError('out-of-range', `it takes number ${index} of ${values.length}`)
    return value
  })
  return { kind: 'integers', name: outputName(call), shape: result, values: picked }
}

/** Attributes before opset 10. */
function slice(call: NodeCall): ConstantTensor {
  const { values, shape } = integers(call, 0)
  if (shape.length !== 1) throw unsupported('it cuts weights; store them cut')
  const [start = 0] = call.numbers('starts', 1) ?? []
  const [end = values.length] = call.numbers('ends', 2) ?? []
  call.numbers('axes', 3)
  const [step = 1] = call.numbers('steps', 4) ?? []
  if (step !== 1) throw unsupported(`it cuts in steps of ${step}`)
  return integersOf(outputName(call), values.slice(start, end))
}

/** @param neutral the number that leaves the size of the batch as it is, as the second operand */
function binary(operation: Arithmetic, neutral: number): KnownRule {
  return (call) => {
    const a = known(call, 0)
    const b = known(call, 1)
    if (a.kind === 'floats' && b.kind === 'floats') return arithmetic(call, a, b, operation)
    if (a.kind !== 'integers' || b.kind !== 'integers')
      throw new StudioError('wrong-type', 'it mixes integers and floating-point numbers')
    const length = Math.max(a.values.length, b.values.length)
    const at = ({ values }: IntegerTensor, i: number): ShapeNumber => values[values.length === 1 ? 0 : i] ?? 0
    const fits = [a, b].every(({ values }) => values.length === 1 || values.length === length)
    if (!fits) throw new StudioError('shape-mismatch', `it combines ${a.values.length} and ${b.values.length} integers`)
    const values = Array.from({ length }, (_, i): ShapeNumber => {
      const left = at(a, i)
      const right = at(b, i)
      if (left === batchSize && right === neutral) return left
      if (left === batchSize || right === batchSize) throw unsupported('it computes with the size of the batch')
      return safe(Math.trunc(operation(left, right)))
    })
    return {
      kind: 'integers',
      name: outputName(call),
      shape: (a.values.length >= b.values.length ? a : b).shape,
      values,
    }
  }
}

function unary(operation: (value: number) => number): KnownRule {
  return (call) => {
    const tensor = call.requiredFloats(0)
    call.around.spend('all' in tensor.data ? 1 : tensor.data.length)
    return mapTensor(tensor, operation)
  }
}

function arithmetic(call: NodeCall, a: FloatTensor, b: FloatTensor, operation: Arithmetic): FloatTensor {
  call.around.spend(elementCount(a.shape) + elementCount(b.shape))
  return combine(a, b, operation)
}

function numbersOnly(values: readonly ShapeNumber[]): readonly number[] {
  return values.map((value) => {
    if (value !== batchSize) return value
    throw unsupported('it depends on the size of the batch')
  })
}

function safe(value: number): number {
  if (Number.isSafeInteger(value)) return value
  throw new StudioError('out-of-range', 'a result is not an integer that can be counted with')
}
