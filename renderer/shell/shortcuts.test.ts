import { expect, test } from 'vitest'
import { commandOfKeys } from './shortcuts.ts'

const keys = { key: 'k', ctrlKey: true, metaKey: false, shiftKey: false, altKey: false }

test('control, or command on a Mac, with a key is a command', () => {
  expect(commandOfKeys(keys)).toBe('command-palette')
  expect(commandOfKeys({ ...keys, ctrlKey: false, metaKey: true })).toBe('command-palette')
  expect(commandOfKeys({ ...keys, key: 'L', shiftKey: true })).toBe('toggle-theme')
})

test('typing, other keys and other modifiers are none', () => {
  expect(commandOfKeys({ ...keys, ctrlKey: false })).toBeUndefined()
  expect(commandOfKeys({ ...keys, altKey: true })).toBeUndefined()
  expect(commandOfKeys({ ...keys, shiftKey: true })).toBeUndefined()
  expect(commandOfKeys({ ...keys, key: 'c' })).toBeUndefined()
  expect(commandOfKeys({ ...keys, key: 'constructor' })).toBeUndefined()
})
