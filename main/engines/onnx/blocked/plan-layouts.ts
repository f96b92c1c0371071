/**
 * Chooses the layout of every weight and of what is kept beside it. A filter that a blocked convolution reads is kept as one, so that no
 * step has to rearrange it; values of its shape that meet it element by element (its gradient, velocity, next value) follow. Vectors of
 * channels likewise.
 */
import type { TensorProgram, Value } from '../../../../experiments/ops/program.ts'
import { sameShape } from '../../../../experiments/ops/tensor-type.ts'
import { filterLayout } from './filter-layout.ts'
import { pointwiseOps } from './forms/pointwise.ts'
import type { Layout } from './layout.ts'
import type { StateLayouts } from './lower-blocked.ts'

/** @param known layouts that are settled, by the name of the state */
export function planLayouts(program: TensorProgram, block: number, known: StateLayouts = new Map()): StateLayouts {
  const groups = new Groups()
  const wishes: { readonly value: Value; readonly layout: Layout }[] = []
  const wish = (value: Value | undefined, layout: Layout | undefined) => {
    if (value && layout) wishes.push({ value, layout })
  }
  for (const { name, value } of program.inputs) wish(value, known.get(name))
  const isPlainImage = plainImages(program)
  for (const { op, inputs, outputs, attributes } of program.nodes) {
    if (pointwiseOps.has(op)) {
      const [output] = outputs
      for (const input of inputs)
        if (output && sameShape(input.type.shape, output.type.shape)) groups.join(input.id, output.id)
    }
    const [first, second, third] = inputs
    const options = { attributes, block }
    if (op === 'conv2d' && first && second) {
      const layout = filterLayout(first, second.type.shape, { ...options, isPlainImage: isPlainImage(first) })
      wish(second, layout)
      if (layout) wish(third, 'vector')
    }
    if (op.startsWith('batchNormalization')) {
      for (const value of [...inputs, ...outputs]) if (value.type.shape.length === 1) wish(value, 'vector')
    }
  }
  const chosen = new Map<number, Layout>()
  for (const { value, layout } of wishes) {
    const group = groups.of(value.id)
    if (!chosen.has(group)) chosen.set(group, layout)
  }
  return new Map(
    program.inputs.flatMap(({ name, role, value }) => {
      const layout = chosen.get(groups.of(value.id))
      return layout && (role === 'weight' || role === 'state') ? [[name, layout] as const] : []
    }),
  )
}

/** Values that reach the network as they are. */
function plainImages(program: TensorProgram): (value: Value) => boolean {
  const ids = new Set(program.inputs.filter(({ role }) => role === 'images').map(({ value }) => value.id))
  return (value) => ids.has(value.id)
}

/** Disjoint sets of values (Tarjan 1975). */
class Groups {
  private readonly parents = new Map<number, number>()

  of(id: number): number {
    const parent = this.parents.get(id)
    if (parent === undefined || parent === id) return id
    const root = this.of(parent)
    this.parents.set(id, root)
    return root
  }

  join(a: number, b: number): void {
    this.parents.set(this.of(a), this.of(b))
  }
}
