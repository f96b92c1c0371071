/** The parameter that chooses how a weight starts. */
import { initializerTitles, type InitializerName } from '../initializers.ts'
import { choice } from './choices.ts'
import { real } from './numbers.ts'
import type { ParamKind } from './param-kind.ts'

export function initializer(label: string, fallback: InitializerName): ParamKind<InitializerName> {
  return choice({
    label,
    help: 'Distribution from which the initial weights are drawn; He suits ReLU, Glorot suits tanh and sigmoid',
    choices: initializerTitles,
    default: fallback,
  })
}

/** The parameter that multiplies the initial weights. */
export function initialGain(): ParamKind<number> {
  return real({
    label: 'Initial gain',
    help: 'Multiplies the initial weights: 1 leaves them as their distribution gives them',
    min: -1000,
    max: 1000,
    default: 1,
  })
}

/** The parameter that is the initial value of every bias. */
export function initialBias(): ParamKind<number> {
  return real({
    label: 'Initial bias',
    help: 'Where biases begin; 1 keeps ReLU active at first, as AlexNet does in some layers',
    min: -1000,
    max: 1000,
    default: 0,
  })
}
