import { expect, test } from 'vitest'
import { QuitGuard, type QuitGuardOptions } from './quit-guard.ts'

function guard(overrides: Partial<QuitGuardOptions> = {}): { guard: QuitGuard; log: string[]; settled: Promise<void> } {
  const log: string[] = []
  let resolve = (): void => {}
  const settled = new Promise<void>((done) => (resolve = done))
  const options: QuitGuardOptions = {
    preference: () => 'ask',
    activeRuns: () => Promise.resolve(1),
    stopTraining: () => Promise.resolve(void log.push('stop')),
    ask: (runs) => {
      log.push(`ask ${runs}`)
      resolve()
      return true
    },
    close: () => {
      log.push('close')
      resolve()
    },
    ...overrides,
  }
  return { guard: new QuitGuard(options), log, settled }
}

test('closes without a question when nothing trains', async () => {
  const { guard: quit, log, settled } = guard({ activeRuns: () => Promise.resolve(0) })
  expect(quit.mayClose()).toBe(false)
  await settled
  expect(log).toEqual(['close'])
  expect(quit.mayClose()).toBe(true)
})

test('asks while a run trains; staying lets it ask again', async () => {
  const { guard: quit, log, settled } = guard()
  expect(quit.mayClose()).toBe(false)
  await settled
  quit.cancel()
  expect(quit.state).toBe('open')
  expect(log).toEqual(['ask 1'])
})

test('keep closes and leaves the run alone; stop stops it first', async () => {
  const keeping = guard()
  keeping.guard.mayClose()
  await keeping.settled
  await keeping.guard.decide('keep')
  expect(keeping.log).toEqual(['ask 1', 'close'])
  const stopping = guard()
  stopping.guard.mayClose()
  await stopping.settled
  await stopping.guard.decide('stop')
  expect(stopping.log).toEqual(['ask 1', 'stop', 'close'])
})

test('a second request closes a window that does not answer', async () => {
  const { guard: quit, log, settled } = guard()
  quit.mayClose()
  await settled
  expect(quit.mayClose()).toBe(true)
  expect(log).toEqual(['ask 1', 'close'])
})

test.each([
  ['keep', ['close']],
  ['stop', ['stop', 'close']],
] as const)('the remembered answer "%s" is followed without a question', async (preference, expected) => {
  const { guard: quit, log, settled } = guard({ preference: () => preference })
  quit.mayClose()
  await settled
  expect(log).toEqual(expected)
})

test('a service that cannot be asked does not keep the window open', async () => {
  const { guard: quit, log, settled } = guard({ activeRuns: () => Promise.reject(new Error('lost')) })
  quit.mayClose()
  await settled
  expect(log).toEqual(['close'])
})
