/** What becomes of a run whose device is absent or lost, with trainers that die as broken drivers make them. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EngineReport } from '../../experiments/engines/engine-report.ts'
import type { JsonObject } from '../../experiments/errors/studio-error.ts'
import { parseExperimentSpec, type ExperimentSpecInput } from '../../experiments/spec/experiment-spec.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import { endOf, openTestStudio, smallExperiment } from '../studio.fixture.ts'
import { openCrashingQueue } from './crashing-queue.fixture.ts'
import type { FreeMemoryOf } from './plan/memory-room.ts'
import { lookingForCards } from './plan/pick-next-job.ts'

/** An engine for graphics cards with these devices. */
function engineOf(...devices: string[]): EngineReport {
  const shared = { version: '1', available: devices.length > 0, install: null }
  return {
    ...{ ...shared, id: 'onnxruntime-cuda', title: 'CUDA' },
    reason: devices.length > 0 ? null : 'no driver',
    devices: devices.map((id) => ({
      id,
      title: id,
      memoryBytes: null,
      threads: null,
      float16: null,
      available: true,
      reason: null,
    })),
  }
}

interface Options {
  /** Undefined where nobody has looked yet. */
  readonly latest?: readonly EngineReport[] | undefined
  readonly look?: () => Promise<EngineReport[]>
  readonly freeMemory?: FreeMemoryOf
}

function openQueue({ latest, look = async () => [], freeMemory }: Options) {
  const engines: { latest: readonly EngineReport[] | undefined; describe: () => Promise<EngineReport[]> } = {
    latest,
    describe: async () => {
      const reports = await look()
      engines.latest = reports
      return reports
    },
  }
  const { queue, store, until } = openCrashingQueue({ engines, ...(freeMemory && { freeMemory }) })
  const document = zooNetwork('lenet5') as unknown as JsonObject
  const add = (asked: Pick<ExperimentSpecInput, 'device' | 'engine' | 'onDeviceLoss'>, memoryBytes = 0) => {
    const spec = parseExperimentSpec({ ...smallExperiment, ...asked })
    const { device = 'cpu' } = asked
    const cost = { macs: 1, memoryBytes, networkHash: 'x' }
    const run = { spec, document, network: 'LeNet-5', engine: 'onnxruntime', device, parameters: null, steps: 1, cost }
    return queue.enqueue(run).id
  }
  const events = (run: number) => store.events.ofRun(run).map(({ type, data }) => ({ type, ...data }))
  const ended = (run: number) => until(() => queue.get(run).endedAt !== null)
  return { queue, store, until, add, events, ended }
}

describe('a run whose device is lost while it trains', () => {
  it('fails with the reason, or goes on with the processor as its experiment says, which its log tells', async () => {
    const { queue, add, events, ended } = openQueue({ latest: [engineOf('cuda:0')] })
    const strict = add({ device: 'cuda:0' })
    await ended(strict)
    expect(queue.get(strict)).toMatchObject({ status: 'failed', error: { code: 'trainer-crashed' } })
    expect(events(strict).map(({ type }) => type)).not.toContain('run.fellBack')

    const yielding = add({ device: 'cuda:0', onDeviceLoss: 'cpu' })
    // These trainers die on the processor too, and there nothing is left to fall back to.
    await ended(yielding)
    expect(queue.get(yielding)).toMatchObject({ status: 'failed', engine: 'onnxruntime' })
    const told = events(yielding).filter(({ type }) => /claimed|fellBack|requeued/.test(type))
    expect(told).toMatchObject([
      { type: 'run.claimed', device: 'cuda:0' },
      { type: 'run.fellBack', device: 'cuda:0', engine: 'onnxruntime-cuda', step: 0 },
      {
        type: 'run.requeued',
        reason: expect.stringMatching(/cuda:0 was lost, and it goes on with the processor/) as string,
      },
      { type: 'run.claimed', device: 'cpu' },
    ])
  })

  it('waits when its device is set aside, or takes the processor at once', async () => {
    const { queue, store, add, events, ended, until } = openQueue({ latest: [engineOf('cuda:0')] })
    for (const run of [add({ device: 'gpu' }), add({ device: 'gpu' })]) await ended(run)
    const waiting = add({ device: 'gpu' })
    const yielding = add({ device: 'gpu', onDeviceLoss: 'cpu' })
    await ended(yielding)
    expect(events(yielding).find(({ type }) => type === 'run.fellBack')).toMatchObject({
      reason: expect.stringMatching(/cuda:0 is set aside: it failed 2 times/) as string,
    })
    expect(store.jobs.get(waiting)?.reason).toMatch(/cuda:0 is set aside/)
    queue.useAllDevices()
    await until(() => queue.get(waiting).status === 'failed')
  })
})

