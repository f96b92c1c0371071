import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { TrainerChild, type TrainerEnd } from './trainer-child.ts'

let folder: string
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-child-'))))
afterEach(() => fs.rmSync(folder, { recursive: true }))

interface Outcome {
  readonly end: TrainerEnd
  readonly messages: string[]
  readonly garbled: unknown[]
}

/** Runs a process with this source as trainer and returns everything it led to. */
function outcomeOf(source: string, nodePath = process.execPath): Promise<Outcome> {
  const entry = path.join(folder, 'trainer.mjs')
  fs.writeFileSync(entry, source)
  const messages: string[] = []
  const garbled: unknown[] = []
  return new Promise((resolve) => {
    new TrainerChild({ nodePath, entry }, path.join(folder, 'logs', 'run-1.log'), 'run 1', {
      message: (message) => messages.push(message.type),
      garbled: (error) => garbled.push(error),
      ended: (end) => resolve({ end, messages, garbled }),
    })
  })
}

it('tells exit code and the last lines of a process that ended', async () => {
  const { end } = await outcomeOf(
    `for (let i = 1; i <= 50; i++) console.error('line ' + i)
     process.exit(7)`,
  )
  expect(end).toMatchObject({ exitCode: 7, signal: null, reason: 'it ended with exit code 7' })
  expect(end.tail.split('\n')).toHaveLength(20)
  expect(end.tail).toMatch(/line 50$/)
  expect(fs.readFileSync(path.join(folder, 'logs', 'run-1.log'), 'utf8')).toMatch(
    /^--- .* run 1, process \d+\nline 1\n/,
  )
})

it('tells the signal that ended a process, and hears what it said before', async () => {
  const { end, messages } = await outcomeOf(
    `process.send({ type: 'stopped' }, () => process.kill(process.pid, 'SIGKILL'))
     setInterval(() => {}, 1000)`,
  )
  expect(messages).toEqual(['stopped'])
  expect(end).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
  expect(end.reason).toMatch(/out of memory/)
})

it('refuses a message that is not of the protocol', async () => {
  const { garbled, messages } = await outcomeOf(
    `process.send({ type: 'checkpoint', epoch: -1 }, () => process.exit(0))`,
  )
  expect(messages).toEqual([])
  expect(garbled).toMatchObject([{ code: 'invalid-message' }])
})

it('says so when the process cannot be started', async () => {
  const { end } = await outcomeOf('', path.join(folder, 'no-such-node'))
  expect(end).toMatchObject({ exitCode: null, signal: null })
  expect(end.reason).toMatch(/could not be started.*ENOENT/)
})
