import { mkdir, open, readdir, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { DatasetProgress } from '../../experiments/data/dataset-record.ts'
import { packed, testCount, tinyFiles, tinySource, trainCount, writeFiles } from './idx.fixture.ts'
import { openDataset, openSource } from './open-dataset.ts'
import { pageBytes } from './pixel-file.ts'
import { pixelFilePath } from './prepare-dataset.ts'
import { temporaryPlace } from './temporary-folder.fixture.ts'

const source = tinySource()

async function tinyPlace() {
  const place = await temporaryPlace()
  await writeFiles(join(place.home, 'datasets', 'tiny'), packed(tinyFiles()))
  return place
}

async function flipByte(path: string, position: number): Promise<void> {
  const file = await open(path, 'r+')
  const byte = new Uint8Array(1)
  await file.read(byte, 0, 1, position)
  byte[0]! ^= 0x10
  await file.write(byte, 0, 1, position)
  await file.close()
}

/** Calls of the source's `write`, the expensive part. */
function counting() {
  const counted = { writes: 0 }
  const write: typeof source.write = (located, writer, options) => {
    counted.writes += 1
    return source.write(located, writer, options)
  }
  return { counted, source: { ...source, write } }
}

describe('openSource', () => {
  it('prepares once, then reads the pixel file', async () => {
    const place = await tinyPlace()
    const { counted, source } = counting()
    const first = await openSource(source, place)
    expect(await openSource(source, place)).toEqual(first)
    expect(counted.writes).toBe(1)
    expect((await readdir(join(place.home, 'cache', 'datasets'))).toSorted()).toEqual([
      `tiny-${first.fingerprint.slice(0, 16)}.pixels`,
      'tiny.json',
    ])
  })

  it('prepares once for calls at the same time', async () => {
    const place = await tinyPlace()
    const { counted, source } = counting()
    const all = await Promise.all([1, 2, 3].map(() => openSource(source, place)))
    expect(counted.writes).toBe(1)
    expect(all[2]).toEqual(all[0])
  })

  it('is prepared again when its files changed, and has another fingerprint for other content only', async () => {
    const place = await tinyPlace()
    const { counted, source } = counting()
    const first = await openSource(source, place)
    const later = new Date(Date.now() + 10_000)
    await utimes(join(place.home, 'datasets', 'tiny', 'train-images-idx3-ubyte.gz'), later, later)
    expect((await openSource(source, place)).fingerprint).toBe(first.fingerprint)
    await writeFiles(join(place.home, 'datasets', 'tiny'), packed(tinyFiles(11)))
    expect((await openSource(source, place)).fingerprint).not.toBe(first.fingerprint)
    expect(counted.writes).toBe(3)
  })

  const pixelsEnd = pageBytes + trainCount * 784
  const labelsStart =
    Math.ceil((Math.ceil(pixelsEnd / pageBytes) * pageBytes + testCount * 784) / pageBytes) * pageBytes
  it.each<[string, (path: string) => Promise<void>]>([
    ['its magic number', (path) => flipByte(path, 0)],
    ['its version', (path) => flipByte(path, 8)],
    ['its index length', (path) => flipByte(path, 12)],
    ['its index offset', (path) => flipByte(path, 21)],
    ['its index checksum', (path) => flipByte(path, 30)],
    ['its first pixel', (path) => flipByte(path, pageBytes)],
    ['its last training pixel', (path) => flipByte(path, pixelsEnd - 1)],
    ['a label', (path) => flipByte(path, labelsStart + 2)],
    ['its index', (path) => flipByte(path, labelsStart + 2 * pageBytes + 20)],
    ['its end, cut off', (path) => truncate(path, pixelsEnd)],
    ['everything, emptied', (path) => truncate(path, 0)],
  ])('makes the pixel file again when it is damaged in %s', async (_, damage) => {
    const place = await tinyPlace()
    const { counted, source } = counting()
    const first = await openSource(source, place)
    await damage(pixelFilePath(place.home, 'tiny', first.fingerprint))
    expect(await openSource(source, place)).toEqual(first)
    expect(await openSource(source, place)).toEqual(first)
    expect(counted.writes).toBe(2)
  })

  it('survives a damaged note', async () => {
    const place = await tinyPlace()
    const first = await openSource(source, place)
    for (const note of ['', '{', '{"version":1}', '[]', '{"version":9,"identity":"","outcome":{}}']) {
      await writeFile(join(place.home, 'cache', 'datasets', 'tiny.json'), note)
      expect(await openSource(source, place)).toEqual(first)
    }
  })

  it('reports progress up to the total', async () => {
    const place = await tinyPlace()
    const seen: DatasetProgress[] = []
    await openSource(source, { ...place, onProgress: (progress) => seen.push(progress) })
    const total = (trainCount + testCount) * 784
    expect(seen.at(-1)).toEqual({ name: 'tiny', stage: 'preparing', done: total, total, error: null })
  })

  it('leaves nothing behind when it is cancelled, and removes what a killed process left', async () => {
    const place = await tinyPlace()
    const cancel = new AbortController()
    const cancelled = openSource(source, { ...place, signal: cancel.signal, onProgress: () => cancel.abort() })
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
    const cache = join(place.home, 'cache', 'datasets')
    const abandoned = `.tiny.${2 ** 22 + 1}.00000000-0000-0000-0000-000000000000.partial`
    const foreign = `.tiny.${process.pid}.00000000-0000-0000-0000-000000000000.partial`
    await writeFiles(cache, { [abandoned]: Buffer.from('x'), [foreign]: Buffer.from('x') })
    await openSource(source, place)
    const left = await readdir(cache)
    expect(left.filter((name) => name.endsWith('.partial'))).toEqual([foreign])
  })

  it('names the file it cannot write', async () => {
    const place = await tinyPlace()
    await mkdir(place.home, { recursive: true })
    await writeFile(join(place.home, 'cache'), 'a file where a folder belongs')
    await expect(openSource(source, place)).rejects.toMatchObject({ code: 'file-write-failed' })
  })
})

describe('openDataset', () => {
  it('names the nearest known dataset', async () => {
    const error = await openDataset('fashion-mnits', await temporaryPlace()).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'unknown-dataset', details: { nearest: 'fashion-mnist' } })
  })

  it('never takes a path for a name', async () => {
    await expect(openDataset('../../etc', await temporaryPlace())).rejects.toMatchObject({ code: 'unknown-dataset' })
  })
})
