import { expect, test } from 'vitest'
import { estimateTrainingMemory } from '../../../experiments/analysis/training-memory.ts'
import { setParams } from '../../../experiments/editing/set-params.ts'
import type { NetworkDocument } from '../../../experiments/network/network-document.ts'
import { optimizerSpec } from '../../../experiments/spec/optimizer-spec.ts'
import { zooNetwork } from '../../../experiments/zoo/registry.ts'
import { MemoryPlanner } from './training-plan.ts'

const start = zooNetwork('resnet20')
const settings = { optimizer: 'adam', momentum: undefined, available: undefined } as const
const fromScratch = (document: NetworkDocument, batchSize: number) =>
  estimateTrainingMemory(document, { batchSize, optimizer: optimizerSpec.parse({ type: 'adam' }) }).totalBytes

test('edits and other batches weigh as if from scratch, and nothing is planned twice', () => {
  const planner = new MemoryPlanner()
  let document = start
  for (const filters of [16, 24, 16]) {
    const outcome = setParams(null, ['conv1'], { filters }).apply(document)
    if (outcome.ok) document = outcome.document
    for (const batchSize of [32, 8]) {
      const plan = planner.plan(document, { ...settings, batchSize })
      expect(plan).toEqual({ bytes: fromScratch(document, batchSize), available: undefined, tooMuch: false })
      expect(planner.plan(document, { ...settings, batchSize })).toBe(plan)
    }
  }
})

test('names the largest batch, a power of two, that takes four fifths of the memory at most', () => {
  const available = fromScratch(start, 48)
  const { tooMuch, fittingBatch } = new MemoryPlanner().plan(start, { ...settings, batchSize: 100, available })
  expect(tooMuch).toBe(true)
  expect(fittingBatch).toBe(32)
})
