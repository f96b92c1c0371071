/**
 * Ops that look at one element at a time do not care how a tensor lies: they run as they are on whatever layout their inputs share. What
 * stands where rounding added elements is followed through, for not every op makes zero of zeros: an optimizer's sqrt(v) + epsilon does not.
 */
import type { ProgramNode, Value } from '../../../../../experiments/ops/program.ts'
import { elementCount, sameShape } from '../../../../../experiments/ops/tensor-type.ts'
import { lowerNode } from '../../lower-program.ts'
import type { BlockedForm, BlockedLowering } from '../blocked-lowering.ts'
import type { Layout } from '../layout.ts'

type Padding = number | undefined

/** What `op` makes of the padding of its inputs; undefined for a number that is not known here, such as a learning rate. */
const paddings: Readonly<Record<string, (a: Padding, b: Padding) => Padding>> = {
  add: (a, b) => known(a, b, (x, y) => x + y),
  subtract: (a, b) => known(a, b, (x, y) => x - y),
  multiply: (a, b) => (a === 0 || b === 0 ? 0 : known(a, b, (x, y) => x * y)),
  // A divisor that is not known is a scalar which the real elements are divided by as well.
  divide: (a, b) => (a === 0 && b !== 0 ? 0 : known(a, b, (x, y) => x / y)),
  negate: (a) => known(a, 0, (x) => -x),
  sqrt: (a) => known(a, 0, Math.sqrt),
  relu: (a) => known(a, 0, (x) => Math.max(x, 0)),
  reluGradient: (a) => (a === 0 ? 0 : undefined),
  tanh: (a) => known(a, 0, Math.tanh),
  sigmoid: (a) => known(a, 0, (x) => 1 / (1 + Math.exp(-x))),
  elu: zeroToZero,
  gelu: zeroToZero,
  erf: zeroToZero,
  leakyRelu: zeroToZero,
  clip: () => undefined,
  dropout: zeroToZero,
}

export const pointwiseOps: ReadonlySet<string> = new Set(Object.keys(paddings))

function zeroToZero(a: Padding): Padding {
  return a === 0 ? 0 : undefined
}

function known(a: Padding, b: Padding, combine: (a: number, b: number) => number): Padding {
  const value = a === undefined || b === undefined ? Number.NaN : combine(a, b)
  return Number.isFinite(value) ? value : undefined
}

export const pointwise: BlockedForm = (node, lowering) => {
  const [output] = node.outputs
  if (!output || elementCount(output.type.shape) === 1) return false
  const isScalar = (input: Value) => elementCount(input.type.shape) === 1
  const full = node.inputs.filter((input) => !isScalar(input))
  if (!full.every((input) => sameShape(input.type.shape, output.type.shape))) return false
  const layout = sharedLayout(full, lowering)
  if (!layout) return false
  const forms = node.inputs.map((input) =>
    isScalar(input)
      ? { name: lowering.as(input, 'plain'), padding: scalarPadding(input, lowering) }
      : lowering.withPadding(input, layout),
  )
  const names = forms.map((form) => form.name)
  const [name = ''] = lowerNode(laidOut(node, layout, lowering), lowering.graph, names)
  lowering.define(output, layout, name, paddings[node.op]?.(forms[0]?.padding, forms[1]?.padding))
  return true
}

/** The layout in which most inputs are already. */
function sharedLayout(inputs: readonly Value[], lowering: BlockedLowering): Layout | undefined {
  for (const input of inputs) {
    const layout = lowering.blockedLayout(input)
    if (layout) return layout
  }
  return undefined
}

function scalarPadding(input: Value, lowering: BlockedLowering): Padding {
  return lowering.constantOf(input)
}

/** The node as if its tensors had the sizes of their layout. */
function laidOut(node: ProgramNode, layout: Layout, lowering: BlockedLowering): ProgramNode {
  const resize = (value: Value): Value =>
    elementCount(value.type.shape) === 1
      ? value
      : { id: value.id, type: { ...value.type, shape: lowering.shape(value, layout) } }
  return { ...node, inputs: node.inputs.map(resize), outputs: node.outputs.map(resize) }
}
