import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { askProcess, type ProcessQuestion } from './ask-process.ts'

let folder: string
beforeAll(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-ask-'))))
afterAll(() => fs.rmSync(folder, { recursive: true }))

const minute: ProcessQuestion = { limitMs: 60_000 }
function ask(program: string, question: Partial<ProcessQuestion> = {}) {
  const entry = path.join(fs.mkdtempSync(path.join(folder, 'program-')), 'program.mjs')
  fs.writeFileSync(entry, program)
  return askProcess({ nodePath: process.execPath, entry, args: ['first'] }, { ...minute, ...question })
}

it('answers with the first message, to what was asked', async () => {
  const echo =
    'process.on("message", (m) => { process.send([process.argv.slice(2), m]); process.send("more"); process.exit() })'
  expect(await ask(echo, { args: ['second'], message: { numbers: new Float32Array([1, 2]) } })).toEqual({
    kind: 'message',
    message: [['first', 'second'], { numbers: new Float32Array([1, 2]) }],
  })
})

it('tells how a process went that said nothing', async () => {
  expect(await ask('process.exit(3)')).toEqual({ kind: 'ended', reason: 'it ended with exit code 3' })
  expect(await ask('process.kill(process.pid, "SIGTERM")')).toMatchObject({
    kind: 'ended',
    reason: expect.stringContaining('SIGTERM') as string,
  })
  const missing = { nodePath: path.join(folder, 'no-node'), entry: 'any.mjs' }
  expect(await askProcess(missing, minute)).toMatchObject({
    kind: 'not-started',
    reason: expect.stringContaining('ENOENT') as string,
  })
})

it('ends one that hangs', async () => {
  expect(await ask('setInterval(() => {}, 1000)', { limitMs: 500 })).toEqual({ kind: 'late' })
})
