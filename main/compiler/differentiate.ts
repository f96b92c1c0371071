/**
 * Reverse-mode differentiation (Griewank, Walther: Evaluating Derivatives, 2008, chapter 3): from the loss backwards, each op's own rule
 * turns the gradients of its outputs into those of its inputs; a value used several times collects the sum. The rules stand with the ops.
 */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { add } from '../../experiments/ops/add.ts'
import { constant } from '../../experiments/ops/constant.ts'
import type { GradientRule } from '../../experiments/ops/define-op.ts'
import type { Attributes } from '../../experiments/ops/attributes.ts'
import type { ProgramBuilder, ProgramNode, Value } from '../../experiments/ops/program.ts'
import { opNamed } from '../../experiments/ops/registry.ts'

/**
 * Emits d loss / d target for every target into `builder`; undefined where the loss does not depend on the target.
 * @param loss a scalar
 * @throws StudioError `not-differentiable` that names the op and the network node, when a path from a target to the loss has no rule
 */
export function differentiate(
  builder: ProgramBuilder,
  loss: Value,
  targets: readonly Value[],
): readonly (Value | undefined)[] {
  const nodes = [...builder.nodes]
  const dependent = dependentValues(nodes, targets)
  const gradients = new Map<number, Value>([[loss.id, constant(builder, 1, loss.type.shape)]])
  const accumulate = (value: Value, gradient: Value) => {
    const sum = gradients.get(value.id)
    gradients.set(value.id, sum ? add(builder, sum, gradient) : gradient)
  }
  for (const node of nodes.reverse()) {
    const upstream = node.outputs.map((output) => gradients.get(output.id))
    const wants = node.inputs.map((input) => dependent.has(input.id))
    if (upstream.every((gradient) => gradient === undefined) || !wants.includes(true)) continue
    const rule = gradientRule(node)
    builder.withOrigin(node.origin, () => {
      const { inputs, outputs, attributes } = node
      const results = rule({ b: builder, inputs, outputs, attributes, upstream, wants })
      results.forEach((gradient, i) => {
        const input = inputs[i]
        if (gradient && input && wants[i]) accumulate(input, gradient)
      })
    })
  }
  return targets.map((target) => gradients.get(target.id))
}

/** Ids of all values that change when a target changes. */
function dependentValues(nodes: readonly ProgramNode[], targets: readonly Value[]): ReadonlySet<number> {
  const dependent = new Set(targets.map((target) => target.id))
  for (const node of nodes) {
    if (node.inputs.some((input) => dependent.has(input.id)))
      for (const output of node.outputs) dependent.add(output.id)
  }
  return dependent
}

function gradientRule(node: ProgramNode): GradientRule<Attributes> {
  const { gradient } = opNamed(node.op)
  if (typeof gradient === 'function') return gradient
  const place = node.origin === undefined ? '' : ` in ${node.origin}`
  throw new StudioError('not-differentiable', `${node.op}${place} has no gradient: ${gradient.nonDifferentiable}`, {
    op: node.op,
  })
}
