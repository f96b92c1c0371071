import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CrashMark } from './crash-mark.ts'

test('a window that was closed left no mark, one that was killed did, and it is told once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-mark-'))
  const file = join(folder, 'window', 'open')
  try {
    const first = new CrashMark(file)
    expect(first.take()).toBe(false)
    first.opened()
    first.closed()
    const second = new CrashMark(file)
    expect(second.take()).toBe(false)
    second.opened()
    const third = new CrashMark(file)
    expect([third.take(), third.take()]).toEqual([true, false])
    third.pageCrashed()
    expect(third.take()).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
