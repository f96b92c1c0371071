import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  idxBytes,
  imageElements,
  labelElements,
  packed,
  tinyFiles,
  tinySource,
  trainCount,
  writeFiles,
} from './idx.fixture.ts'
import { openSource } from './open-dataset.ts'
import { asOrdinaryUser } from './ordinary-user.fixture.ts'
import { temporaryPlace } from './temporary-folder.fixture.ts'

const source = tinySource()

describe('idxDataset', () => {
  it('gives the same content and fingerprint from packed and plain files in any folder', async () => {
    const place = await temporaryPlace()
    const own = join(place.home, 'datasets', 'tiny')
    await writeFiles(own, packed(tinyFiles()))
    const fromGzip = await openSource(source, place)
    expect(fromGzip.train).toMatchObject({ count: trainCount, classCounts: [10, 10, 10] })
    expect(fromGzip.train.pixels).toEqual(imageElements(trainCount, 7))
    expect([...fromGzip.train.labels]).toEqual([...labelElements(trainCount)])
    await rm(own, { recursive: true })
    await writeFiles(join(place.systemFolder, 'tiny'), tinyFiles())
    const fromPlain = await openSource(source, place)
    expect(fromPlain).toEqual(fromGzip)
  })

  it('looks in the configured folder, then in the home, then in the system', async () => {
    const place = await temporaryPlace()
    const configured = join(place.systemFolder, 'configured')
    const env = { STRATA_DATASETS: configured }
    const folders = [
      join(configured, 'tiny'),
      join(configured, 'Tiny/raw'),
      join(place.home, 'datasets', 'tiny'),
      join(place.systemFolder, 'tiny'),
    ]
    for (const folder of folders.toReversed()) {
      await writeFiles(folder, tinyFiles())
      expect((await source.locate({ ...place, env })).location).toBe(folder)
    }
    expect((await source.locate(place)).location).toBe(folders[2])
  })

  it('says what to do when it is missing, and which file when only a part is there', async () => {
    const place = await temporaryPlace()
    const own = join(place.home, 'datasets', 'tiny')
    const error = await openSource(source, place).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'dataset-missing',
      details: { name: 'tiny', places: [own, join(place.systemFolder, 'tiny')] },
    })
    expect((error as Error).message).toContain('sudo apt-get install dataset-tiny')
    expect((error as Error).message).toContain('strata data download tiny')
    expect((error as Error).message).toContain(own)
    const { 't10k-labels-idx1-ubyte': _, ...rest } = tinyFiles()
    await writeFiles(own, rest)
    await expect(openSource(source, place)).rejects.toThrow(`${own} lacks t10k-labels-idx1-ubyte.gz`)
  })

  it.each<[string, string, Buffer, RegExp]>([
    [
      'test labels with the training images',
      'train-labels-idx1-ubyte',
      idxBytes([12], labelElements(12)),
      /train-images-idx3-ubyte: expected as many images as .*train-labels-idx1-ubyte has labels \(12\), got 30/,
    ],
    [
      'images and labels swapped',
      'train-labels-idx1-ubyte',
      tinyFiles()['train-images-idx3-ubyte'] as Buffer,
      /train-labels-idx1-ubyte: expected the idx magic number/,
    ],
    [
      'a label out of range',
      'train-labels-idx1-ubyte',
      idxBytes([30], labelElements(30).with(17, 3)),
      /expected labels from 0 to 2, got 3 at position 17/,
    ],
    [
      'images of another size',
      'train-images-idx3-ubyte',
      idxBytes([30, 32, 32], new Uint8Array(30 * 1024)),
      /expected images of 28 x 28 pixels, got 32 x 32/,
    ],
    [
      'a truncated test file',
      't10k-images-idx3-ubyte',
      (tinyFiles()['t10k-images-idx3-ubyte'] as Buffer).subarray(0, 5000),
      /t10k-images-idx3-ubyte: .*truncated/,
    ],
  ])('refuses %s and leaves nothing behind but the note', async (_, name, bytes, message) => {
    const place = await temporaryPlace()
    await writeFiles(join(place.home, 'datasets', 'tiny'), { ...tinyFiles(), [name]: bytes })
    const error = await openSource(source, place).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'file-damaged' })
    expect((error as Error).message).toMatch(message)
    expect(await cachedFiles(place.home)).toEqual(['tiny.json'])
  })

  it('refuses a dataset without examples', async () => {
    const place = await temporaryPlace()
    const empty = {
      'train-images-idx3-ubyte': idxBytes([0, 28, 28], new Uint8Array()),
      'train-labels-idx1-ubyte': idxBytes([0], new Uint8Array()),
    }
    await writeFiles(join(place.home, 'datasets', 'tiny'), { ...tinyFiles(), ...empty })
    await expect(openSource(source, place)).rejects.toThrow(/expected at least one image, got 0/)
  })

  it('tells of a folder or a broken link in place of a file, rather than looking elsewhere', async () => {
    const place = await temporaryPlace()
    const own = join(place.home, 'datasets', 'tiny')
    await writeFiles(join(place.systemFolder, 'tiny'), tinyFiles())
    await writeFiles(own, tinyFiles())
    const file = join(own, 'train-images-idx3-ubyte')
    await rm(file)
    await mkdir(file)
    await expect(source.locate(place)).rejects.toMatchObject({
      code: 'file-unreadable',
      details: { file, received: 'a folder' },
    })
    if (process.platform === 'win32') return
    await rm(file, { recursive: true })
    await symlink(join(own, 'nowhere'), file)
    await expect(source.locate(place)).rejects.toMatchObject({ code: 'file-not-found', details: { file } })
    await rm(file)
    await symlink(file, file)
    await expect(source.locate(place)).rejects.toMatchObject({ code: 'file-unreadable', details: { system: 'ELOOP' } })
  })

  it.skipIf(process.platform === 'win32')('tells of a file without read permission', async () => {
    const place = await temporaryPlace()
    const own = join(place.home, 'datasets', 'tiny')
    await writeFiles(own, tinyFiles())
    await writeFile(join(own, 'train-images-idx3-ubyte.gz'), '', { mode: 0o000 })
    await expect(asOrdinaryUser(dirname(place.home), () => openSource(source, place))).rejects.toMatchObject({
      code: 'file-unreadable',
      details: { system: 'EACCES' },
    })
  })
})

async function cachedFiles(home: string): Promise<string[]> {
  return readdir(join(home, 'cache', 'datasets'))
}
