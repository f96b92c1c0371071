import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { claimEndpoint, endpointFile, publishEndpoint, readEndpoint, withdrawEndpoint } from './service-endpoint.ts'

const newHome = (name = ''): string => mkdtempSync(join(tmpdir(), `strata-endpoint-${name}`))

describe('the endpoint of a home folder', () => {
  test('is found while published and gone afterwards', () => {
    const home = newHome()
    expect(readEndpoint(home)).toBeUndefined()
    const endpoint = claimEndpoint(home)
    publishEndpoint(home, endpoint)
    expect(readEndpoint(home)).toEqual(endpoint)
    withdrawEndpoint(home, endpoint)
    expect(readEndpoint(home)).toBeUndefined()
  })

  test.skipIf(platform() === 'win32')('is readable by its owner only', () => {
    const home = newHome()
    publishEndpoint(home, claimEndpoint(home))
    expect(statSync(endpointFile(home)).mode & 0o077).toBe(0)
  })

  test.skipIf(platform() === 'win32')('a long home path gets its socket in a private temporary folder', () => {
    const { address } = claimEndpoint(newHome('x'.repeat(120)))
    expect(Buffer.byteLength(address)).toBeLessThanOrEqual(100)
    expect(statSync(join(address, '..')).mode & 0o777).toBe(0o700)
  })

  test('a torn file counts as none', () => {
    const home = newHome()
    writeFileSync(endpointFile(home), '{"pid": 1, "addr')
    expect(readEndpoint(home)).toBeUndefined()
  })

  test('a service that ended does not withdraw its successor', () => {
    const home = newHome()
    const old = claimEndpoint(home)
    const successor = claimEndpoint(home)
    publishEndpoint(home, successor)
    withdrawEndpoint(home, old)
    expect(readEndpoint(home)).toEqual(successor)
  })
})
