/**
 * Which values of a forward program the backward pass will look at again. Asked of the gradient rules themselves: each is run with an
 * emitter that only takes note of what its ops read. Values that no rule reads are free to go once the forward pass has used them.
 */
import type { GradientRule, OpDefinition } from '../ops/define-op.ts'
import type { OpEmitter, ProgramNode, Value } from '../ops/program.ts'
import { opNamed } from '../ops/registry.ts'

export interface NodeDemand {
  /** Inputs and outputs of the node that its gradient reads. */
  readonly reads: readonly Value[]
  /** Inputs that get a gradient; none when no weight lies before the node. */
  readonly differentiated: readonly Value[]
}

/**
 * Per node, in the order of `nodes`.
 * @param trained the weights
 * @param scores what the loss is made of: what does not lead there, such as running statistics, is not differentiated
 */
export function backwardDemands(
  nodes: readonly ProgramNode[],
  trained: readonly Value[],
  scores: readonly Value[],
): readonly NodeDemand[] {
  const leading = leadingTo(nodes, scores)
  const dependent = new Set(trained.map((value) => value.id))
  const known = new Map<string, readonly number[]>()
  return nodes.map((node) => {
    const wants = node.inputs.map((input) => dependent.has(input.id))
    const leads = node.outputs.some((output) => leading.has(output.id))
    if (!leads || !wants.includes(true)) return { reads: [], differentiated: [] }
    for (const output of node.outputs) dependent.add(output.id)
    const key = `${node.op} ${wants.join()} ${JSON.stringify(node.attributes)} ${node.inputs.map(rank).join()}`
    const read = known.get(key) ?? readPlaces(node, wants)
    known.set(key, read)
    const values = [...node.inputs, ...node.outputs]
    return {
      reads: read.flatMap((place) => values[place] ?? []),
      differentiated: node.inputs.filter((_, i) => wants[i]),
    }
  })
}

function leadingTo(nodes: readonly ProgramNode[], ends: readonly Value[]): ReadonlySet<number> {
  const leading = new Set(ends.map(({ id }) => id))
  for (const { inputs, outputs } of nodes.toReversed()) {
    if (outputs.some(({ id }) => leading.has(id))) for (const { id } of inputs) leading.add(id)
  }
  return leading
}

/** Gradients depend on the number of axes, not on their sizes, in which of their inputs they read. */
function rank(value: Value): number {
  return value.type.shape.length
}

/** Places of the values read, counted through inputs and outputs. */
function readPlaces(node: ProgramNode, wants: readonly boolean[]): readonly number[] {
  const { gradient } = opNamed(node.op)
  if (typeof gradient !== 'function') return []
  const read = new Set<Value>()
  const rule: GradientRule<ProgramNode['attributes']> = gradient
  const { inputs, outputs, attributes } = node
  // Only the first output is differentiated: the others, such as statistics, leave the network.
  const upstream = outputs.map((output, i) => (i === 0 ? { id: -1, type: output.type } : undefined))
  rule({ b: noting(read), inputs, outputs, attributes, upstream, wants })
  return [...inputs, ...outputs].flatMap((value, place) => (read.has(value) ? [place] : []))
}

function noting(read: Set<Value>): OpEmitter {
  return {
    emit: <A>(op: OpDefinition<A>, inputs: readonly Value[], attributes: A) => {
      // The shape of a value is known without the value.
      for (const input of inputs) read.add(input)
      const types = op.shape(
        inputs.map((input) => input.type),
        attributes,
      )
      return types.map((type): Value => ({ id: -1, type }))
    },
  }
}
