import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failingFiles } from '../files/failing-files.ts'
import { systemFiles } from '../files/file-operations.ts'
import { readCheckpoint, readNewestCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoint-file.ts'
import { checkpointsToRemove, removeStrays } from './retention.ts'
import { firstPosition } from './training-position.ts'

let folder: string
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-checkpoints-'))))
afterEach(() => fs.rmSync(folder, { recursive: true }))

function exampleCheckpoint(step: number): Checkpoint {
  return {
    run: 3,
    experiment: 'abc',
    position: {
      ...firstPosition(7),
      epoch: 1,
      step,
      stepInEpoch: 2,
      epochSums: { loss: 0.1 + 0.2, correct: 5, examples: 32, seconds: 1.5 },
      best: { epoch: 1, accuracy: 1 / 3 },
      schedules: { plateau: { waited: 2 } },
    },
    tensors: [
      { name: 'weight/conv1.kernel', shape: [2, 3], data: Float32Array.from([step, -0, 1e-45, Infinity, 2, 3]) },
      { name: 'weight/scalar', shape: [], data: Float32Array.from([0.1]) },
      { name: 'state/empty', shape: [0, 4], data: new Float32Array() },
    ],
  }
}

describe('a checkpoint', () => {
  it('reads back as it was written, bit by bit', () => {
    const checkpoint = exampleCheckpoint(12)
    const written = writeCheckpoint(systemFiles, folder, checkpoint)
    expect(readCheckpoint(systemFiles, folder, written)).toEqual(checkpoint)
    expect(fs.readdirSync(folder)).toEqual([written.file])
    expect(fs.statSync(path.join(folder, written.file)).size).toBe(written.bytes)
  })

  it('follows the safetensors format', () => {
    const { file } = writeCheckpoint(systemFiles, folder, exampleCheckpoint(12))
    const bytes = fs.readFileSync(path.join(folder, file))
    const headerBytes = Number(bytes.readBigUInt64LE(0))
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerBytes)) as Record<string, { data_offsets: number[] }>
    expect(headerBytes % 8).toBe(0)
    expect(header['__metadata__']).toMatchObject({ format: 'strata-checkpoint', run: '3', step: '12', epoch: '1' })
    expect(header['weight/scalar']).toEqual({ dtype: 'F32', shape: [], data_offsets: [24, 28] })
    expect(bytes.readFloatLE(8 + headerBytes + 24)).toBe(Math.fround(0.1))
  })

  it.each([
    ['truncated', (bytes: Buffer) => bytes.subarray(0, bytes.length - 5), 'file-damaged'],
    ['emptied', () => Buffer.alloc(0), 'file-damaged'],
    [
      'flipped in its last bit',
      (bytes: Buffer) => (bytes.writeUInt8(bytes.at(-1)! ^ 1, bytes.length - 1), bytes),
      'file-damaged',
    ],
    ['flipped in its header', (bytes: Buffer) => (bytes.writeUInt8(bytes[20]! ^ 1, 20), bytes), 'file-damaged'],
    ['removed', () => undefined, 'file-not-found'],
  ])('that was %s is passed over for the one before, and says why', (_, damage, code) => {
    const older = writeCheckpoint(systemFiles, folder, exampleCheckpoint(10))
    const newer = writeCheckpoint(systemFiles, folder, exampleCheckpoint(20))
    const file = path.join(folder, newer.file)
    const bytes = damage(fs.readFileSync(file))
    if (bytes === undefined) fs.rmSync(file)
    else fs.writeFileSync(file, bytes)
    const { found, rejected } = readNewestCheckpoint(systemFiles, folder, [newer, older], 'abc')
    expect(found?.checkpoint).toEqual(exampleCheckpoint(10))
    expect(rejected).toMatchObject([{ file: newer.file, error: { code } }])
  })

  it('of another experiment is never continued', () => {
    const written = writeCheckpoint(systemFiles, folder, exampleCheckpoint(10))
    const { found, rejected } = readNewestCheckpoint(systemFiles, folder, [written], 'another')
    expect([found, rejected.length]).toEqual([undefined, 1])
  })

  it.each([
    ['ENOSPC', 'disk-full'],
    ['EIO', 'file-write-failed'],
    ['EACCES', 'file-write-failed'],
  ])('that cannot be saved (%s at any operation) is told, and the one before stays whole', (system, code) => {
    const older = writeCheckpoint(systemFiles, folder, exampleCheckpoint(10))
    const counting = failingFiles(systemFiles, -1, system)
    writeCheckpoint(counting, path.join(folder, 'other'), exampleCheckpoint(20))
    const operations = counting.count
    expect(operations).toBeGreaterThan(8)
    for (let failAt = 1; failAt <= operations; failAt++) {
      const files = failingFiles(systemFiles, failAt, system)
      let told: unknown
      try {
        writeCheckpoint(files, folder, exampleCheckpoint(20))
      } catch (error) {
        told = error
      }
      expect(told, `operation ${failAt}`).toMatchObject({ code })
      expect(readCheckpoint(systemFiles, folder, older)).toEqual(exampleCheckpoint(10))
      expect(fs.readdirSync(folder).filter((name) => name.includes('.partial'))).toEqual([])
    }
  })
})

describe('retention', () => {
  const at = (step: number, best = false, pinned = false) => ({ id: step, step, best, pinned })

  it('keeps the last two, the newest best and pinned ones', () => {
    const all = [at(1, true), at(2, false, true), at(3, true), at(4), at(5), at(6)]
    expect(checkpointsToRemove(all).map(({ step }) => step)).toEqual([4, 1])
    expect(checkpointsToRemove([at(1), at(2)])).toEqual([])
  })

  it('removes what a killed process left, and nothing else', () => {
    const { file } = writeCheckpoint(systemFiles, folder, exampleCheckpoint(10))
    writeCheckpoint(systemFiles, folder, exampleCheckpoint(20))
    fs.writeFileSync(path.join(folder, `${file}.123.partial`), 'half')
    fs.writeFileSync(path.join(folder, 'notes.txt'), 'mine')
    removeStrays(systemFiles, folder, new Set([file]))
    expect(fs.readdirSync(folder).toSorted()).toEqual(['notes.txt', file])
    removeStrays(systemFiles, path.join(folder, 'absent'), new Set())
  })
})
