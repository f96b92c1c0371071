/** Parameters of the residual blocks, and how one of them is set where another stood. */
import type { JsonObject } from '../errors/studio-error.ts'
import { integer } from '../layers/params/numbers.ts'
import { activation, filters, norm, stride, zeroStart } from './block-params.ts'
import type { BlockVariant } from './define-block.ts'
import type { UnitConvolution } from './residual-unit.ts'
import { shortcut } from './shortcut.ts'

export const plainParams = {
  filters: filters('Filters', 'Channels of the convolutions inside', 64),
  stride: stride(),
  norm: norm(),
  activation: activation(),
}

export const residualParams = { ...plainParams, shortcut: shortcut(), zeroStart: zeroStart() }
export const preActivationParams = { ...plainParams, shortcut: shortcut() }

export const expansion = integer({
  label: 'Expansion',
  help: 'How many times wider the output is than the convolutions inside',
  min: 1,
  max: 64,
  default: 4,
})

/** Two 3x3 convolutions. */
export function basicBranch(width: number, step: number): readonly UnitConvolution[] {
  return [
    { filters: width, kernel: 3, stride: step },
    { filters: width, kernel: 3 },
  ]
}

/** 1x1 down, 3x3, 1x1 up. The stride is in the 3x3, as in torchvision: it loses less than in the first 1x1. */
export function bottleneckBranch(width: number, output: number, step: number, groups = 1): readonly UnitConvolution[] {
  return [
    { filters: width, kernel: 1 },
    { filters: width, kernel: 3, stride: step, groups },
    { filters: output, kernel: 1 },
  ]
}

/** What a block has besides the parameters that all have. `output` says what sets its output channels. */
const family = {
  'plain-basic': { output: 'filters', params: [] },
  'plain-bottleneck': { output: 'expansion', params: ['expansion'] },
  'residual-basic': { output: 'filters', params: ['shortcut', 'zeroStart'] },
  'residual-bottleneck': { output: 'expansion', params: ['expansion', 'shortcut', 'zeroStart'] },
  'wide-bottleneck': { output: 'expansion', params: ['expansion', 'shortcut', 'zeroStart'] },
  'resnext-bottleneck': { output: 'expansion', params: ['expansion', 'shortcut', 'zeroStart'] },
  'preactivation-basic': { output: 'filters', params: ['shortcut'] },
  'preactivation-bottleneck': { output: 'expansion', params: ['expansion', 'shortcut'] },
  'wide-basic': { output: 'width', params: ['shortcut'] },
} as const

/** All other residual blocks, with the same filters, stride, norm, activation and, where both have one, the same shortcut. */
export function residualVariants(of: keyof typeof family): readonly BlockVariant<JsonObject>[] {
  const names = Object.keys(family) as (keyof typeof family)[]
  return names
    .filter((to) => to !== of)
    .map((to) => ({
      to,
      params: (params) => {
        const common = ['filters', 'stride', 'norm', 'activation', ...family[to].params]
        const kept = Object.entries(params).filter(([name]) => common.includes(name))
        // Where the output gets another width, the identity no longer fits; a projection is one wherever it does.
        const unfit = params.shortcut === 'identity' && family[to].output !== family[of].output
        return {
          ...Object.fromEntries(kept),
          ...(unfit && common.includes('shortcut') && { shortcut: 'projection' }),
          ...(to === 'resnext-bottleneck' && branchesFor(Number(params.filters))),
        }
      },
    }))
}

/** 32 branches that together are twice as wide as the bottleneck: about as many weights (Xie et al. 2017, Table 1). */
function branchesFor(width: number): JsonObject {
  return { cardinality: 32, branchWidth: Math.max(1, Math.round((2 * width) / 32)) }
}
