/**
 * What the blocks of Inception-ResNet-v2 share. Szegedy, Ioffe, Vanhoucke, Alemi: Inception-v4, Inception-ResNet and the Impact of
 * Residual Connections on Learning, AAAI 2017; the widths are those of the authors' published network, which later ports keep.
 */
import { boolean, choice } from '../layers/params/choices.ts'
import { real } from '../layers/params/numbers.ts'
import type { NetworkGraph } from '../network/network-document.ts'
import type { TensorType } from '../ops/tensor-type.ts'
import { activation, activationNode, convolution, epsilon, norm } from './block-params.ts'
import { GraphBuilder } from './graph-builder.ts'
import { unit, type UnitOptions, type UnitStyle } from './inception-modules.ts'

export const width = real({
  label: 'Width factor',
  help: 'Multiplies the filters of all branches; 1 is the published network',
  min: 0.01,
  max: 16,
  default: 1,
  isWidth: true,
})

export const unitParams = { width, norm: norm(), epsilon: epsilon(), activation: activation() }

export const residualUnitParams = {
  scale: real({
    label: 'Residual scale',
    help: 'Multiplies the branches before they are added; 0.1 to 0.3 keeps training stable',
    min: 0,
    max: 10,
    default: 0.2,
  }),
  ...unitParams,
  endActivation: boolean({
    label: 'Activation at the end',
    help: 'Behind the sum; the last block of the network has none',
    default: true,
  }),
}

/** Borders of the convolutions that make the image smaller. */
export const borders = choice({
  label: 'Borders',
  help: 'Large images lose their border, as published; small ones keep it',
  choices: { valid: 'Cut off', same: 'Kept' },
  default: 'valid',
})

export interface InceptionStyle extends UnitStyle {
  readonly width: number
}

/** One branch: units in a row, each named. */
export type Branch = readonly (readonly [id: string, options: UnitOptions])[]

/** Draws the branches behind `source` and returns the last node of each. */
export function addBranches(
  g: GraphBuilder,
  source: string,
  branches: readonly Branch[],
  { width: factor, ...style }: InceptionStyle,
): readonly string[] {
  const wide = (filters: number) => Math.max(1, Math.round(filters * factor))
  return branches.map((branch) =>
    g.chain(
      source,
      branch.map(([id, options]) => [id, unit({ ...options, filters: wide(options.filters) }, style)]),
    ),
  )
}

/**
 * Branches, joined, brought to the channels that arrived by a 1x1 convolution without norm, scaled, and added to what arrived.
 * @param channels for when the arriving ones are unknown
 */
export function scaledResidual(
  branches: readonly Branch[],
  { scale, endActivation, ...style }: InceptionStyle & { readonly scale: number; readonly endActivation: boolean },
  input: TensorType | undefined,
  channels: number,
): NetworkGraph {
  const g = new GraphBuilder()
  const ends = addBranches(g, g.input, branches, style)
  const joined = g.add('concatenate', { type: 'concatenate' }, ...ends)
  const filters = input?.shape[1] ?? channels
  const restored = g.add('projection', convolution({ filters, kernel: 1, bias: true }), joined)
  const scaled = g.add('scale', { type: 'scale', params: { factor: scale } }, restored)
  const sum = g.add('add', { type: 'add' }, g.input, scaled)
  return g.finish(g.chain(sum, [['activation', endActivation ? activationNode(style.activation) : undefined]]))
}
