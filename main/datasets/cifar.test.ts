import { createHash } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cifar10, cifar100, cifarDataset } from './cifar.ts'
import { downloadSource, takeDatasetFiles } from './download-dataset.ts'
import { openSource } from './open-dataset.ts'
import { temporaryFolder, temporaryPlace } from './temporary-folder.fixture.ts'

/** One record: its labels, then planes of one value each. */
function record(labels: readonly number[], [red, green, blue]: readonly [number, number, number]): Buffer {
  return Buffer.concat([
    Buffer.from(labels),
    Buffer.alloc(1024, red),
    Buffer.alloc(1024, green),
    Buffer.alloc(1024, blue),
  ])
}

describe('CIFAR in its binary version', () => {
  it('reads five batches and the test batch of CIFAR-10, planes to pixels', async () => {
    const place = await temporaryPlace()
    const folder = join(place.systemFolder, 'cifar-10', 'cifar-10-batches-bin')
    await mkdir(folder, { recursive: true })
    for (const n of [1, 2, 3, 4, 5]) {
      const records = [record([n], [n, 100 + n, 200 + n]), record([n + 4], [0, 0, 255])]
      await writeFile(join(folder, `data_batch_${n}.bin`), Buffer.concat(records))
    }
    await writeFile(join(folder, 'test_batch.bin'), record([7], [1, 2, 3]))
    const dataset = await openSource(cifar10, place)
    expect([...dataset.train.labels]).toEqual([1, 5, 2, 6, 3, 7, 4, 8, 5, 9])
    expect([...dataset.test.labels]).toEqual([7])
    expect(dataset.classes[7]).toBe('horse')
    const third = dataset.train.pixels.subarray(2 * 3072, 3 * 3072)
    expect([...third.subarray(0, 6)]).toEqual([2, 102, 202, 2, 102, 202])
    expect([...third.subarray(-3)]).toEqual([2, 102, 202])
  })

  it('takes the fine label of CIFAR-100', async () => {
    const place = await temporaryPlace()
    const folder = join(place.systemFolder, 'cifar-100')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'train.bin'), Buffer.concat([record([3, 42], [9, 9, 9]), record([0, 99], [8, 8, 8])]))
    await writeFile(join(folder, 'test.bin'), record([1, 0], [7, 7, 7]))
    const dataset = await openSource(cifar100, place)
    expect([...dataset.train.labels]).toEqual([42, 99])
    expect([dataset.classes.length, dataset.classes[42], dataset.classes[0]]).toEqual([100, 'leopard', 'apple'])
  })

  it('says what is wrong with a file, and where it would look', async () => {
    const place = await temporaryPlace()
    await expect(openSource(cifar100, place)).rejects.toMatchObject({ code: 'dataset-missing' })
    const folder = join(place.systemFolder, 'cifar-100')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'test.bin'), record([1, 0], [7, 7, 7]))
    await writeFile(join(folder, 'train.bin'), record([1, 0], [7, 7, 7]).subarray(0, 3000))
    await expect(openSource(cifar100, place)).rejects.toMatchObject({
      code: 'file-damaged',
      message: expect.stringContaining('3000 bytes too many') as string,
    })
    await writeFile(join(folder, 'train.bin'), record([1, 100], [7, 7, 7]))
    await expect(openSource(cifar100, place)).rejects.toMatchObject({
      code: 'file-damaged',
      message: expect.stringContaining('100 in record 0') as string,
    })
  })

  it('is downloaded as its archive, of which only its files are kept', async () => {
    const place = await temporaryPlace()
    const archive = await packedArchive({
      'cifar-100-binary/fine_label_names.txt': Buffer.from('apple'),
      'cifar-100-binary/test.bin': record([1, 0], [7, 7, 7]),
      '../train.bin': record([3, 42], [9, 9, 9]),
    })
    const server = createServer((_, response) => response.end(archive))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const stages = new Set<string>()
    const source = cifarDataset({
      ...{ name: 'tiny-cifar', title: 'Tiny', summary: '', classes: cifar100.classes, labelBytes: 2, folder: 'tiny' },
      files: { train: ['train.bin'], test: ['test.bin'] },
      archive: {
        ...{ name: 'tiny.tar.gz', bytes: archive.length },
        sha256: createHash('sha256').update(archive).digest('hex'),
      },
    })
    const got = await downloadSource(source, {
      ...{ ...place, mirror: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
      onProgress: ({ stage }) => stages.add(stage),
    })
    expect(got).toMatchObject({ problem: null, trainCount: 1, testCount: 1 })
    expect([...stages]).toEqual(['downloading', 'verifying', 'unpacking', 'preparing', 'done'])
    const folder = join(place.home, 'datasets', 'tiny-cifar')
    expect((await readdir(folder)).sort()).toEqual(['test.bin', 'train.bin'])
    // On a computer without internet the same archive is taken, under whatever name.
    const other = await temporaryPlace()
    const fetched = join(await temporaryFolder(), 'fetched elsewhere (1).gz')
    await writeFile(fetched, archive)
    expect(await takeDatasetFiles(source, fetched, other)).toMatchObject({
      problem: null,
      fingerprint: got.fingerprint,
    })
  })
})

async function packedArchive(files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const archive = pack()
  for (const [name, bytes] of Object.entries(files)) archive.entry({ name }, bytes)
  archive.finalize()
  return gzipSync(await buffer(archive))
}
