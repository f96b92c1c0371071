/** A real store and the real meter; only the clock is moved. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { openStore, type Store } from '../store/open-store.ts'
import { FakeClock } from './fake-clock.fixture.ts'
import { keptMs, MachineLog, sampleEveryMs } from './machine-log.ts'
import { MachineMeter } from './machine-meter.ts'

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-machine-'))
const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end()
  fs.rmSync(home, { recursive: true })
})

test('samples while there is work, and forgets what is old', async () => {
  const store = openStore(home)
  ends.push(() => store.close())
  const clock = new FakeClock(keptMs + 1_000_000)
  const meter = new MachineMeter(clock)
  ends.push(() => meter.close())
  const all = (): ReturnType<Store['machine']['between']> => store.machine.between(0, Number.MAX_SAFE_INTEGER)
  store.machine.add(5, { cpu: 0.5, memory: null, gpus: [] })

  let isWorking = false
  const faults: unknown[] = []
  const log = new MachineLog({
    ...{ clock, meter, table: store.machine },
    isWorking: () => isWorking,
    onFault: (fault) => faults.push(fault),
  })
  ends.push(() => log.close())
  log.start()
  expect(all()).toEqual([])

  const begun = clock.now()
  clock.advanceTo(begun + sampleEveryMs)
  isWorking = true
  for (const turn of [2, 3]) {
    clock.advanceTo(begun + turn * sampleEveryMs)
    await vi.waitFor(() => expect(all()).toHaveLength(turn - 1), { timeout: 20_000 })
  }
  const [first, second] = all()
  expect([first!.at, second!.at]).toEqual([begun + 2 * sampleEveryMs, begun + 3 * sampleEveryMs])
  // The first load would be the mean since the machine was started.
  expect(first!.cpu).toBeNull()
  expect(second!.cpu).toBeGreaterThan(0)
  expect(second!.memory!.totalBytes).toBe(os.totalmem())
  expect(store.machine.between(second!.at, second!.at)).toEqual([second])

  isWorking = false
  clock.advanceTo(begun + 10 * sampleEveryMs)
  expect(all()).toHaveLength(2)
  expect(faults).toEqual([])
})
