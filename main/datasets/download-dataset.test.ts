import { createHash } from 'node:crypto'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { datasetProgress, type DatasetProgress } from '../../experiments/data/dataset-record.ts'
import type { DatasetSource } from './dataset-source.ts'
import { downloadDataset, downloadSource, takeDatasetFiles } from './download-dataset.ts'
import { DownloadRunner } from './download-runner.ts'
import { packed, tinyFiles, tinySource, writeFiles } from './idx.fixture.ts'
import { describeDataset } from './list-datasets.ts'
import { openSource } from './open-dataset.ts'
import { downloadFolder } from './received-files.ts'
import { temporaryFolder, temporaryPlace } from './temporary-folder.fixture.ts'

const files = packed(tinyFiles())
const target = 'train-images-idx3-ubyte.gz'

type Answer = (response: ServerResponse, bytes: Buffer, request: IncomingMessage) => void
const whole: Answer = (response, bytes) => response.end(bytes)

/** A mirror on this machine: answers for each file as told, else with the whole file. Knows what it was asked for. */
async function mirror(answers: Readonly<Record<string, Answer>> = {}): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const name = (request.url ?? '').split('/').at(-1) ?? ''
    asked.push(request.url ?? '')
    const bytes = files[name]
    if (!bytes) response.writeHead(404).end()
    else (answers[name] ?? whole)(response, bytes, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

function sourceAt(...bases: string[]): DatasetSource {
  const described = Object.entries(files).map(([name, bytes]) => ({
    name,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }))
  return tinySource({ mirrors: bases.map((base) => `${base}/`), files: described })
}

/** Everything under the datasets folder, temporary folders included. */
async function left(home: string): Promise<string[]> {
  return (await readdir(join(home, 'datasets'), { recursive: true }).catch(() => [])).toSorted()
}

/** What of `target` is kept for another try. */
async function kept(home: string): Promise<number> {
  return (await stat(join(downloadFolder(home, 'tiny'), target))).size
}

describe('downloadSource', () => {
  it('fetches, verifies, prepares and reports', async () => {
    const place = await temporaryPlace()
    const seen: DatasetProgress[] = []
    const server = await mirror()
    const source = sourceAt(server.url)
    const record = await downloadSource(source, { ...place, onProgress: (progress) => seen.push(progress) })
    expect(record).toMatchObject({ location: join(place.home, 'datasets', 'tiny'), problem: null, trainCount: 30 })
    expect(record.fingerprint).toBe((await openSource(source, place)).fingerprint)
    expect(await left(place.home)).toEqual([
      'tiny',
      ...Object.keys(files)
        .toSorted()
        .map((name) => join('tiny', name)),
    ])
    for (const progress of seen) expect(datasetProgress.parse(progress)).toEqual(progress)
    const stages = seen.map((progress) => progress.stage)
    expect([...new Set(stages)]).toEqual(['downloading', 'verifying', 'preparing', 'done'])
    const downloaded = seen.filter((progress) => progress.stage === 'downloading').at(-1)
    expect(downloaded?.done).toBe(downloaded?.total)
  })

  it('does not touch the network for a dataset that is here and whole', async () => {
    const place = await temporaryPlace()
    const server = await mirror()
    await writeFiles(join(place.systemFolder, 'tiny'), files)
    expect((await downloadSource(sourceAt(server.url), place)).location).toBe(join(place.systemFolder, 'tiny'))
    expect(server.asked).toEqual([])
  })

  it('replaces a damaged file', async () => {
    const place = await temporaryPlace()
    const server = await mirror()
    await writeFiles(join(place.home, 'datasets', 'tiny'), { ...files, [target]: Buffer.from('damaged') })
    expect(await downloadSource(sourceAt(server.url), place)).toMatchObject({ problem: null, trainCount: 30 })
  })

  it('follows a redirect and takes the mirror of the environment', async () => {
    const place = await temporaryPlace()
    const server = await mirror()
    const redirecting = await mirror({
      [target]: (response) => response.writeHead(302, { location: `${server.url}/moved/${target}` }).end(),
    })
    const env = { STRATA_DATASET_MIRROR: `${redirecting.url}/base/` }
    await downloadSource(sourceAt('http://127.0.0.1:9'), { ...place, env })
    expect(redirecting.asked).toContain(`/base/tiny/${target}`)
    expect(server.asked).toEqual([`/moved/${target}`])
  })

  const size = files[target]?.length ?? 0
  const broken: [string, Answer, RegExp, kept: number][] = [
    ['answers 404', (response) => response.writeHead(404).end('no'), /HTTP status 404/, 0],
    ['answers 500', (response) => response.writeHead(500).end(), /HTTP status 500/, 0],
    [
      'sends too little',
      (response, bytes) => response.end(bytes.subarray(0, -1)),
      /ended after \d+ of \d+ bytes/,
      size - 1,
    ],
    [
      'sends too much',
      (response, bytes) => response.end(Buffer.concat([bytes, bytes])),
      /more than the expected \d+ bytes/,
      0,
    ],
    [
      'sends other bytes',
      (response, bytes) => response.end(Buffer.from(bytes).fill(7, 50, 60)),
      /its SHA-256 is [0-9a-f]{64}, expected/,
      0,
    ],
    [
      'breaks off',
      (response, bytes) => {
        response.writeHead(200, { 'content-length': bytes.length })
        response.write(bytes.subarray(0, 100), () => response.destroy())
      },
      /terminated|closed|after 100 bytes/,
      100,
    ],
    ['hangs up at once', (response) => response.destroy(), /socket|closed/i, 0],
    ['stalls', (response, bytes) => void response.write(bytes.subarray(0, 100)), /nothing came for 0.3 s/, 100],
    ['never answers', () => undefined, /nothing came for 0.3 s/, 0],
    [
      'redirects in a circle',
      (response, _, request) => response.writeHead(302, { location: request.url }).end(),
      /redirect/,
      0,
    ],
  ]

  it.each(broken)('keeps only what is right when the server %s', async (_, answer, reason, keptBytes) => {
    const place = await temporaryPlace()
    const seen: DatasetProgress[] = []
    const server = await mirror({ [target]: answer })
    const options = { ...place, idleTimeoutMs: 300, onProgress: (progress: DatasetProgress) => seen.push(progress) }
    const error = await downloadSource(sourceAt(server.url), options).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'download-failed', details: { name: 'tiny', file: target } })
    expect((error as Error).message).toMatch(reason)
    expect((error as Error).message).toContain('STRATA_DATASET_MIRROR')
    expect(seen.at(-1)).toMatchObject({ stage: 'failed', error: { code: 'download-failed' } })
    expect(await left(place.home)).toEqual([])
    expect(await kept(place.home)).toBe(keptBytes)
  })

  const rest: Answer = (response, bytes, request) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    if (from > 0) response.writeHead(206, { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` })
    response.end(bytes.subarray(from))
  }
  const resumed: [string, Answer, requests: number][] = [
    ['sends the rest', rest, 1],
    ['sends the whole again', whole, 1],
    ['sends another part', (response, bytes) => response.writeHead(206).end(bytes), 1],
    [
      'refuses the part',
      (response, bytes, request) => {
        if (request.headers.range) response.writeHead(416).end()
        else response.end(bytes)
      },
      2,
    ],
  ]

  it.each(resumed)('goes on from what was kept with a server that %s', async (_, answer, requests) => {
    const place = await temporaryPlace()
    const cancel = new AbortController()
    const first = await mirror({ [target]: (response, bytes) => void response.write(bytes.subarray(0, 200)) })
    const begun = downloadSource(sourceAt(first.url), { ...place, signal: cancel.signal })
    await expect.poll(() => kept(place.home).catch(() => 0)).toBe(200)
    cancel.abort()
    await expect(begun).rejects.toMatchObject({ code: 'cancelled' })
    expect(await kept(place.home)).toBe(200)
    expect((await describeDataset(sourceAt(first.url), place)).download?.received).toBe(200)
    const ranges: (string | undefined)[] = []
    const second = await mirror({
      [target]: (response, bytes, request) => {
        ranges.push(request.headers.range)
        answer(response, bytes, request)
      },
    })
    const seen: DatasetProgress[] = []
    const record = await downloadSource(sourceAt(second.url), {
      ...place,
      onProgress: (progress) => seen.push(progress),
    })
    expect(record).toMatchObject({ problem: null, download: { received: 0 } })
    expect(ranges).toEqual(['bytes=200-', undefined].slice(0, requests))
    expect(seen[0]?.done).toBe(200)
  })

  it('begins again when what was kept turns out to be wrong', async () => {
    const place = await temporaryPlace()
    await writeFiles(downloadFolder(place.home, 'tiny'), { [target]: Buffer.alloc(150, 9) })
    const server = await mirror({ [target]: rest })
    expect(await downloadSource(sourceAt(server.url), place)).toMatchObject({ problem: null })
    expect(server.asked.filter((url) => url.endsWith(target))).toHaveLength(2)
  })

  it('does not fetch a file again that was kept whole', async () => {
    const place = await temporaryPlace()
    await writeFiles(downloadFolder(place.home, 'tiny'), { [target]: files[target] as Buffer })
    const server = await mirror()
    expect(await downloadSource(sourceAt(server.url), place)).toMatchObject({ problem: null })
    expect(server.asked.some((url) => url.endsWith(target))).toBe(false)
  })

  it.each(broken)('goes on with the next mirror when one %s', async (_, answer) => {
    const place = await temporaryPlace()
    const [first, second] = [await mirror({ [target]: answer }), await mirror()]
    const record = await downloadSource(sourceAt(first.url, second.url), { ...place, idleTimeoutMs: 300 })
    expect(record.problem).toBeNull()
    expect(second.asked).toEqual([`/${target}`])
  })

  it('does not give up a server that is slow but alive', async () => {
    const place = await temporaryPlace()
    const server = await mirror({
      [target]: (response, bytes) => {
        let sent = 0
        const step = Math.ceil(bytes.length / 8)
        const timer = setInterval(() => {
          response.write(bytes.subarray(sent, (sent += step)))
          if (sent < bytes.length) return
          clearInterval(timer)
          response.end()
        }, 100)
      },
    })
    const record = await downloadSource(sourceAt(server.url), { ...place, idleTimeoutMs: 500 })
    expect(record.problem).toBeNull()
  })

  it('says that nobody listens', async () => {
    const place = await temporaryPlace()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const error = await downloadSource(sourceAt(`http://127.0.0.1:${port}`), place).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'download-failed' })
    expect((error as Error).message).toContain('ECONNREFUSED')
  })

  it('names the folder it cannot write', async () => {
    const place = await temporaryPlace()
    const server = await mirror()
    await mkdir(place.home, { recursive: true })
    await writeFile(join(place.home, 'datasets'), 'a file where a folder belongs')
    await expect(downloadSource(sourceAt(server.url), place)).rejects.toMatchObject({ code: 'file-write-failed' })
  })
})

