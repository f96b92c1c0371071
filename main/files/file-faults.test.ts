import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { readFault, writeFault } from './file-faults.ts'
import { fileDamaged } from '../datasets/dataset-errors.ts'

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
