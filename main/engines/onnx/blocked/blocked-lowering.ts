/**
 * What the blocked form of an op sees while a program is lowered. Each value may exist in several layouts; a missing one is converted from
 * what there is when somebody asks for it, once. A convolution can be held back until the addition or activation behind it is known.
 */
import type { OnnxGraphBuilder } from '../../../../experiments/ops/onnx-lowering.ts'
import type { ProgramNode, TensorProgram, Value } from '../../../../experiments/ops/program.ts'
import { sameShape } from '../../../../experiments/ops/tensor-type.ts'
import { toLayout, toPlain } from './conversions.ts'
import { isPadded, layoutShape, type Layout } from './layout.ts'

/** What a held-back convolution may do besides. */
export interface Fusion {
  /** Image to add. */
  readonly sum?: string
  readonly relu?: boolean
}

/** Returns an image. */
export type HeldBack = (fusion: Fusion) => string

/** @returns whether it lowered the node; otherwise it has added nothing */
export type BlockedForm = (node: ProgramNode, lowering: BlockedLowering) => boolean

interface Form {
  readonly name: string
  /** What the elements hold that rounding added; undefined when unknown. */
  readonly padding: number | undefined
}

export interface BlockedOptions {
  /** Channels per block. */
  readonly block: number
  /** Threads that will run the graph: work is split into equal parts for them. */
  readonly threads: number
}

export class BlockedLowering {
  readonly graph: OnnxGraphBuilder
  readonly block: number
  readonly threads: number
  private readonly forms = new Map<number, Map<Layout, Form>>()
  private readonly heldBack = new Map<number, HeldBack>()
  private readonly users = new Map<number, ProgramNode[]>()
  private readonly outputs: ReadonlySet<number>
  private readonly imageShapes = new Set<string>()
  private readonly constants = new Map<number, number>()

  constructor(program: TensorProgram, graph: OnnxGraphBuilder, { block, threads }: BlockedOptions) {
    this.graph = graph
    this.block = block
    this.threads = threads
    this.outputs = new Set(program.outputs.map((output) => output.value.id))
    for (const { op, attributes, outputs } of program.nodes) {
      const values = attributes['values']
      const [output] = outputs
      if (op === 'constant' && output && Array.isArray(values) && values.length === 1)
        this.constants.set(output.id, Number(values[0]))
    }
    for (const node of program.nodes)
      for (const input of node.inputs) {
        const users = this.users.get(input.id)
        if (users) users.push(node)
        else this.users.set(input.id, [node])
      }
  }

  /** Whether `value` exists in `layout` without a conversion. */
  has(value: Value, layout: Layout): boolean {
    return this.forms.get(value.id)?.has(layout) === true || (layout === 'image' && this.heldBack.has(value.id))
  }

  /** The layout that is not plain in which `value` exists. */
  blockedLayout(value: Value): Exclude<Layout, 'plain'> | undefined {
    if (this.heldBack.has(value.id)) return 'image'
    const layouts = this.forms.get(value.id)?.keys() ?? [].values()
    for (const layout of layouts) if (layout !== 'plain') return layout
    return undefined
  }

  /** Whether some image of this shape is blocked: then another of that shape is likely to meet it. */
  hasImageOf(shape: readonly number[]): boolean {
    return this.imageShapes.has(shape.join())
  }

  /** The name of `value` in `layout`; what rounding adds is zero. */
  as(value: Value, layout: Layout): string {
    const { shape } = value.type
    const forms = this.formsOf(value)
    const existing = forms.get(layout)
    if (existing && (existing.padding === 0 || !isPadded(shape, layout, this.block))) return existing.name
    const name = toLayout(this.graph, this.plain(value, forms), shape, layout, this.block)
    this.define(value, layout, name)
    return name
  }

  /** As `as`, but with whatever stands where rounding added elements. */
  withPadding(value: Value, layout: Layout): Form {
    const name = this.formsOf(value).get(layout) === undefined ? this.as(value, layout) : ''
    return this.formsOf(value).get(layout) ?? { name, padding: 0 }
  }

  /** Says that `value` is `name` in `layout`. */
  define(value: Value, layout: Layout, name: string, padding: number | undefined = 0): void {
    const forms = this.forms.get(value.id) ?? new Map<Layout, Form>()
    forms.set(layout, { name, padding })
    this.forms.set(value.id, forms)
    if (layout === 'image') this.imageShapes.add(value.type.shape.join())
  }

  /** Sizes of `value` in `layout`, as the runtime sees them. */
  shape(value: Value, layout: Layout): readonly number[] {
    return layoutShape(value.type.shape, layout, this.block)
  }

  /** Defines `value` as the image that `emit` adds, now or together with the only op that reads it. */
  defineFusing(value: Value, emit: HeldBack): void {
    const users = this.users.get(value.id) ?? []
    const [user] = users
    const joins = users.length === 1 && !this.outputs.has(value.id) && user !== undefined && this.canJoin(user, value)
    if (joins) this.heldBack.set(value.id, emit)
    else this.define(value, 'image', emit({}))
    this.imageShapes.add(value.type.shape.join())
  }

  /** Takes what was held back for `value`: the caller emits it. */
  takeHeldBack(value: Value): HeldBack | undefined {
    const emit = this.heldBack.get(value.id)
    this.heldBack.delete(value.id)
    return emit
  }

  isHeldBack(value: Value): boolean {
    return this.heldBack.has(value.id)
  }

  /** The number that fills `value`, when it is a constant of one number. */
  constantOf(value: Value): number | undefined {
    return this.constants.get(value.id)
  }

  usersOf(value: Value): readonly ProgramNode[] {
    return this.users.get(value.id) ?? []
  }

  isOutput(value: Value): boolean {
    return this.outputs.has(value.id)
  }

  private canJoin(user: ProgramNode, value: Value): boolean {
    if (user.op === 'relu') return true
    return user.op === 'add' && user.inputs.every((input) => sameShape(input.type.shape, value.type.shape))
  }

  private formsOf(value: Value): Map<Layout, Form> {
    const emit = this.takeHeldBack(value)
    if (emit) this.define(value, 'image', emit({}))
    const forms = this.forms.get(value.id)
    if (!forms) throw new Error(`value ${value.id} is used before it is lowered`)
    return forms
  }

  private plain(value: Value, forms: Map<Layout, Form>): string {
    const existing = forms.get('plain')
    if (existing) return existing.name
    const [first] = forms
    if (!first) throw new Error(`value ${value.id} has no form`)
    const [layout, { name }] = first
    const plain = toPlain(this.graph, name, value.type.shape, layout, this.block)
    this.define(value, 'plain', plain)
    return plain
  }
}
