/** Files with random damage: what comes is a network or a refusal, never another error, and never late. */
import { describe, expect, test } from 'vitest'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { counterRandom, type CounterRandom } from '../../experiments/random/counter-random.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import { serialiseModel } from '../engines/onnx/onnx-model.ts'
import { exportOpset, inferenceGraph } from './export/inference-graph.ts'
import { initialWeights } from './export/initial-weights.ts'
import { foreignModel } from './foreign-graph.fixture.ts'
import { importNetwork } from './import/import-network.ts'
import { lightBytes } from './light-models.fixture.ts'
import { readModel } from './read/read-model.ts'

const lenet = zooNetwork('lenet5')
const bodies: Readonly<Record<string, () => Uint8Array>> = {
  SqueezeNet: () => lightBytes('squeezenet'),
  ShuffleNet: () => lightBytes('shufflenet'),
  'Inception v1': () => lightBytes('inception_v1'),
  'LeNet-5 of our own': () => serialiseModel(inferenceGraph(lenet, initialWeights(lenet, 1)), exportOpset),
  'shape arithmetic': () =>
    foreignModel({
      weights: { w: [4, 3, 3, 3], d: [144, 5] },
      integers: { zero: 0, rest: [-1], axis: [0] },
      nodes: [
        ['Conv', 'x w', 'a', { pads: { ints: [0, 0, 0, 0] }, strides: { ints: [1, 1] } }],
        ['Shape', 'a', 's'],
        ['Gather', 's zero', 'n', { axis: 0 }],
        ['Unsqueeze', 'n axis', 'n1'],
        ['Concat', 'n1 rest', 't', { axis: 0 }],
        ['Reshape', 'a t', 'f'],
        ['MatMul', 'f d', 'y'],
      ],
    }),
}

const rounds = 250
const slowestMs = 5000

/** Damages a copy in one to four places. */
function damaged(bytes: Uint8Array, random: CounterRandom): Uint8Array {
  let result: Uint8Array = bytes.slice()
  for (let i = random.below(4); i >= 0; i--) {
    const at = random.below(result.length || 1)
    const length = 1 + random.below(64)
    switch (random.below(6)) {
      case 0:
        result[at] = (result[at] ?? 0) ^ (1 << random.below(8))
        break
      case 1:
        result[at] = random.below(256)
        break
      case 2:
        result = result.slice(0, at)
        break
      case 3:
        result = Uint8Array.from([...result.subarray(0, at), ...result.subarray(at + length)])
        break
      case 4:
        result = Uint8Array.from([
          ...result.subarray(0, at),
          ...result.subarray(at, at + length),
          ...result.subarray(at),
        ])
        break
      default:
        // A length or a size becomes huge.
        result.fill(0xff, at, at + 1 + random.below(9))
    }
  }
  return result
}

describe.each(Object.keys(bodies))('%s', (title) => {
  test(`${rounds} damaged copies`, { timeout: 300_000 }, () => {
    const whole = bodies[title]?.() ?? new Uint8Array()
    const outcomes = { imported: 0, refused: 0 }
    for (let index = 0; index < rounds; index++) {
      const bytes = damaged(whole, counterRandom({ seed: 7, purpose: `fuzz/${title}`, index }))
      const start = performance.now()
      try {
        importNetwork(readModel(bytes, 'fuzz'), { what: 'fuzz', name: 'fuzz' })
        outcomes.imported += 1
      } catch (error) {
        if (!(error instanceof StudioError)) throw new Error(`copy ${index}: ${String(error)}`, { cause: error })
        expect(error.message, `copy ${index}`).not.toBe('')
        outcomes.refused += 1
      }
      expect(performance.now() - start, `copy ${index}`).toBeLessThan(slowestMs)
    }
    expect(outcomes.imported + outcomes.refused).toBe(rounds)
    expect(outcomes.refused).toBeGreaterThan(rounds / 4)
  })
})
