/** The real library on the machine of the test. */
import os from 'node:os'
import { afterEach, expect, test } from 'vitest'
import { machineUsage } from '../../experiments/queue/job-record.ts'
import type { Clock } from './clock.ts'
import { MachineMeter, measureEveryMs } from './machine-meter.ts'

class MovedClock implements Clock {
  at = 1_000_000
  actions = new Map<() => void, number>()
  now = (): number => this.at
  later(afterMs: number, action: () => void): () => void {
    this.actions.set(action, this.at + afterMs)
    return () => this.actions.delete(action)
  }
  move(ms: number): void {
    this.at += ms
    for (const [action, due] of this.actions) {
      if (due > this.at) continue
      this.actions.delete(action)
      action()
    }
  }
}

const clock = new MovedClock()
const meter = new MachineMeter(clock)
afterEach(() => meter.close())

/** Keeps a core busy, so that a load is there to be seen. */
function work(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

test('tells the load and the memory of the machine, and measures only when asked', async () => {
  expect(meter.isMeasuring).toBe(false)
  const first = machineUsage.parse(await meter.current())
  // What the processors did since the machine was started is not what they do now.
  expect(first.cpu).toBeNull()
  const { memory } = first
  expect(memory?.totalBytes).toBe(os.totalmem())
  expect(memory?.usedBytes).toBeGreaterThan(process.memoryUsage.rss() / 2)
  expect(memory?.usedBytes).toBeLessThan(os.totalmem())

  work(600)
  expect(await meter.current()).toBe(await meter.current())
  expect((await meter.current()).cpu).toBeNull()
  clock.move(measureEveryMs)
  const second = machineUsage.parse(await meter.current())
  // One core was busy for nearly all of the time.
  expect(second.cpu).toBeGreaterThan(0.3 / os.cpus().length)
  expect(second.cpu).toBeLessThanOrEqual(1)
  for (const { load, temperature } of second.gpus) expect(load ?? temperature).not.toBeNull()

  expect(meter.isMeasuring).toBe(true)
  clock.move(30_000)
  expect(meter.isMeasuring).toBe(false)
  // And again, from its beginning.
  expect((await meter.current()).cpu).toBeNull()
})

test('whoever asks while the thread ends is answered', async () => {
  const asked = meter.current()
  meter.close()
  expect(machineUsage.safeParse(await asked).success).toBe(true)
})
