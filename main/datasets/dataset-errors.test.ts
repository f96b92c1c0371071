import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { fileDamaged, formatBytes, readFault, writeFault } from './dataset-errors.ts'

describe('writeFault', () => {
  it.runIf(existsSync('/dev/full'))('tells a full disk from other failures', async () => {
    const failure = await writeFile('/dev/full', 'x').catch((cause: unknown) => cause)
    expect(writeFault('file', failure)).toMatchObject({
      code: 'disk-full',
      details: { file: 'file', system: 'ENOSPC' },
    })
  })

  it('leaves errors of the studio and bugs as they are', () => {
    for (const error of [fileDamaged('a', 'b', 'c', 'd'), new TypeError('a bug')]) {
      expect(writeFault('file', error)).toBe(error)
      expect(readFault('file', error)).toBe(error)
    }
  })
})

describe('formatBytes', () => {
  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1.0 KiB'],
    [11_594_722, '11.1 MiB'],
    [1e12, '931.3 GiB'],
    [2 ** 96, '70368744177664.0 PiB'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})
