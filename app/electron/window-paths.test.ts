import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkWindowPaths } from './window-paths.ts'

let base = ''
let home = ''
beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'strata-paths-')))
  home = join(base, 'home')
  mkdirSync(join(home, 'weights'), { recursive: true })
  writeFileSync(join(home, 'weights', 'ours.safetensors'), '')
  writeFileSync(join(base, 'secret'), '')
  symlinkSync(join(base, 'secret'), join(home, 'weights', 'link.safetensors'))
})
afterAll(() => rmSync(base, { recursive: true }))

const spec = (start: unknown): unknown => ({ version: 1, start })

describe('paths from the page', () => {
  test('weights of the home folder, of a run, or named by checksum are taken', () => {
    expect(() => checkWindowPaths(spec({ weights: join(home, 'weights', 'ours.safetensors') }), home)).not.toThrow()
    expect(() => checkWindowPaths(spec({ weights: 7 }), home)).not.toThrow()
    expect(() => checkWindowPaths(spec({ weights: '/gone', sha256: 'a'.repeat(64) }), home)).not.toThrow()
  })

  test.each([
    () => join(base, 'secret'),
    () => join(home, '..', 'secret'),
    () => join(home, 'weights', 'link.safetensors'),
    () => home,
    () => '/etc/passwd',
    () => 'relative',
    () => '',
  ])('others are refused before anybody looks at them (%#)', (file) => {
    expect(() => checkWindowPaths(spec({ weights: file() }), home)).toThrow(/home folder/)
  })

  test.each([null, 7, 'text', {}, { start: null }, { start: { weights: null } }])('%j names no path', (value) => {
    expect(() => checkWindowPaths(value, home)).not.toThrow()
  })
})
