import { expect, it } from 'vitest'
import type { JsonObject } from '../../experiments/errors/studio-error.ts'
import { parseExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import { smallExperiment } from '../studio.fixture.ts'
import { openCrashingQueue } from './crashing-queue.fixture.ts'
import { DeviceHealth } from './device-health.ts'

function openQueue() {
  const { queue, store, until } = openCrashingQueue()
  const spec = parseExperimentSpec(smallExperiment)
  const document = zooNetwork('lenet5') as unknown as JsonObject
  const add = (device: string) =>
    queue.enqueue({ spec, document, network: 'LeNet-5', engine: 'onnxruntime', device, parameters: null, steps: 1 }).id
  return { queue, store, until, add }
}

it('a device that fails twice is set aside, its jobs wait with the reason, other devices go on', async () => {
  const { queue, store, until, add } = openQueue()
  const runs = [add('webgpu'), add('webgpu'), add('webgpu'), add('webgpu')]
  const reason = (run: number | undefined) => store.jobs.get(run ?? 0)?.reason ?? ''
  await until(() => reason(runs[2]).includes('set aside'))
  expect(runs.map((run) => queue.get(run).status)).toEqual(['failed', 'failed', 'queued', 'queued'])
  expect(reason(runs[2])).toMatch(/webgpu is set aside: it failed 2 times in a row, .*SIGSEGV/)

  const cpu = [add('cpu'), add('cpu'), add('cpu')]
  await until(() => cpu.every((run) => queue.get(run).status === 'failed'))
  expect(queue.get(runs[2] ?? 0).status).toBe('queued')

  queue.useAllDevices()
  await until(() => queue.get(runs[3] ?? 0).status === 'failed')
  expect(queue.get(runs[2] ?? 0).status).toBe('failed')
})

it('a finished epoch counts as good, and faults of a run do not count', () => {
  const health = new DeviceHealth()
  const crash = { code: 'trainer-crashed', message: 'it was killed' }
  health.failed('webgpu', crash)
  health.worked('webgpu')
  health.failed('webgpu', crash)
  health.failed('webgpu', { code: 'loss-not-finite', message: 'the loss became NaN' })
  expect(health.setAside('webgpu')).toBeUndefined()
  health.failed('webgpu', crash)
  expect(health.setAside('webgpu')).toContain('it was killed')
  health.forget()
  expect(health.setAside('webgpu')).toBeUndefined()
})
