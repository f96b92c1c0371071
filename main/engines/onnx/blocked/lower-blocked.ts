/** Lowers a program for the CPU provider with images and weights in blocks wherever an op has such a form; all others get them plain. */
import type { ProgramOutput } from '../../../../experiments/ops/program.ts'
import { draftMethods, lowerNode } from '../lower-program.ts'
import type { ProgramLowerer } from '../program-lowerer.ts'
import { BlockedLowering, type BlockedOptions } from './blocked-lowering.ts'
import { blockedForms } from './forms/registry.ts'
import { layoutShape, packValues, unpackValues, type Layout } from './layout.ts'

/** Layouts of the state, by name; what is not named is plain. */
export type StateLayouts = ReadonlyMap<string, Layout>

/** @param layouts those in which the state goes in and comes out: see planLayouts */
export function blockedLowerer(layouts: StateLayouts, options: BlockedOptions): ProgramLowerer {
  const { block } = options
  const layoutOf = ({ name }: { readonly name: string }): Layout => layouts.get(name) ?? 'plain'
  return {
    stateShape: (entry) => layoutShape(entry.shape, layoutOf(entry), block),
    packState: (entry, values) => packValues(values, entry.shape, layoutOf(entry), block),
    unpackState: (entry, packed) => unpackValues(packed, entry.shape, layoutOf(entry), block),
    lower: (program, draft, inputNames) => {
      const graph = draftMethods(draft)
      const lowering = new BlockedLowering(program, graph, options)
      for (const input of program.inputs) lowering.define(input.value, layoutOf(input), inputNames(input.name))
      for (const node of program.nodes) {
        if (blockedForms.get(node.op)?.(node, lowering)) continue
        const outputs = lowerNode(
          node,
          graph,
          node.inputs.map((input) => lowering.as(input, 'plain')),
        )
        node.outputs.forEach((output, i) => lowering.define(output, 'plain', outputs[i] ?? ''))
      }
      const isState = (output: ProgramOutput) => output.role !== 'result'
      return new Map(
        program.outputs.map((output) => [
          output.name,
          lowering.as(output.value, isState(output) ? layoutOf(output) : 'plain'),
        ]),
      )
    },
  }
}
