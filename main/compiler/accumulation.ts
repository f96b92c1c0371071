/**
 * A training step in parts: for each micro-batch, gradients are added to sums that stay on the device; then one update reads the sums and
 * makes them zero again. Each part's loss is divided by the number of parts, so that the sums are the gradients of the batch's mean.
 */
import { add } from '../../experiments/ops/add.ts'
import { broadcastTo } from '../../experiments/ops/broadcast-to.ts'
import { constant } from '../../experiments/ops/constant.ts'
import { multiply } from '../../experiments/ops/multiply.ts'
import { ProgramBuilder, type TensorProgram } from '../../experiments/ops/program.ts'
import type { StateTensor } from './compiled-training.ts'
import {
  emitGradients,
  emitLoss,
  emitUpdate,
  keptByNetwork,
  lossScaling,
  type CompleteNetwork,
  type Trained,
  type TrainingRules,
} from './training-step.ts'

export function gradientSumName(weight: string): string {
  return `${weight}/gradient`
}

/** Emits the way of one micro-batch; returns the weights that have a gradient. */
export function emitGradientSums(network: CompleteNetwork, rules: TrainingRules, parts: number): readonly Trained[] {
  const { builder: b } = network
  const scaling = lossScaling(b, rules)
  const loss = emitLoss(network, rules)
  const trained = emitGradients(network, rules, multiply(b, loss, constant(b, 1 / parts)), scaling)
  for (const { name, node, shape, gradient } of trained) {
    b.withOrigin(node, () => {
      const sum = b.input(gradientSumName(name), 'state', { dtype: 'float32', shape })
      b.output(gradientSumName(name), 'state', add(b, sum, gradient))
    })
  }
  return trained
}

/** The program that ends a step, and all that is kept between steps, in the order of a step that is not split. */
export function updateProgram(
  network: CompleteNetwork,
  trained: readonly Trained[],
  rules: TrainingRules,
): { readonly program: TensorProgram; readonly state: readonly StateTensor[]; readonly sums: readonly StateTensor[] } {
  const b = new ProgramBuilder(network.builder.finish().name)
  const summed = trained.map((weight): Trained => {
    const type = { dtype: 'float32', shape: weight.shape } as const
    const value = b.input(weight.name, 'weight', type)
    return { ...weight, value, gradient: b.input(gradientSumName(weight.name), 'state', type) }
  })
  const kept = emitUpdate(b, summed, rules, lossScaling(b, rules))
  const sums = trained.map(({ name, shape }): StateTensor => {
    b.output(gradientSumName(name), 'state', broadcastTo(b, constant(b, 0), shape))
    return { name: gradientSumName(name), kind: 'optimizer', shape, start: { fill: 0 } }
  })
  return { program: b.finish(), state: [...keptByNetwork(network), ...kept], sums }
}
