/** Import and export as a user has them: real files, a real service, a run that begins from imported weights. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readModel } from '../../main/onnx-exchange/read/read-model.ts'
import { strataAt } from './strata.fixture.ts'

const light = join(import.meta.dirname, '..', '..', 'main', 'onnx-exchange', 'fixtures', 'light')
const folder = mkdtempSync(join(tmpdir(), 'strata-onnx-'))
const home = join(folder, 'home')
const strata = strataAt(home)
mkdirSync(home)

async function json(...words: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await strata(...words, '--json')
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>
}

afterAll(async () => {
  await strata('service', 'stop', '--force')
})

describe('import', () => {
  const out = join(folder, 'squeezenet.network.json')
  const weights = join(folder, 'squeezenet.weights.safetensors')

  test('writes a network and its weights, and says what they are', async () => {
    const result = await json('import', join(light, 'light_squeezenet.onnx'), '--out', out)
    expect(result).toMatchObject({ layers: 67, parameters: 1_235_496, out, weights, ending: 'softmax', warnings: [] })
    expect(existsSync(weights)).toBe(true)
    expect(await json('analyze', out)).toMatchObject({ params: 1_235_496 })
    expect(await json('analyze', join(light, 'light_resnet50.onnx'))).toMatchObject({ params: 25_557_032 })
  })

  test('what was imported is exported again with its weights', async () => {
    const file = join(folder, 'again.onnx')
    expect(await json('export', out, '--weights', weights, '--softmax', '--out', file)).toMatchObject({
      file,
      opset: 17,
    })
    const { outputs, initializers } = readModel(readFileSync(file), file)
    expect(outputs[0]?.name).toBe('probabilities')
    expect(initializers.get('fire2.squeeze1x1.kernel')?.shape).toEqual([16, 64, 1, 1])
  })

  test('a damaged file, a missing one and a missing option are told apart', async () => {
    const damaged = join(folder, 'damaged.onnx')
    writeFileSync(damaged, readFileSync(join(light, 'light_resnet50.onnx')).subarray(0, 40_000))
    for (const [words, exit, code] of [
      [['import', damaged, '--out', out], 1, 'file-damaged'],
      [['analyze', damaged], 1, 'file-damaged'],
      [['import', join(folder, 'none.onnx'), '--out', out], 1, 'file-not-found'],
      [['import', damaged], 2, 'usage'],
      [['export', 'lenet5', '--out', join(damaged, 'x.onnx')], 1, 'file-write-failed'],
    ] as const) {
      const outcome = await strata(...words, '--json')
      expect((JSON.parse(outcome.stderr) as { error: { code: string } }).error.code).toBe(code)
      expect(outcome.code).toBe(exit)
    }
  })
})

describe('export', () => {
  test(
    'a run goes out with its classes and normalisation, and is the start of another',
    { timeout: 120_000 },
    async () => {
      const spec = {
        version: 1,
        name: 'first',
        network: { zoo: 'lenet5' },
        data: { dataset: 'shapes', limit: 320 },
        train: { epochs: 1, batchSize: 32, learningRate: 0.02 },
      }
      const experiment = join(folder, 'first.experiment.json')
      writeFileSync(experiment, JSON.stringify(spec))
      const { run } = await json('train', experiment)
      const file = join(folder, 'run.onnx')
      expect(await json('export', String(run), '--out', file)).toMatchObject({ file, dataFile: null })
      const { metadata } = readModel(readFileSync(file), file)
      expect(metadata).toMatchObject({ 'strata.run': String(run), 'strata.dataset': 'shapes', 'strata.name': 'first' })
      expect(JSON.parse(metadata['strata.classes'] ?? '')).toHaveLength(10)
      expect(JSON.parse(metadata['strata.mean'] ?? '')).toHaveLength(3)

      const network = join(folder, 'run.network.json')
      await json('import', file, '--out', network)
      const next = {
        ...spec,
        network: { file: 'run.network.json' },
        start: { weights: 'run.weights.safetensors', freeze: ['conv*'] },
      }
      const second = join(folder, 'second.experiment.json')
      writeFileSync(second, JSON.stringify(next))
      expect(await json('train', second)).toMatchObject({ event: 'finished', status: 'finished' })
    },
  )

  test('a run that does not exist is said so', async () => {
    const { stderr } = await strata('export', '4711', '--out', join(folder, 'none.onnx'), '--json')
    expect((JSON.parse(stderr) as { error: { code: string } }).error.code).toBe('run-not-found')
  })
})
