/** Where branches meet (Add, Sum, Mul, Concat), and what a known number or list does to one branch: see affine.ts. */
import { StudioError } from '../../../../experiments/errors/studio-error.ts'
import type { FloatTensor } from '../../read/constant-tensor.ts'
import { mapTensor } from '../float-tensors.ts'
import type { ImportValue } from '../import-value.ts'
import { unsupported, type NodeCall } from '../node-call.ts'
import type { DraftNode } from '../network-draft.ts'
import { addToChannels, multiplyChannels } from './affine.ts'
import type { OperatorTable } from './operator-rule.ts'
import { axisIn } from './shape-rules.ts'

export const mergeRules: OperatorTable = {
  Add: (call) => withNumbers(call, addToChannels) ?? merged(call, 'add'),
  Sum: (call) => (call.inputCount === 2 ? withNumbers(call, addToChannels) : undefined) ?? merged(call, 'add'),
  Mul: (call) => withNumbers(call, multiplyChannels) ?? merged(call, 'multiply'),
  Sub: (call) => {
    const numbers = constantOperand(call, 1)
    if (numbers)
      return addToChannels(
        call,
        0,
        mapTensor(numbers, (value) => -value),
      )
    throw unsupported('it subtracts what layers make from something; adding and subtracting known numbers are known')
  },
  Div: (call) => {
    const numbers = constantOperand(call, 1)
    if (numbers)
      return multiplyChannels(
        call,
        0,
        mapTensor(numbers, (value) => 1 / value),
      )
    throw unsupported('it divides by what layers make; dividing by known numbers is known')
  },
  Concat: (call) => {
    const shape = call.activation(0).view.shape
    const axis = axisIn(call.integer('axis', 1), shape.length + 1)
    if (axis !== 1) throw unsupported(`it joins along axis ${axis}; only channels are joined`)
    return merged(call, 'concatenate')
  },
}

/** The result where one of two inputs is known. */
function withNumbers(
  call: NodeCall,
  apply: (call: NodeCall, activation: number, numbers: FloatTensor) => ImportValue,
): ImportValue | undefined {
  for (const [activation, constant] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const numbers = constantOperand(call, constant)
    if (numbers) return apply(call, activation, numbers)
  }
  return undefined
}

function constantOperand(call: NodeCall, index: number): FloatTensor | undefined {
  const value = call.required(index)
  if (value.kind === 'floats') call.around.spend('all' in value.data ? 1 : value.data.length)
  return value.kind === 'activation' ? undefined : call.requiredFloats(index)
}

function merged(call: NodeCall, type: string): ImportValue {
  const inputs = Array.from({ length: call.inputCount }, (_, i): DraftNode => call.layer(i))
  const [only] = inputs
  if (inputs.length === 1 && only) return call.result(only)
  if (inputs.length > 1000)
    throw new StudioError('too-large', `it joins ${inputs.length} inputs; at most 1000 are read`)
  return call.result(call.add(type, { inputs }))
}
