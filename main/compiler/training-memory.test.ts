/** The estimate of experiments/analysis against what the compiler really asks for. */
import { expect, test } from 'vitest'
import { estimateTrainingMemory } from '../../experiments/analysis/training-memory.ts'
import { elementCount } from '../../experiments/ops/tensor-type.ts'
import { optimizerSpec } from '../../experiments/spec/optimizer-spec.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import { compileTraining } from './training-graph.ts'

test.each([
  { type: 'sgd', momentum: 0 },
  { type: 'sgd', momentum: 0.9, nesterov: true },
  { type: 'rmsprop' },
  { type: 'rmsprop', momentum: 0.9 },
  { type: 'adam' },
  { type: 'adamw' },
])('weights, statistics and state of $type (momentum $momentum) are those of the compiled network', (written) => {
  const optimizer = optimizerSpec.parse(written)
  const network = zooNetwork('resnet20')
  const estimate = estimateTrainingMemory(network, { batchSize: 4, optimizer })
  const { state } = compileTraining(network, { batchSize: 4, optimizer })
  const bytes = (kinds: readonly string[]) =>
    // Scalars that an optimizer keeps once, such as its step, do not count.
    state
      .filter(({ kind, shape }) => kinds.includes(kind) && shape.length > 0)
      .reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0)
  expect(estimate.weightBytes).toBe(bytes(['weight', 'statistic']))
  expect(estimate.optimizerBytes).toBe(bytes(['optimizer']))
})
