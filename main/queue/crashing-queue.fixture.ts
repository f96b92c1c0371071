/** A queue whose trainers die at once, as with a driver that takes them along. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach } from 'vitest'
import { openStore, type Store } from '../store/open-store.ts'
import { RunQueue, type RunQueueOptions } from './run-queue.ts'

const opened: { queue: RunQueue; store: Store; home: string }[] = []
afterEach(async () => {
  for (const { queue, store, home } of opened.splice(0)) {
    await queue.close()
    store.close()
    fs.rmSync(home, { recursive: true })
  }
})

/**
 * On a home of its own, until the test is over.
 * @returns `until` resolves when `isTrue` after an event of the queue
 */
export function openCrashingQueue(options: Pick<RunQueueOptions, 'engines' | 'freeMemory'> = {}) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-crashes-'))
  const store = openStore(home)
  const listeners: (() => void)[] = []
  const entry = path.join(import.meta.dirname, '..', 'engines', 'survey', 'crashing-probe.fixture.ts')
  const queue = new RunQueue({
    ...{ home, store, ...options },
    trainer: { nodePath: process.execPath, entry, args: ['crash', 'run'] },
    studio: { version: 'test', commit: null },
    emit: () => {
      for (const listener of listeners) listener()
    },
    onFault: (fault) => {
      throw fault as Error
    },
  })
  opened.push({ queue, store, home })
  queue.start()
  const until = (isTrue: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (isTrue()) resolve()
      }
      listeners.push(look)
      look()
    })
  return { queue, store, until }
}
