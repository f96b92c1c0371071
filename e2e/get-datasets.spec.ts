/** Datasets of others: fetched from a mirror, stopped, gone on with, taken from a file, and mended where they are damaged. */
import { cp, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { isFashionMnistPackaged, packagedFashionMnist, publishedFile } from '../main/datasets/fashion-mnist.fixture.ts'
import { call } from './fixtures/bridge.ts'
import { dropOnWindow } from './fixtures/drop.ts'
import { expect, test } from './fixtures/studio.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const mirrored = test.extend<{ mirror: { readonly url: string; answer: Answer } }>({
  mirror: async ({}, use) => {
    const mirror = { url: '', answer: (() => undefined) as Answer }
    const server = createServer((request, response) => mirror.answer(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    mirror.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await use(mirror)
    server.closeAllConnections()
    server.close()
  },
})

mirrored(
  'a download is stopped, goes on where it was, and says what to do without internet',
  async ({ page, home, mirror }) => {
    await page.evaluate(() => (location.hash = '#/settings'))
    const address = page.getByLabel('Mirror for datasets')
    await address.fill('mirror.example')
    await address.press('Enter')
    await expect(page.getByText('Enter an address that begins with http:// or https://')).toBeVisible()
    await address.fill(mirror.url)
    await address.press('Enter')
    expect((await call(page, 'desktop.preferences', {})).datasetMirror).toBe(mirror.url)

    await page.evaluate(() => (location.hash = '#/data/cifar-10'))
    const begun = 12_600_000
    mirror.answer = (_, response) => void response.write(Buffer.alloc(begun))
    await page.getByRole('button', { name: 'Download (162.2 MiB)' }).click()
    await expect(page.getByText(/MiB of 162.2 MiB$/)).toBeVisible()
    const partial = join(home, 'cache', 'downloads', 'cifar-10', 'cifar-10-binary.tar.gz')
    await expect.poll(async () => (await stat(partial)).size).toBe(begun)
    await page.getByRole('button', { name: 'Cancel' }).click()
    const goOn = page.getByRole('button', { name: 'Go on (12.0 MiB of 162.2 MiB)' })
    await expect(goOn).toBeVisible()

    const ranges: (string | undefined)[] = []
    mirror.answer = (request, response) => {
      ranges.push(request.headers.range)
      response.writeHead(503).end()
    }
    await goOn.click()
    await expect(page.getByText('Download failed')).toBeVisible()
    await expect(page.getByText(/HTTP status 503/)).toBeVisible()
    await expect(page.getByText(/Fetch cifar-10-binary.tar.gz from https.* on another computer/)).toBeVisible()
    expect(ranges).toEqual([`bytes=${begun}-`])
    await page.getByRole('button', { name: 'Discard' }).click()
    await expect(page.getByRole('button', { name: 'Download (162.2 MiB)' })).toBeVisible()

    // The published file, dropped, is not taken for an archive of images.
    const other = join(home, 'cifar-100-binary.tar.gz')
    await writeFile(other, 'not it')
    await dropOnWindow(page, other)
    await expect(page.getByRole('heading', { name: 'CIFAR-100' })).toBeVisible()
    await expect(page.getByText(/expected 168513733 bytes, got 6/)).toBeVisible()
  },
)

mirrored('a damaged dataset is fetched again', async ({ openStudio, home, mirror }) => {
  test.skip(!isFashionMnistPackaged, 'the files of Fashion-MNIST are a package of Debian')
  const own = join(home, 'datasets', 'fashion-mnist')
  await mkdir(own, { recursive: true })
  for (const name of await readdir(packagedFashionMnist))
    await cp(join(packagedFashionMnist, name), join(own, name), { dereference: true })
  await truncate(join(own, 't10k-images-idx3-ubyte.gz'), 100_000)
  mirror.answer = (request, response) => {
    void publishedFile(basename(request.url ?? '')).then((bytes) => response.end(bytes))
  }
  const { page } = await openStudio([], { STRATA_DATASET_MIRROR: mirror.url })
  await page.evaluate(() => (location.hash = '#/data/fashion-mnist'))
  await expect(page.getByText('file-damaged')).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: /^Download \(/ }).click()
  await expect(page.getByRole('img', { name: 'Sandal 1', exact: true })).toBeVisible({ timeout: 60_000 })
  expect((await readFile(join(own, 't10k-images-idx3-ubyte.gz'))).length).toBe(4_422_102)
})
