import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { resolveElectronRuntime } from './electron-runtime.mjs'

let folder = ''
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'strata-runtime-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

async function put(path: string, content: unknown = ''): Promise<string> {
  const file = join(folder, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

test('finds the record of the checkout from any folder inside', async () => {
  const executablePath = await put('elsewhere/electron')
  const record = { executablePath, version: '45.4.1', source: 'electron-package', detail: 'The regular one' }
  await put('checkout/.cache/electron-runtime.json', record)
  expect(resolveElectronRuntime(join(folder, 'checkout', 'out', 'node'))).toEqual(record)
})

test('finds the record of a package, wherever that lies', async () => {
  const executablePath = await put('Strata/strata-studio')
  await put('Strata/resources/electron-runtime.json', { executablePath: '../strata-studio', version: '33.2.1' })
  const found = resolveElectronRuntime(join(folder, 'Strata', 'resources', 'app.asar.unpacked', 'out', 'node'))
  expect(found).toMatchObject({ executablePath, version: '33.2.1' })
})

test('a runtime that is gone is none', async () => {
  await put('checkout/.cache/electron-runtime.json', { executablePath: join(folder, 'gone'), version: '1' })
  expect(resolveElectronRuntime(join(folder, 'checkout'))).toBeNull()
})
