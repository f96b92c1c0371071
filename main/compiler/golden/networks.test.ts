import { describe, expect, it } from 'vitest'
import { parseNetworkDocumentOrThrow } from '../../../experiments/network/parse-network-document.ts'
import { elementCount } from '../../../experiments/ops/tensor-type.ts'
import type { OptimizerSpecInput } from '../../../experiments/spec/optimizer-spec.ts'
import type { TrainingSession } from '../../engines/engine.ts'
import { createOnnxEngine } from '../../engines/onnx/onnx-engine.ts'
import type { StateTensor } from '../compiled-training.ts'
import { compileTraining } from '../training-graph.ts'
import type { TrainingRules } from '../training-step.ts'
import cases from './cases.json' with { type: 'json' }
import golden from './golden.json' with { type: 'json' }

type Train = Omit<TrainingRules, 'optimizer'> & {
  readonly optimizer: OptimizerSpecInput
  readonly learningRates: readonly number[]
}

interface Golden {
  readonly losses: readonly number[]
  readonly gradientNorms: readonly number[]
  readonly statistics: Readonly<Record<string, readonly number[]>>
}

const expectations: Readonly<Record<string, Golden>> = golden.cases

/** The same numbers as in make_golden.py: see there. */
function numbers(stream: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const first = Math.imul(i + stream * 1_000_003 + 1, 2654435761) >>> 0
    const second = Math.imul((first ^ (first >>> 15)) >>> 0, 2246822519) >>> 0
    return (second >>> 8) / 2 ** 23 - 1
  })
}

function streamOf(name: string): number {
  let value = 0x811c9dc5
  for (const byte of new TextEncoder().encode(name)) value = Math.imul(value ^ byte, 0x01000193) >>> 0
  return value % 2 ** 16
}

function startOf({ name, kind, shape }: StateTensor): Float32Array {
  const count = elementCount(shape)
  if (kind !== 'weight') return new Float32Array(count).fill(name.endsWith('.variance') ? 1 : 0)
  const [offset, scale] = spreadOf(name, count / (shape[0] ?? 1))
  return numbers(streamOf(name), count).map((value) => offset + Math.fround(value * Math.fround(scale)))
}

function spreadOf(name: string, fanIn: number): readonly [number, number] {
  switch (name.split('.').at(-1)) {
    case 'kernel':
      return [0, Math.sqrt(6 / fanIn)]
    case 'bias':
      return [0, 0.1]
    case 'scale':
      return [1, 0.2]
    case 'shift':
      return [0, 0.2]
    default:
      return [0.25, 0.1]
  }
}

async function train({ batchSize, classes, train: settings, network }: (typeof cases)[number]) {
  const { learningRates, ...rules } = settings as Train
  const document = parseNetworkDocumentOrThrow(network)
  const compiled = compileTraining(document, { batchSize, ...rules })
  const { height, width, channels } = compiled.input
  const state = new Map(compiled.state.map((tensor) => [tensor.name, startOf(tensor)]))
  const session: TrainingSession = await createOnnxEngine().createSession(compiled, { state, seed: 1, threads: 2 })
  const results = await session.train(
    learningRates.map((learningRate, step) => ({
      step,
      images: numbers(100_000 + (step % 4), batchSize * channels * height * width),
      labels: Int32Array.from({ length: batchSize }, (_, i) => (i * 7 + (step % 4)) % classes),
      learningRate,
    })),
  )
  const after = await session.readState()
  await session.dispose()
  return { results, after }
}

function expectClose(value: number | undefined, wanted: number | undefined, tolerance: number, what: string): void {
  const difference = Math.abs((value ?? Number.NaN) - (wanted ?? Number.NaN))
  expect(difference, `${what}: ${value} against ${wanted}`).toBeLessThan(tolerance * Math.abs(wanted ?? 0))
}

describe('20 training steps equal those of PyTorch', () => {
  it.each(cases)('$name', async (entry) => {
    const expected = expectations[entry.name]
    if (!expected) throw new Error('make_golden.py has not run since this case was added')
    const { results, after } = await train(entry)
    expect(expected.losses).toHaveLength(20)
    results.forEach(({ loss, gradientNorm }, step) => {
      expectClose(loss, expected.losses[step], 1e-4, `loss of step ${step}`)
      expectClose(gradientNorm, expected.gradientNorms[step], 1e-3, `gradient norm of step ${step}`)
    })
    for (const [name, values] of Object.entries(expected.statistics)) {
      const largest = Math.max(...values.map(Math.abs))
      after.get(name)?.forEach((value, i) => {
        const difference = Math.abs(value - (values[i] ?? Number.NaN))
        expect(difference, `${name}[${i}]: ${value} against ${values[i]}`).toBeLessThan(1e-4 * largest)
      })
      expect(after.get(name)).toHaveLength(values.length)
    }
  })
})
