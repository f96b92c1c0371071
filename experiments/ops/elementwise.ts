/** Rules that element-wise ops share: a unary op keeps the type of its input, a binary op broadcasts. */
import { broadcastShape } from './broadcast-shape.ts'
import { expectDataType, inputAt } from './expect-type.ts'
import type { DataType, TensorType } from './tensor-type.ts'

export function unaryShape(op: string): (inputs: readonly TensorType[]) => readonly TensorType[] {
  return (inputs) => {
    const x = inputAt(inputs, 0)
    expectDataType(`the input of ${op}`, x, 'float32')
    return [x]
  }
}

/** `result` is the element type of the output. Default: that of the inputs. */
export function binaryShape(op: string, result?: DataType): (inputs: readonly TensorType[]) => readonly TensorType[] {
  return (inputs) => {
    const a = inputAt(inputs, 0)
    const b = inputAt(inputs, 1)
    expectDataType(`the second input of ${op}`, b, a.dtype)
    return [{ dtype: result ?? a.dtype, shape: broadcastShape(op, a.shape, b.shape) }]
  }
}
