import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Preferences } from '../ipc/desktop-contract.ts'
import { PreferencesStore } from './preferences-store.ts'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'strata-preferences-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const defaults: Preferences = { theme: 'system', language: 'system', quitWhileTraining: 'ask', datasetMirror: '' }

test('a change is told, kept, and leaves the rest alone', () => {
  const file = join(folder, 'window', 'preferences.json')
  const told: Preferences[] = []
  const store = new PreferencesStore(file, (preferences) => told.push(preferences))
  expect(store.current).toEqual(defaults)
  store.change({ theme: 'dark' })
  store.change({ language: 'ko' })
  expect(told.at(-1)).toEqual({ ...defaults, theme: 'dark', language: 'ko' })
  expect(new PreferencesStore(file, () => {}).current).toEqual({ ...defaults, theme: 'dark', language: 'ko' })
})

test.each(['', '{', '[]', '{"theme":"neon"}', '{"theme":"dark"'])('the damaged file %j gives the defaults', (text) => {
  const file = join(folder, 'preferences.json')
  writeFileSync(file, text)
  expect(new PreferencesStore(file, () => {}).current).toEqual(defaults)
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('a file of an older version keeps its choices and gains the new defaults', () => {
  const file = join(folder, 'preferences.json')
  writeFileSync(file, '{"theme":"light"}')
  expect(new PreferencesStore(file, () => {}).current).toEqual({ ...defaults, theme: 'light' })
})