describe('a run that asks for any graphics card', () => {
  it('waits until they were looked for, and gets one that is free', async () => {
    let tell: (reports: EngineReport[]) => void = () => undefined
    const found = new Promise<EngineReport[]>((resolve) => {
      tell = resolve
    })
    const { queue, store, add, events, until } = openQueue({ latest: undefined, look: () => found })
    const run = add({ device: 'gpu' })
    await until(() => store.jobs.get(run)?.reason === lookingForCards)
    tell([engineOf('cuda:0', 'cuda:1')])
    await until(() => queue.get(run).status === 'failed')
    expect(queue.get(run).engine).toBe('onnxruntime-cuda')
    expect(events(run).find(({ type }) => type === 'run.claimed')).toMatchObject({ device: 'cuda:0' })
  })

  it('fails, or takes the processor, where there is none', async () => {
    const { queue, add, events, ended } = openQueue({ latest: [engineOf()] })
    const strict = add({ device: 'gpu' })
    await ended(strict)
    expect(queue.get(strict).error).toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringMatching(/is here: this machine has no device \(CUDA: no driver\)/) as string,
    })
    const yielding = add({ device: 'gpu', onDeviceLoss: 'cpu' })
    await ended(yielding)
    expect(events(yielding).map(({ type }) => type)).toContain('run.fellBack')
  })
})

it('a run waits for memory with the reason, while a smaller one goes by', async () => {
  const { queue, store, add, ended, until } = openQueue({
    latest: [],
    freeMemory: () => ({ freeBytes: 2 ** 30, totalBytes: 2 ** 34 }),
  })
  const large = add({}, 3 * 2 ** 30)
  const small = add({}, 1000)
  await ended(small)
  await until(() => store.jobs.get(large)?.reason !== null)
  expect(store.jobs.get(large)).toMatchObject({
    state: 'waiting',
    reason: 'it needs about 3.0 GiB of memory, and 1.0 GiB of cpu are free; it starts when there is room',
  })
  expect(queue.get(large).status).toBe('queued')
})

it('the whole studio trains on the processor what asked for a card that is not here, where the experiment allows it', async () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-loss-'))
  const studio = await openTestStudio(home)
  try {
    const train = { ...smallExperiment.train, epochs: 1 }
    const spec = { ...smallExperiment, data: { dataset: 'shapes', limit: 70 }, train, device: 'cuda:7' }
    await expect(studio.handlers['runs.start']({ spec })).rejects.toThrow(
      /there is no device "cuda:7": this machine has cpu/,
    )
    const { id } = await studio.handlers['runs.start']({ spec: { ...spec, onDeviceLoss: 'cpu' } })
    await endOf(studio, id)
    const run = studio.handlers['runs.get']({ run: id })
    expect(run).toMatchObject({ status: 'finished', environment: { device: 'cpu' } })
    const events = studio.handlers['queue.events']({ run: id })
    expect(events.find(({ type }) => type === 'run.fellBack')?.data).toMatchObject({ device: 'cuda:7' })
  } finally {
    await studio.close()
    fs.rmSync(home, { recursive: true })
  }
}, 240_000)
