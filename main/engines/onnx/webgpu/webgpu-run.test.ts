/** A run as the user starts it, in a real trainer process, on WebGPU: paused, resumed, and continued on the processor. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { chain } from '../../../../experiments/zoo/chain.ts'
import { endOf, eventOf, openTestStudio, smallExperiment } from '../../../studio.fixture.ts'
import type { Studio } from '../../../studio.ts'
import { webgpu } from '../../engines.fixture.ts'

vi.setConfig({ testTimeout: 300_000 })

let home: string
let studio: Studio
beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-webgpu-'))
  studio = await openTestStudio(home)
})
afterAll(async () => {
  await studio.close()
  fs.rmSync(home, { recursive: true })
})

/** As little as trains through every kind of layer: a processor that plays graphics card is slow. */
const network = chain('small', [
  { id: 'input', type: 'input', params: { height: 12, width: 12, channels: 3 } },
  { id: 'conv', type: 'conv2d', params: { filters: 4, stride: 2 } },
  { id: 'norm', type: 'batch-normalization' },
  { id: 'relu', type: 'relu' },
  { id: 'pool', type: 'max-pool2d' },
  { id: 'flatten', type: 'flatten' },
  { id: 'dropout', type: 'dropout', params: { rate: 0.2 } },
  { id: 'dense', type: 'dense', params: { units: 10 } },
  { id: 'classifier', type: 'classifier' },
])
const spec = {
  ...smallExperiment,
  network: { document: network },
  data: { dataset: 'shapes', limit: 140, validation: 0.1, inputSize: 12 },
  train: { ...smallExperiment.train, epochs: 2 },
}

async function finished(asked: { readonly engine: string } | { readonly device: string }, job: object = {}) {
  const { id } = await studio.handlers['runs.start']({ spec: { ...spec, ...asked }, job })
  const paused = 'pauseAfterEpoch' in job
  if (paused) {
    await eventOf(studio, 'run.changed', (run) => run.id === id && run.status === 'paused')
    const done = endOf(studio, id)
    await studio.handlers['queue.resume']({ runs: [id] })
    await done
  } else await endOf(studio, id)
  return studio.handlers['runs.get']({ run: id })
}

describe.skipIf(webgpu.absence !== '')(`a run on ${webgpu.title}`, () => {
  it('learns what it would on the processor, also across a pause, and goes on there', async () => {
    const expected = await finished({ engine: 'onnxruntime' })
    const run = await finished({ engine: 'onnxruntime-webgpu' }, { pauseAfterEpoch: 1 })
    expect(run).toMatchObject({ status: 'finished', engine: 'onnxruntime-webgpu', environment: { device: 'webgpu' } })
    const losses = (detail: typeof run) => detail.epochs.map(({ train }) => train.loss)
    losses(run).forEach((loss, i) => expect(loss).toBeCloseTo(losses(expected)[i] ?? Number.NaN, 3))
    expect(run.test?.loss).toBeCloseTo(expected.test?.loss ?? Number.NaN, 3)

    const whole = await finished({ device: 'gpu' })
    expect(whole).toMatchObject({ engine: 'onnxruntime-webgpu', environment: { device: 'webgpu' } })
    expect(losses(whole), 'a pause changes no digit').toEqual(losses(run))
    expect(whole.weightsSha256).toBe(run.weightsSha256)

    const set = [{ path: 'engine', value: 'onnxruntime' }]
    const branch = await studio.handlers['runs.branch']({ run: run.id, epoch: 1, set })
    await endOf(studio, branch.id)
    const continued = studio.handlers['runs.get']({ run: branch.id })
    expect(continued.environment?.device).toBe('cpu')
    expect(losses(continued).at(-1)).toBeCloseTo(losses(expected).at(-1) ?? Number.NaN, 3)
  })
})