describe('takeDatasetFiles', () => {
  it('takes the files from their folder, or from one of them, and leaves them where they are', async () => {
    for (const chosen of ['', target]) {
      const place = await temporaryPlace()
      const folder = await temporaryFolder()
      await writeFiles(folder, files)
      const record = await takeDatasetFiles(sourceAt('http://127.0.0.1:9'), join(folder, chosen), place)
      expect(record).toMatchObject({ location: join(place.home, 'datasets', 'tiny'), problem: null })
      expect((await readdir(folder)).length).toBe(4)
    }
  })

  it('says which file is missing, or is another one', async () => {
    const place = await temporaryPlace()
    const folder = await temporaryFolder()
    const source = sourceAt('http://127.0.0.1:9')
    const take = () => takeDatasetFiles(source, folder, place)
    await expect(take()).rejects.toMatchObject({ code: 'file-not-found' })
    await writeFiles(folder, { ...files, [target]: Buffer.from('another') })
    await expect(take()).rejects.toMatchObject({ code: 'file-damaged', details: { received: '7' } })
    await writeFiles(folder, { ...files, [target]: Buffer.from(files[target] as Buffer).fill(7, 50, 60) })
    await expect(take()).rejects.toMatchObject({
      code: 'file-damaged',
      message: expect.stringContaining('SHA-256') as string,
    })
    expect(await left(place.home)).toEqual([])
  })
})

