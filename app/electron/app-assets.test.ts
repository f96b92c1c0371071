import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerAsset } from './app-assets.ts'

let base = ''
let folder = ''
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'strata-protocol-'))
  folder = join(base, 'renderer')
  mkdirSync(join(folder, 'assets'), { recursive: true })
  mkdirSync(join(base, 'renderer-secret'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html>')
  writeFileSync(join(folder, 'assets', 'a b.js'), 'export {}')
  writeFileSync(join(folder, 'assets', 'notes.txt'), 'not an asset type')
  writeFileSync(join(base, 'secret.js'), 'secret')
  writeFileSync(join(base, 'renderer-secret', 'x.js'), 'secret')
  symlinkSync(join(base, 'secret.js'), join(folder, 'assets', 'link.js'))
})
afterAll(() => rmSync(base, { recursive: true }))

describe('strata://app', () => {
  test('serves the interface with its type and policy', async () => {
    const response = await answerAsset(folder, 'GET', 'strata://app/')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe-eval')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await response.text()).toBe('<!doctype html>')
  })

  test('serves names that need escaping', async () => {
    expect((await answerAsset(folder, 'GET', 'strata://app/assets/a%20b.js')).status).toBe(200)
  })

  test.each([
    'strata://app/../secret.js',
    'strata://app/..%2fsecret.js',
    'strata://app/assets/..%2f..%2fsecret.js',
    'strata://app/assets/%2e%2e/%2e%2e/secret.js',
    'strata://app/..%2frenderer-secret/x.js',
    'strata://app/assets/link.js',
    'strata://app/assets',
    'strata://app/assets/notes.txt',
    'strata://app/nothing.js',
    'strata://app/index.html%00.js',
    'strata://app/%',
    'strata://other/index.html',
    'file:///etc/passwd',
  ])('does not serve %s', async (url) => {
    const response = await answerAsset(folder, 'GET', url)
    expect(response.status).toBe(404)
    expect(await response.text()).toBe('')
  })

  test('refuses to be written to', async () => {
    expect((await answerAsset(folder, 'POST', 'strata://app/index.html')).status).toBe(405)
  })
})
