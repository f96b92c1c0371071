/**
 * GELU as tools write it without an operator of its own: x * 0.5 * (1 + erf(x / sqrt 2)), the factors in any order. Its nodes become one of
 * the operator Gelu, so that it is one layer again.
 */
import type { ConstantTensor } from '../read/constant-tensor.ts'
import type { ForeignModel, ForeignNode } from '../read/foreign-model.ts'
import { singleNumber } from './float-tensors.ts'

/** The same model with every GELU as one node, in the place of its last one. */
export function recogniseGelu(model: ForeignModel, constants: ReadonlyMap<string, ConstantTensor>): ForeignModel {
  if (!model.nodes.some(({ operator }) => operator === 'Erf')) return model
  const matcher = new GeluMatcher(model, constants)
  const gone = new Set<ForeignNode>()
  const last = new Map<ForeignNode, ForeignNode>()
  for (const erf of model.nodes.filter(({ operator }) => operator === 'Erf')) {
    const found = matcher.match(erf)
    if (!found) continue
    for (const node of found.nodes) gone.add(node)
    const end = found.nodes.at(-1) ?? erf
    last.set(end, { ...end, operator: 'Gelu', inputs: [found.x], attributes: new Map() })
  }
  return { ...model, nodes: model.nodes.flatMap((node) => last.get(node) ?? (gone.has(node) ? [] : [node])) }
}

interface Match {
  readonly x: string
  /** The last one makes the result. */
  readonly nodes: readonly ForeignNode[]
}

class GeluMatcher {
  private readonly makers: ReadonlyMap<string, ForeignNode>
  private readonly consumers: ReadonlyMap<string, readonly ForeignNode[]>
  private readonly outputs: ReadonlySet<string>
  private readonly constants: ReadonlyMap<string, ConstantTensor>

  constructor({ nodes, outputs }: ForeignModel, constants: ReadonlyMap<string, ConstantTensor>) {
    this.constants = constants
    this.makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)))
    const consumers = new Map<string, ForeignNode[]>()
    for (const node of nodes) {
      for (const input of node.inputs) {
        const list = consumers.get(input)
        if (list) list.push(node)
        else consumers.set(input, [node])
      }
    }
    this.consumers = consumers
    this.outputs = new Set(outputs.map(({ name }) => name))
  }

  match(erf: ForeignNode): Match | undefined {
    const scaling = this.makers.get(erf.inputs[0] ?? '')
    const x = scaling && this.scaledBySqrtHalf(scaling)
    const plusOne = this.onlyConsumer(erf)
    if (!scaling || x === undefined || !plusOne || !this.onlyConsumer(scaling)) return undefined
    if (plusOne.operator !== 'Add' || this.otherConstant(plusOne, erf.outputs[0] ?? '') !== 1) return undefined
    return this.product(x, [scaling, erf, plusOne])
  }

  /** Multiplies (1 + erf), x and 0.5, in the order in which the graph does. */
  private product(x: string, nodes: readonly ForeignNode[]): Match | undefined {
    const factor = nodes.at(-1)
    const first = factor && this.onlyConsumer(factor)
    if (first?.operator !== 'Mul') return undefined
    const given = factor?.outputs[0] ?? ''
    const other = first.inputs.find((input) => input !== given) ?? ''
    const half = this.makers.get(other)
    if (half?.operator === 'Mul' && this.otherConstant(half, x) === 0.5 && half.inputs.includes(x)) {
      return this.onlyConsumer(half) ? { x, nodes: [...nodes, half, first] } : undefined
    }
    const second = this.onlyConsumer(first)
    if (second?.operator !== 'Mul') return undefined
    const product = first.outputs[0] ?? ''
    const isXThenHalf = other === x && this.otherConstant(second, product) === 0.5
    const isHalfThenX = this.number(other) === 0.5 && second.inputs.includes(x)
    return isXThenHalf || isHalfThenX ? { x, nodes: [...nodes, first, second] } : undefined
  }

  private scaledBySqrtHalf({ operator, inputs }: ForeignNode): string | undefined {
    const [left = '', right = ''] = inputs
    const isNear = (value: number | undefined, expected: number) =>
      value !== undefined && Math.abs(value - expected) < 1e-3
    if (operator === 'Div') return isNear(this.number(right), Math.SQRT2) ? left : undefined
    if (operator !== 'Mul') return undefined
    if (isNear(this.number(right), Math.SQRT1_2)) return left
    return isNear(this.number(left), Math.SQRT1_2) ? right : undefined
  }

  /** Nothing but this node sees the result, and it is no output of the graph. */
  private onlyConsumer({ outputs }: ForeignNode): ForeignNode | undefined {
    const [output = ''] = outputs
    const consumers = this.consumers.get(output) ?? []
    return consumers.length === 1 && !this.outputs.has(output) ? consumers[0] : undefined
  }

  /** The known number that a node combines with `value`. */
  private otherConstant({ inputs }: ForeignNode, value: string): number | undefined {
    return inputs.length === 2 ? this.number(inputs.find((input) => input !== value) ?? '') : undefined
  }

  private number(name: string): number | undefined {
    const tensor = this.constants.get(name)
    return tensor?.kind === 'floats' ? singleNumber(tensor) : undefined
  }
}
