/** What the Inception modules of GoogLeNet share: parameters, and branches of convolutions with their norm and activation. */
import { choice } from '../layers/params/choices.ts'
import type { Pair } from '../ops/attributes.ts'
import { activation, convolution, epsilon, filters, norm } from './block-params.ts'
import type { GraphBuilder, GraphNode } from './graph-builder.ts'

const largeBranches = {
  '5x5': 'One 5x5, as in the paper',
  '3x3': 'One 3x3, as in torchvision',
  'two-3x3': 'Two 3x3, as in Inception v2',
} as const

export const moduleParams = {
  filters1x1: filters('1x1', 'Filters of the 1x1 branch', 64),
  filters3x3: filters('3x3', 'Filters of the 3x3 branch', 128),
  filters5x5: filters('5x5', 'Filters of the 5x5 branch', 32),
  largeBranch: choice({
    label: 'Large branch',
    help: 'What stands in the branch that sees farthest',
    choices: largeBranches,
    default: '5x5',
  }),
  norm: norm('none'),
  epsilon: epsilon(),
  activation: activation(),
}

export interface UnitStyle {
  readonly norm: string
  readonly epsilon: number
  readonly activation: string
}

export interface UnitOptions {
  readonly filters: number
  readonly kernel: number | Pair
  readonly stride?: number
  readonly padding?: number | 'valid'
}

/** A convolution with its norm and activation, as one block inside of the module. */
export function unit(options: UnitOptions, style: UnitStyle): GraphNode {
  const { params = {} } = convolution({ ...options, bias: true })
  const { norm: kind, epsilon: added, activation: after } = style
  const written = {
    ...(kind !== 'batch' && { norm: kind }),
    ...(kind === 'batch' && added !== 1e-5 && { epsilon: added }),
    ...(after !== 'relu' && { activation: after }),
  }
  return { type: 'conv-norm-activation', params: { ...params, ...written } }
}

/** The branch that sees farthest. */
export function addLargeBranch(
  g: GraphBuilder,
  source: string,
  width: number,
  kind: keyof typeof largeBranches,
  style: UnitStyle,
): string {
  const of = (kernel: number) => unit({ filters: width, kernel }, style)
  if (kind !== 'two-3x3') return g.add('5x5', of(kind === '5x5' ? 5 : 3), source)
  return g.add('5x5_2', of(3), g.add('5x5_1', of(3), source))
}

/** The 3x3 max pooling that keeps the size. */
export const samePooling: GraphNode = { type: 'max-pool2d', params: { kernel: 3, stride: 1, padding: 1 } }
