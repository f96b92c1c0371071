/** Computes once what is computed twice: the same op on the same inputs with the same attributes. All ops are pure. */
import type { ProgramNode } from '../../../experiments/ops/program.ts'
import type { Pass } from './pass.ts'
import { Substitution } from './substitute.ts'

export const commonSubexpressionElimination: Pass = {
  name: 'common subexpression elimination',
  run: (program) => {
    const substitution = new Substitution()
    const firstByKey = new Map<string, ProgramNode>()
    const nodes = program.nodes.flatMap((original) => {
      const node = substitution.resolveInputs(original)
      const key = JSON.stringify([node.op, node.inputs.map((input) => input.id), sortedEntries(node.attributes)])
      const first = firstByKey.get(key)
      if (!first) {
        firstByKey.set(key, node)
        return [node]
      }
      node.outputs.forEach((output, i) => substitution.replace(output, first.outputs[i] ?? output))
      return []
    })
    return { ...program, nodes, outputs: substitution.resolveOutputs(program) }
  },
}

function sortedEntries(attributes: ProgramNode['attributes']): readonly (readonly [string, unknown])[] {
  return Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
