/**
 * The tensor program: a straight list of op calls over typed values, each value assigned once. It is what a network is lowered
 * to, what is differentiated, optimised by passes, exported and run.
 */
import { StudioError } from '../errors/studio-error.ts'
import type { Attributes, AttributeTable, AttributeValue } from './attributes.ts'
import type { OpDefinition } from './define-op.ts'
import { checkTensorType, type TensorType } from './tensor-type.ts'

/** A tensor of the program; the same object wherever it is used. */
export interface Value {
  /** Unique in its program. */
  readonly id: number
  readonly type: TensorType
}

export interface ProgramNode {
  /** Name of the op in the registry. */
  readonly op: string
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly attributes: Attributes
  /** Id of the network node it was made for; gradients keep the origin of what they differentiate. */
  readonly origin?: string
}

/**
 * What an input is for: `weight` (trained), `state` (kept between steps: optimizer state, running statistics), `images`,
 * `labels`, `hyperparameter` (a scalar that changes between steps), `random` (fresh uniform numbers in [0, 1) each step).
 */
export type InputRole = 'weight' | 'state' | 'images' | 'labels' | 'hyperparameter' | 'random'

export interface ProgramInput {
  readonly name: string
  readonly role: InputRole
  readonly value: Value
}

/** `weight` and `state` outputs are the next values of the inputs of the same name; a `result` goes to whoever runs the program. */
export type OutputRole = 'weight' | 'state' | 'result'

export interface ProgramOutput {
  readonly name: string
  readonly role: OutputRole
  readonly value: Value
}

export interface TensorProgram {
  readonly name: string
  readonly inputs: readonly ProgramInput[]
  /** In an order in which every value is made before it is used. */
  readonly nodes: readonly ProgramNode[]
  readonly outputs: readonly ProgramOutput[]
}

/** Where ops are emitted to. */
export interface OpEmitter {
  /** @throws StudioError `shape-mismatch`, `out-of-range` or `too-large` */
  emit<A>(op: OpDefinition<A>, inputs: readonly Value[], attributes: A): readonly Value[]
}

/** Emits an op with exactly one output. */
export function emitOne<A>(b: OpEmitter, op: OpDefinition<A>, inputs: readonly Value[], attributes: A): Value {
  const output = b.emit(op, inputs, attributes)[0]
  if (!output) throw new Error(`${op.name} has no output`)
  return output
}

/** Where values get their ids from: builders that share one make values that can stand in one program. */
export interface ValueNumbering {
  next: number
}

/** Builds a program; types are inferred and limits checked as ops are emitted. */
export class ProgramBuilder implements OpEmitter {
  readonly nodes: ProgramNode[] = []
  private readonly name: string
  private readonly numbering: ValueNumbering
  private readonly inputs: ProgramInput[] = []
  private readonly inputNames = new Set<string>()
  private readonly outputs: ProgramOutput[] = []
  private origin: string | undefined

  constructor(name: string, numbering: ValueNumbering = { next: 0 }) {
    this.name = name
    this.numbering = numbering
  }

  /** Puts what another builder of the same numbering made behind what is here. */
  append({ inputs, nodes, outputs }: Omit<TensorProgram, 'name'>): void {
    for (const input of inputs) this.addInput(input)
    for (const node of nodes) this.nodes.push(node)
    for (const output of outputs) this.outputs.push(output)
  }

  input(name: string, role: InputRole, type: TensorType): Value {
    checkTensorType(type, name)
    const value = this.value(type)
    this.addInput({ name, role, value })
    return value
  }

  output(name: string, role: OutputRole, value: Value): void {
    this.outputs.push({ name, role, value })
  }

  emit<A>(op: OpDefinition<A>, inputs: readonly Value[], attributes: A): readonly Value[] {
    checkAttributes(op.name, op.attributes, attributes as Attributes)
    const types = op.shape(
      inputs.map((input) => input.type),
      attributes,
    )
    const outputs = types.map((type) => {
      checkTensorType(type, `the output of ${op.name}`)
      return this.value(type)
    })
    const node: ProgramNode = { op: op.name, inputs, outputs, attributes: attributes as Attributes }
    this.nodes.push(this.origin === undefined ? node : { ...node, origin: this.origin })
    return outputs
  }

  /** Runs `build`; what it emits carries `origin`. */
  withOrigin<T>(origin: string | undefined, build: () => T): T {
    const outer = this.origin
    this.origin = origin
    try {
      return build()
    } finally {
      this.origin = outer
    }
  }

  finish(): TensorProgram {
    return { name: this.name, inputs: this.inputs, nodes: this.nodes, outputs: this.outputs }
  }

  private addInput(input: ProgramInput): void {
    if (this.inputNames.has(input.name)) throw new Error(`input ${input.name} is declared twice`)
    this.inputNames.add(input.name)
    this.inputs.push(input)
  }

  private value(type: TensorType): Value {
    return { id: this.numbering.next++, type }
  }
}

/** @throws StudioError `wrong-type` when an attribute is missing, of another kind, or unknown to the op */
export function checkAttributes(op: string, table: AttributeTable, attributes: Attributes): void {
  for (const name in table) {
    const kind = table[name]
    if (kind && !kind.is(attributes[name])) {
      throw new StudioError('wrong-type', `${op}: ${name} must be ${kind.expected}, not ${show(attributes[name])}`)
    }
  }
  for (const name in attributes) {
    if (!table[name]) throw new StudioError('unknown-key', `${op} has no attribute "${name}"`)
  }
}

function show(value: AttributeValue | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
