/**
 * max(relu(x)) = relu(max(x)) over each window: behind the pooling, ReLU and its gradient look at a quarter of the elements or less. The gradient is
 * the same too: where the largest of a window is positive it is the same element, and where none is, nothing passes either way.
 */
import type { ProgramNode, TensorProgram, Value } from '../../../experiments/ops/program.ts'
import type { Pass } from './pass.ts'

export const reluBehindMaxPool: Pass = {
  name: 'ReLU behind max pooling',
  run: (program) => {
    const users = usersOf(program)
    const outputs = new Set(program.outputs.map((output) => output.value.id))
    let nextId = firstFreeId(program)
    const replacements = new Map<ProgramNode, readonly ProgramNode[]>()
    for (const node of program.nodes) {
      const swap = swapFor(node, users, outputs)
      if (!swap) continue
      const { relu, pool, poolGradient, reluGradient } = swap
      const x = relu.inputs[0]!
      const p = pool.outputs[0]!
      const pooled: Value = { id: nextId++, type: p.type }
      replacements.set(relu, [])
      replacements.set(pool, [
        { ...pool, inputs: [x], outputs: [pooled] },
        { ...relu, inputs: [pooled], outputs: [p] },
      ])
      if (!poolGradient || !reluGradient) continue
      const upstream = poolGradient.inputs[2]!
      const masked: Value = { id: nextId++, type: upstream.type }
      replacements.set(poolGradient, [])
      replacements.set(reluGradient, [
        { ...reluGradient, inputs: [upstream, p], outputs: [masked] },
        { ...poolGradient, inputs: [x, pooled, masked], outputs: reluGradient.outputs },
      ])
    }
    return { ...program, nodes: program.nodes.flatMap((node) => replacements.get(node) ?? [node]) }
  },
}

interface Swap {
  readonly relu: ProgramNode
  readonly pool: ProgramNode
  readonly poolGradient?: ProgramNode | undefined
  readonly reluGradient?: ProgramNode | undefined
}

/** The nodes to exchange when nothing but one max pooling, and the gradients of both, reads the ReLU. */
function swapFor(relu: ProgramNode, users: Users, outputs: ReadonlySet<number>): Swap | undefined {
  const y = relu.outputs[0]
  if (relu.op !== 'relu' || !y || outputs.has(y.id)) return undefined
  const readers = users.get(y.id) ?? []
  const only = (op: string) => {
    const found = readers.filter((reader) => reader.op === op)
    return found.length === 1 ? found[0] : undefined
  }
  const pool = only('maxPool2d')
  if (!pool) return undefined
  if (readers.length === 1) return { relu, pool }
  const poolGradient = only('maxPool2dGradient')
  const reluGradient = only('reluGradient')
  const between = poolGradient?.outputs[0]
  const isChain =
    readers.length === 3 &&
    between !== undefined &&
    !outputs.has(between.id) &&
    users.get(between.id)?.length === 1 &&
    reluGradient?.inputs[0] === between &&
    reluGradient.inputs[1] === y &&
    poolGradient?.inputs[0] === y &&
    poolGradient.inputs[1] === pool.outputs[0]
  return isChain ? { relu, pool, poolGradient, reluGradient } : undefined
}

type Users = ReadonlyMap<number, readonly ProgramNode[]>

function usersOf(program: TensorProgram): Users {
  const users = new Map<number, ProgramNode[]>()
  for (const node of program.nodes)
    for (const { id } of node.inputs) {
      const list = users.get(id)
      if (list) list.push(node)
      else users.set(id, [node])
    }
  return users
}

function firstFreeId({ inputs, nodes }: TensorProgram): number {
  const made = [...inputs.map((input) => input.value), ...nodes.flatMap((node) => node.outputs)]
  return 1 + made.reduce((most, { id }) => Math.max(most, id), -1)
}
