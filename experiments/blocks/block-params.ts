/** Parameters that many blocks share, and what they become inside. */
import type { JsonObject } from '../errors/studio-error.ts'
import { boolean, choice } from '../layers/params/choices.ts'
import { integer, real } from '../layers/params/numbers.ts'
import type { ParamKind } from '../layers/params/param-kind.ts'
import { layers } from '../layers/registry.ts'
import type { Edges, Pair } from '../ops/attributes.ts'
import type { GraphNode } from './graph-builder.ts'

export function filters(label: string, help: string, fallback: number): ParamKind<number> {
  return integer({ label, help, min: 1, max: 65_536, default: fallback, isWidth: true })
}

export function stride(): ParamKind<number> {
  return integer({
    label: 'Stride',
    help: 'Step of the convolution that makes the image smaller',
    min: 1,
    max: 16,
    unit: 'px',
    default: 1,
  })
}

export const norms = { batch: 'Batch normalisation', none: 'None' } as const
export type Norm = keyof typeof norms

export function norm(fallback: Norm = 'batch'): ParamKind<Norm> {
  return choice({
    label: 'Normalisation',
    help: 'After every convolution; without it convolutions have a bias',
    choices: norms,
    default: fallback,
  })
}

/** Every activation layer there is, and `none`. */
export function activation(): ParamKind<string> {
  const titles = layers.filter((layer) => layer.category === 'activation').map((layer) => [layer.id, layer.title])
  const choices = Object.fromEntries([...titles, ['none', 'None']]) as Record<string, string>
  return choice({ label: 'Activation', help: 'After every convolution', choices, default: 'relu' })
}

export function epsilon(): ParamKind<number> {
  return real({
    label: 'Epsilon',
    help: 'Added to the variance by the normalisation',
    min: 1e-10,
    max: 1,
    default: 1e-5,
  })
}

/** A count of filters that may be 0, which leaves the branch out. */
export function optionalFilters(label: string, help: string, fallback: number): ParamKind<number> {
  return integer({ label, help: `${help}; 0 leaves it out`, min: 0, max: 65_536, default: fallback, isWidth: true })
}

export function zeroStart(): ParamKind<boolean> {
  return boolean({
    label: 'Start as identity',
    help: 'The last normalisation of the branch starts at scale 0: at first only the shortcut speaks (Goyal et al. 2017)',
    default: false,
  })
}

export interface ConvolutionOptions {
  readonly filters: number
  readonly kernel: number | Pair
  readonly stride?: number
  readonly groups?: number
  /** Default: half of the kernel on every side, which keeps the size at stride 1. */
  readonly padding?: number | 'valid'
  readonly bias: boolean
}

/** Padding is symmetric, as in the papers' and PyTorch's networks, also where a stride would leave a choice. */
export function convolution({ kernel, padding, groups, stride: step, bias, ...rest }: ConvolutionOptions): GraphNode {
  return {
    type: 'conv2d',
    params: {
      filters: rest.filters,
      kernel,
      padding: padding ?? halfKernel(kernel),
      ...(step !== undefined && step !== 1 && { stride: step }),
      ...(groups !== undefined && groups !== 1 && { groups }),
      ...(!bias && { bias }),
    },
  }
}

function halfKernel(kernel: number | Pair): number | Edges {
  if (typeof kernel === 'number') return Math.floor(kernel / 2)
  const [rows, columns] = [Math.floor(kernel[0] / 2), Math.floor(kernel[1] / 2)]
  return [rows, columns, rows, columns]
}

/** The node of a norm or an activation; undefined for `none`. */
export function normNode(kind: string, params: JsonObject = {}): GraphNode | undefined {
  return kind === 'none' ? undefined : { type: 'batch-normalization', params }
}

export function activationNode(kind: string): GraphNode | undefined {
  return kind === 'none' ? undefined : { type: kind }
}
