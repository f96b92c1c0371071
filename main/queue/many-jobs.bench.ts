/** How long the service takes for actions on a line of ten thousand jobs, and for how long of it nothing else of the service goes on. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../store/open-store.ts'
import { exampleRun } from '../store/run.fixture.ts'
import { openTestStudio } from '../studio.fixture.ts'

const count = 10_000

test('ten thousand jobs', { timeout: 600_000 }, async () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-many-'))
  const studio = await openTestStudio(home)
  const { handlers } = studio
  // As the window is told: every event is written as it would be sent.
  studio.onEvent((event, payload) => void JSON.stringify({ event, payload }))
  await handlers['queue.hold']({ held: true })
  const store = openStore(home)
  store.transaction(() => {
    for (let i = 0; i < count; i++) store.jobs.enqueue(store.runs.add(exampleRun()))
  })
  store.close()
  const runs = Array.from({ length: count }, (_, index) => index + 1)
  const lines = [`${''.padEnd(26)}      all   longest`]
  const line = () => handlers['queue.get']().jobs
  const time = async (name: string, action: () => unknown): Promise<void> => {
    const { allMs, longestMs } = await turns(action)
    lines.push(`${name.padEnd(26)}${allMs.toFixed(0).padStart(6)} ms${longestMs.toFixed(0).padStart(7)} ms`)
  }
  const undo = () => handlers['queue.undo']()
  const back = 'that taken back'
  await time('the whole line', () => JSON.stringify(line()))
  await time('one to the front', () => handlers['queue.move']({ runs: [count], before: 1 }))
  expect(line()[0]?.run).toBe(count)
  await time(back, undo)
  expect(line()[0]?.run).toBe(1)
  await time('half of them to the front', () => handlers['queue.move']({ runs: runs.slice(count / 2), before: 1 }))
  await time(back, undo)
  await time('another priority for all', () => handlers['queue.prioritise']({ runs, priority: 5 }))
  await time(back, undo)
  await time('all paused', () => handlers['queue.pause']({ runs }))
  expect(line().every(({ state }) => state === 'paused')).toBe(true)
  await time('all resumed', () => handlers['queue.resume']({ runs }))
  await time(back, undo)
  await time('all cancelled', () => handlers['queue.cancel']({ runs }))
  expect(line()).toEqual([])
  await time(back, undo)
  expect(line()).toHaveLength(count)
  await time('all queued again', () => handlers['queue.duplicate']({ runs }))
  expect(line()).toHaveLength(2 * count)
  await time(back, undo)
  expect(line()).toHaveLength(count)
  console.log(lines.join('\n'))
  await studio.close()
  fs.rmSync(home, { recursive: true })
})

/**
 * Processor time of the service's thread for an action, and the longest stretch of it in which nothing else could be answered. Not by the clock: other
 * programs do not count.
 */
async function turns(action: () => unknown): Promise<{ allMs: number; longestMs: number }> {
  const now = (): number => {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1000
  }
  const from = now()
  let last = from
  let longestMs = 0
  const turn = (): void => {
    const at = now()
    longestMs = Math.max(longestMs, at - last)
    last = at
  }
  let isDone = false
  const watch = (): void => {
    turn()
    if (!isDone) setImmediate(watch)
  }
  setImmediate(watch)
  await action()
  isDone = true
  turn()
  return { allMs: last - from, longestMs }
}
