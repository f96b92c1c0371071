/** Operators that only show the same elements in another way: views, see ../view.ts. */
import { StudioError } from '../../../../experiments/errors/studio-error.ts'
import { elementCount } from '../../../../experiments/ops/tensor-type.ts'
import { batchSize, integersOf, type ShapeNumber } from '../../read/constant-tensor.ts'
import type { ImportValue } from '../import-value.ts'
import { unsupported, type NodeCall } from '../node-call.ts'
import { reshapeView, shuffledGroups, transposeView } from '../view.ts'
import type { OperatorTable } from './operator-rule.ts'
import { axisIn, reshapeTarget, squeezedShape, transposeOrder, unsqueezedShape } from './shape-rules.ts'

export const shapeRules: OperatorTable = {
  Shape: (call) => {
    const shape: readonly ShapeNumber[] = [batchSize, ...call.activation(0).view.shape]
    return integersOf('', shape.slice(call.integer('start', 0), call.integer('end', shape.length)))
  },
  Identity: (call) => call.viewed(0, call.activation(0).view),
  Cast: (call) => {
    const to = call.integer('to', 1)
    if (to !== 1) throw unsupported(`it casts to type ${to}; this studio computes in float32`)
    return call.viewed(0, call.activation(0).view)
  },
  Reshape: (call) => {
    const { view } = call.activation(0)
    const [, ...shape] = reshapeTarget(call, [batchSize, ...view.shape], call.around.batch)
    return reshape(call, shape as readonly number[])
  },
  Flatten: (call) => {
    const { view } = call.activation(0)
    const axis = axisIn(call.integer('axis', 1), view.shape.length + 2)
    if (axis !== 1) throw unsupported(`it flattens from axis ${axis}; the batch has to stay the first axis`)
    return reshape(call, [elementCount(view.shape)])
  },
  Squeeze: (call) => reshape(call, squeezedShape(call, [0, ...call.activation(0).view.shape], true).slice(1)),
  Unsqueeze: (call) => {
    const [batch, ...shape] = unsqueezedShape(call, [0, ...call.activation(0).view.shape])
    if (batch !== 0) throw unsupported('it adds an axis before the batch')
    return reshape(call, shape)
  },
  Transpose: (call) => {
    const { view } = call.activation(0)
    const order = transposeOrder(call, view.shape.length + 1)
    if (order[0] !== 0) throw unsupported('it moves the axis of the batch')
    return call.viewed(
      0,
      transposeView(
        view,
        order.slice(1).map((axis) => axis - 1),
      ),
    )
  },
}

function reshape(call: NodeCall, shape: readonly number[]): ImportValue {
  const { view } = call.activation(0)
  if (shape.length > 8) throw new StudioError('too-large', `it makes ${shape.length} axes; at most 8 are read`)
  const next = reshapeView(view, shape)
  // A shuffle is complete here; flattening it later would hide it.
  if (next && shuffledGroups(next) !== undefined)
    return call.result(call.asLayer({ ...call.activation(0), view: next }))
  if (next) return call.viewed(0, next)
  throw unsupported(
    `it reshapes [${view.shape.join(', ')}] to [${shape.join(', ')}] after a Transpose, in a way that no layer does`,
  )
}
