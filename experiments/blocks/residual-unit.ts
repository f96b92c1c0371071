/**
 * Residual units as the papers draw them. With the activation at the end: convolutions with norm and activation, the last without
 * activation, then the sum with the shortcut, then the activation (He et al., CVPR 2016, Fig. 2 and 5). With pre-activation: norm and
 * activation before every convolution, and nothing behind the sum (He et al., Identity Mappings, ECCV 2016, Fig. 4e).
 */
import type { NetworkGraph } from '../network/network-document.ts'
import type { TensorType } from '../ops/tensor-type.ts'
import { activationNode, convolution, normNode } from './block-params.ts'
import { GraphBuilder } from './graph-builder.ts'
import { isProjected, plainShortcut, projection, type Passage, type Shortcut } from './shortcut.ts'

export interface UnitConvolution {
  readonly filters: number
  readonly kernel: number
  readonly stride?: number
  readonly groups?: number
}

export interface ResidualUnit {
  readonly convolutions: readonly UnitConvolution[]
  readonly stride: number
  /** Undefined for a plain unit, which has none. */
  readonly shortcut: Shortcut | undefined
  readonly norm: string
  readonly activation: string
  readonly zeroStart?: boolean
  /** Rate of the dropout before the last convolution. Pre-activation only; default 0. */
  readonly dropout?: number
}

export function postActivationUnit(unit: ResidualUnit, input: TensorType | undefined): NetworkGraph {
  const { convolutions, norm, activation, zeroStart = false } = unit
  const g = new GraphBuilder()
  const bias = norm === 'none'
  const count = convolutions.length
  let last: string = g.input
  convolutions.forEach((options, i) => {
    const isLast = i === count - 1
    const start = isLast && zeroStart ? { initialScale: 'zeros' } : {}
    last = g.chain(last, [
      [`conv${i + 1}`, convolution({ ...options, bias })],
      [`norm${i + 1}`, normNode(norm, start)],
      [`activation${i + 1}`, isLast && unit.shortcut !== undefined ? undefined : activationNode(activation)],
    ])
  })
  if (unit.shortcut === undefined) return g.finish(last)
  const passage = passageOf(unit, input)
  const around = isProjected(unit.shortcut, passage)
    ? g.chain(g.input, [
        ['shortcut', projection(passage, bias)],
        ['shortcut-norm', normNode(norm)],
      ])
    : g.chain(g.input, plainShortcut(unit.shortcut, passage))
  const sum = g.add('add', { type: 'add' }, last, around)
  return g.finish(g.chain(sum, [['activation', activationNode(activation)]]))
}

/** A projection starts behind the first activation, which it shares with the branch; the identity starts before it. */
export function preActivationUnit(unit: ResidualUnit, input: TensorType | undefined): NetworkGraph {
  const { convolutions, norm, activation, shortcut = 'identity', dropout = 0 } = unit
  const g = new GraphBuilder()
  const passage = passageOf(unit, input)
  let last: string = g.input
  let activated: string = g.input
  convolutions.forEach((options, i) => {
    const isLast = i === convolutions.length - 1
    const before = g.chain(last, [
      [`norm${i + 1}`, normNode(norm)],
      [`activation${i + 1}`, activationNode(activation)],
      ['dropout', isLast && dropout > 0 ? { type: 'dropout', params: { rate: dropout } } : undefined],
    ])
    if (i === 0) activated = before
    last = g.add(`conv${i + 1}`, convolution({ ...options, bias: norm === 'none' }), before)
  })
  const around = isProjected(shortcut, passage)
    ? g.add('shortcut', projection(passage, norm === 'none'), activated)
    : g.chain(g.input, plainShortcut(shortcut, passage))
  return g.finish(g.add('add', { type: 'add' }, last, around))
}

function passageOf({ convolutions, stride }: ResidualUnit, input: TensorType | undefined): Passage {
  return { input, stride, filters: convolutions.at(-1)?.filters ?? 1 }
}
