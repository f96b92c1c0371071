import { expect, test } from 'vitest'
import { analyzeNetwork } from '../analysis/analyze-network.ts'
import { zooEntries, zooNetwork } from '../zoo/registry.ts'
import { parseExperimentSpec } from './experiment-spec.ts'
import { suggestTraining } from './suggest-training.ts'

const suggested = (id: string) => suggestTraining(analyzeNetwork(zooNetwork(id)))

test('every network of the zoo gets settings that an experiment takes', () => {
  for (const { id } of zooEntries) {
    const { train, reasons } = suggested(id)
    expect(reasons.length).toBeGreaterThan(0)
    expect(() =>
      parseExperimentSpec({ version: 1, name: id, network: { zoo: id }, data: { dataset: 'x' }, train }),
    ).not.toThrow()
  }
})

test('norms stand a high rate, plain deep stacks and saturating activations do not, very deep networks warm up', () => {
  expect(suggested('resnet20')).toMatchObject({ train: { learningRate: 0.1 }, reasons: ['normalised'] })
  expect(suggested('lenet5')).toMatchObject({ train: { learningRate: 0.05 }, reasons: ['saturating'] })
  expect(suggested('vgg16')).toMatchObject({
    train: { learningRate: 0.0025, batchSize: 32 },
    reasons: ['plain-deep', 'large-images'],
  })
  expect(suggested('resnet152').train.schedule).toEqual({ type: 'cosine', warmUp: { epochs: 1 } })
})
