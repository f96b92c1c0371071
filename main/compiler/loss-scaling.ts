/**
 * Dynamic loss scaling for mixed precision: small gradients would round to 0 in float16, so the loss is multiplied by a power of two before
 * it is differentiated, and its gradients are divided by it in float32. A step whose gradients are not finite changes no weight and halves
 * the scale; enough good steps in a row double it. As torch.amp.GradScaler does, from its starting values. The scale is kept like the state
 * of an optimizer, so a resumed run goes on exactly.
 */
import { add } from '../../experiments/ops/add.ts'
import { clip } from '../../experiments/ops/clip.ts'
import { constant } from '../../experiments/ops/constant.ts'
import { divide } from '../../experiments/ops/divide.ts'
import { equal } from '../../experiments/ops/equal.ts'
import { multiply } from '../../experiments/ops/multiply.ts'
import type { ProgramBuilder, Value } from '../../experiments/ops/program.ts'
import { subtract } from '../../experiments/ops/subtract.ts'
import { float32 } from '../../experiments/ops/tensor-type.ts'
import { toFloat } from '../../experiments/ops/to-float.ts'
import { wherePositive } from '../../experiments/ops/where-positive.ts'
import type { StateTensor } from './compiled-training.ts'

export const lossScaleName = 'lossScale'
const goodStepsName = 'lossScale/goodSteps'

const firstScale = 2 ** 16
/** Without this, a run that diverges would go on for ever without a step: at this scale what is not finite goes into the weights. */
const leastScale = 1
const mostScale = 2 ** 24
const growthInterval = 2000
/** Close to the largest float32. */
const largest = 3e38

export class LossScaling {
  private readonly b: ProgramBuilder
  private readonly scale: Value

  /** Declares the scale as an input of the program. */
  constructor(b: ProgramBuilder) {
    this.b = b
    this.scale = b.input(lossScaleName, 'state', float32())
  }

  scaled(loss: Value): Value {
    return multiply(this.b, loss, this.scale)
  }

  unscaled(gradient: Value): Value {
    return multiply(this.b, gradient, divide(this.b, constant(this.b, 1), this.scale))
  }

  /**
   * Emits the next scale.
   * @param norm of all gradients, unscaled
   */
  advance(norm: Value): ScaleUpdate {
    const { b, scale } = this
    const goodSteps = b.input(goodStepsName, 'state', float32())
    const number = (value: number) => constant(b, value)
    // Neither infinite nor NaN equals what is left of it between two finite numbers.
    const isFinite = toFloat(b, equal(b, clip(b, norm, 0, largest), norm))
    const isLeast = toFloat(b, equal(b, scale, number(leastScale)))
    const counted = add(b, goodSteps, number(1))
    const isDue = toFloat(b, equal(b, counted, number(growthInterval)))
    const grown = wherePositive(b, isDue, multiply(b, scale, number(2)), scale)
    const next = wherePositive(b, isFinite, grown, multiply(b, scale, number(0.5)))
    const nextGood = multiply(b, isFinite, multiply(b, counted, subtract(b, number(1), isDue)))
    const takesStep = add(b, isFinite, isLeast)
    return {
      chosen: (changed, before) => wherePositive(b, takesStep, changed, before),
      keep: () => {
        b.output(lossScaleName, 'state', clip(b, next, leastScale, mostScale))
        b.output(goodStepsName, 'state', nextGood)
        return [kept(lossScaleName, firstScale), kept(goodStepsName, 0)]
      },
    }
  }
}

export interface ScaleUpdate {
  /** `changed` where the step is taken, `before` where it is left out. */
  chosen(changed: Value, before: Value): Value
  /** Emits the outputs; returns what is kept between steps. */
  keep(): readonly StateTensor[]
}

function kept(name: string, fill: number): StateTensor {
  return { name, kind: 'optimizer', shape: [], start: { fill } }
}
