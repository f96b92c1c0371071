import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockHome } from './home-lock.ts'

const newHome = (): string => mkdtempSync(join(tmpdir(), 'strata-lock-'))

test('one holder at a time; released, it can be taken again', () => {
  const home = newHome()
  const first = lockHome(home)
  expect(() => lockHome(home)).toThrow(expect.objectContaining({ code: 'home-locked' }))
  first.release()
  lockHome(home).release()
})

test('a holder that is killed leaves nothing stale behind', async () => {
  const home = newHome()
  const holder = `
    const { lockHome } = await import(${JSON.stringify(join(import.meta.dirname, 'home-lock.ts'))})
    lockHome(${JSON.stringify(home)})
    console.log('locked')
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', holder], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  expect(() => lockHome(home)).toThrow(expect.objectContaining({ code: 'home-locked' }))
  child.kill('SIGKILL')
  await once(child, 'exit')
  lockHome(home).release()
})

test('a file of somebody else in its place is told as such', () => {
  const home = newHome()
  writeFileSync(join(home, 'service.lock'), 'not a database, and long enough to have a header of its own'.repeat(20))
  expect(() => lockHome(home)).toThrow(expect.objectContaining({ code: 'file-damaged' }))
})
