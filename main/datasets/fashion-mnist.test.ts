import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { downloadDataset } from './download-dataset.ts'
import { isFashionMnistPackaged, publishedFile } from './fashion-mnist.fixture.ts'
import { openDataset } from './open-dataset.ts'
import { temporaryPlace } from './temporary-folder.fixture.ts'

const fingerprint = '762a6628d342ae2f5d98f8f1eb76b0f71c247924b56aafa9b25db4c52a009237'

describe.runIf(isFashionMnistPackaged)('fashion-mnist', () => {
  it("opens from Debian's package with the known statistics", async () => {
    const dataset = await openDataset('fashion-mnist', {
      ...(await temporaryPlace()),
      systemFolder: '/usr/share/datasets',
    })
    expect(dataset.fingerprint).toBe(fingerprint)
    expect(dataset.train).toMatchObject({ count: 60_000, classCounts: new Array(10).fill(6000) })
    expect(dataset.test).toMatchObject({ count: 10_000, classCounts: new Array(10).fill(1000) })
    expect(dataset.statistics.mean[0]).toBeCloseTo(0.286, 4)
    expect(dataset.statistics.std[0]).toBeCloseTo(0.353, 4)
    // The first training image is an ankle boot.
    expect(dataset.classes[dataset.train.labels[0] as number]).toBe('Ankle boot')
  })

  it('downloads the published files: their SHA-256 are right and their content is the same', async () => {
    const server = createServer((request, response) => {
      void publishedFile(basename(request.url ?? '')).then((bytes) => response.end(bytes))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const env = { STRATA_DATASET_MIRROR: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
    const record = await downloadDataset('fashion-mnist', { ...(await temporaryPlace()), env })
    expect(record).toMatchObject({ fingerprint, problem: null, trainCount: 60_000 })
  })
})
