/**
 * How long the service takes for actions on a line of ten thousand jobs: while one goes on, nothing else of the service does. Times depend on the
 * machine.
 */
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
  const lines: string[] = []
  const time = async (name: string, action: () => unknown): Promise<void> => {
    const from = performance.now()
    await action()
    lines.push(`${name.padEnd(24)}${(performance.now() - from).toFixed(0).padStart(7)} ms`)
  }
  const line = () => handlers['queue.get']().jobs
  await time('the whole line', line)
  await time('one to the front', () => handlers['queue.move']({ runs: [count], before: 1 }))
  expect(line()[0]?.run).toBe(count)
  await time('that taken back', () => handlers['queue.undo']())
  expect(line()[0]?.run).toBe(1)
  await time('half of them to the front', () => handlers['queue.move']({ runs: runs.slice(count / 2), before: 1 }))
  await time('that taken back', () => handlers['queue.undo']())
  await time('all paused', () => handlers['queue.pause']({ runs }))
  await time('that taken back', () => handlers['queue.undo']())
  expect(line().every(({ state }) => state === 'waiting')).toBe(true)
  await time('all cancelled', () => handlers['queue.cancel']({ runs }))
  expect(line()).toEqual([])
  await time('that taken back', () => handlers['queue.undo']())
  expect(line()).toHaveLength(count)
  console.log(lines.join('\n'))
  await studio.close()
  fs.rmSync(home, { recursive: true })
})
