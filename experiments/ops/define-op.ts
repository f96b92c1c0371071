/**
 * The form of a primitive operation: one file per op, and everything about it in that file. Shapes, cost, receptive field,
 * gradient and ONNX form follow from here; engines that run ops one by one keep a table of kernels of their own.
 */
import type { AttributesOf, AttributeTable, Attributes } from './attributes.ts'
import type { OnnxLowering } from './onnx-lowering.ts'
import type { OpEmitter, Value } from './program.ts'
import type { TensorType } from './tensor-type.ts'
import type { Window } from './window.ts'

/** What one call of an op costs, for the whole batch. */
export interface Cost {
  /** Multiplications that are followed by an addition: what papers count as MACs. Element-wise work counts 0. */
  readonly multiplyAdds: number
}

export interface GradientContext<A> {
  readonly b: OpEmitter
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly attributes: A
  /** d loss / d output, per output; undefined where the loss does not depend on that output. At least one is present. */
  readonly upstream: readonly (Value | undefined)[]
  /** Which inputs need a gradient: computing others is wasted work. */
  readonly wants: readonly boolean[]
}

/** Emits d loss / d input for each wanted input, in terms of ops of the same set. */
export type GradientRule<A> = (context: GradientContext<A>) => readonly (Value | undefined)[]

/** Says that an op has no gradient, and why. */
export interface NonDifferentiable {
  readonly nonDifferentiable: string
}

export function nonDifferentiable(why: string): NonDifferentiable {
  return { nonDifferentiable: why }
}

/** How an output element depends on the positions of an image: on the same one, on a window, or on all of them. */
export type Reach<A> = 'point' | 'all' | ((attributes: A, inputs: readonly TensorType[]) => Window)

export interface OpDefinition<A = Attributes> {
  readonly name: string
  readonly summary: string
  /** Names of the inputs, in order; `?` behind the last marks it optional, `...` says that it stands for one or more. */
  readonly inputs: readonly string[]
  readonly attributes: AttributeTable
  /** Types of the outputs. @throws StudioError `shape-mismatch` that names what was expected and what came */
  shape(inputs: readonly TensorType[], attributes: A): readonly TensorType[]
  cost(inputs: readonly TensorType[], outputs: readonly TensorType[], attributes: A): Cost
  /** Default: `point`. */
  readonly reach?: Reach<A>
  /**
   * What it does in a program of mixed precision. `computes`: takes and makes float16. `follows`: makes float16 of inputs that all are.
   * Default: it computes in float32, whatever comes: sums over many elements, exponentials, quotients.
   */
  readonly float16?: 'computes' | 'follows'
  /** The output is the input's memory under another shape. Default false. */
  readonly isView?: boolean
  readonly gradient: GradientRule<A> | NonDifferentiable
  /** Adds ONNX nodes and returns the names of the outputs. */
  onnx(lowering: OnnxLowering<A>): readonly string[]
}

/** Declares an op; the type of its attributes follows from `attributes`. */
export function defineOp<const Table extends AttributeTable>(
  op: Omit<OpDefinition<AttributesOf<Table>>, 'attributes'> & { readonly attributes: Table },
): OpDefinition<AttributesOf<Table>> {
  return op
}

export const noCost: Cost = { multiplyAdds: 0 }