describe('DownloadRunner', () => {
  it('is joined by whoever asks again, and cancelled by name', async () => {
    const place = await temporaryPlace()
    let tellAsked = (): void => undefined
    const asked = new Promise<void>((resolve) => (tellAsked = resolve))
    const server = await mirror({
      // Real MNIST cannot come from here: its hash is another.
      [target]: () => tellAsked(),
    })
    const stages: string[] = []
    const runner = new DownloadRunner(place.home, ({ stage }) => stages.push(`${stage} ${runner.active}`))
    const first = runner.download('mnist', server.url)
    expect(runner.download('mnist')).toBe(first)
    await asked
    expect(() => runner.take('mnist', '/')).toThrow('cancel that first')
    await expect(runner.discard('mnist')).rejects.toMatchObject({ code: 'run-state' })
    runner.cancel('mnist')
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    expect(stages.at(-1)).toBe('failed 0')
    await runner.discard('mnist')
    expect(await readdir(join(place.home, 'cache', 'downloads'))).toEqual([])
    expect(() => runner.download('imagenet')).toThrow('no dataset is named')
  })
})

describe('downloadDataset', () => {
  it('prepares a built-in dataset and refuses an unknown one', async () => {
    const place = await temporaryPlace()
    expect(await downloadDataset('shapes', place)).toMatchObject({ location: 'built in', problem: null })
    await expect(downloadDataset('imagenet', place)).rejects.toMatchObject({ code: 'unknown-dataset' })
  })
})
