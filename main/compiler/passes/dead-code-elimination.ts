/** Drops what no output depends on: the unused half of an op with two results, gradients that nobody asked for. */
import type { ProgramNode } from '../../../experiments/ops/program.ts'
import type { Pass } from './pass.ts'

export const deadCodeElimination: Pass = {
  name: 'dead code elimination',
  run: (program) => {
    const needed = new Set(program.outputs.map((output) => output.value.id))
    const kept: ProgramNode[] = []
    for (const node of program.nodes.toReversed()) {
      if (!node.outputs.some((output) => needed.has(output.id))) continue
      kept.push(node)
      for (const input of node.inputs) needed.add(input.id)
    }
    return { ...program, nodes: kept.reverse() }
  },
}
