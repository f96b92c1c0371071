/** The window analyses a network at every edit, and a frame has 16 ms: how long it takes for the largest networks of the zoo. */
import { test } from 'vitest'
import { expandNetwork } from '../network/expand-network.ts'
import { zooNetwork } from '../zoo/registry.ts'
import { analyzeNetwork } from './analyze-network.ts'
import { estimateTrainingMemory } from './training-memory.ts'

const optimizer = { type: 'sgd', momentum: 0.9, nesterov: false } as const

test.for(['googlenet', 'resnet152', 'inception-resnet-v2'])('%s', async (id, { bench }) => {
  const folded = zooNetwork(id)
  const flat = expandNetwork(folded).document
  await bench.compare(
    bench('analyse', () => void analyzeNetwork(folded)),
    bench('analyse, all blocks unpacked', () => void analyzeNetwork(flat)),
    bench('expand', () => void expandNetwork(folded)),
    bench('estimate the memory of a step', () => void estimateTrainingMemory(folded, { batchSize: 32, optimizer })),
  )
})
