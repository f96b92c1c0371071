import { createHash } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { datasetProgress, type DatasetProgress } from '../../experiments/data/dataset-record.ts'
import type { DatasetSource } from './dataset-source.ts'
import { downloadDataset, downloadSource } from './download-dataset.ts'
import { packed, tinyFiles, tinySource, writeFiles } from './idx.fixture.ts'
import { openSource } from './open-dataset.ts'
import { temporaryPlace } from './temporary-folder.fixture.ts'

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

  const broken: [string, Answer, RegExp][] = [
    ['answers 404', (response) => response.writeHead(404).end('no'), /HTTP status 404/],
    ['answers 500', (response) => response.writeHead(500).end(), /HTTP status 500/],
    ['sends too little', (response, bytes) => response.end(bytes.subarray(1)), /ended after \d+ of \d+ bytes/],
    [
      'sends too much',
      (response, bytes) => response.end(Buffer.concat([bytes, bytes])),
      /more than the expected \d+ bytes/,
    ],
    [
      'sends other bytes',
      (response, bytes) => response.end(Buffer.from(bytes).fill(7, 50, 60)),
      /SHA-256 is [0-9a-f]{64}, expected/,
    ],
    [
      'breaks off',
      (response, bytes) => {
        response.writeHead(200, { 'content-length': bytes.length })
        response.write(bytes.subarray(0, 100), () => response.destroy())
      },
      /terminated|closed|after 100 bytes/,
    ],
    ['hangs up at once', (response) => response.destroy(), /socket|closed/i],
    ['stalls', (response, bytes) => void response.write(bytes.subarray(0, 100)), /nothing came for 0.3 s/],
    ['never answers', () => undefined, /nothing came for 0.3 s/],
    [
      'redirects in a circle',
      (response, _, request) => response.writeHead(302, { location: request.url }).end(),
      /redirect/,
    ],
  ]

  it.each(broken)('leaves nothing behind when the server %s', async (_, answer, reason) => {
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

  it('is cancelled in the middle and leaves nothing behind', async () => {
    const place = await temporaryPlace()
    const cancel = new AbortController()
    const server = await mirror({
      [target]: (response, bytes) => {
        response.write(bytes.subarray(0, 100))
        setTimeout(() => cancel.abort(), 50)
      },
    })
    const download = downloadSource(sourceAt(server.url), { ...place, signal: cancel.signal })
    await expect(download).rejects.toMatchObject({ code: 'cancelled' })
    expect(await left(place.home)).toEqual([])
  })

  it('names the folder it cannot write', async () => {
    const place = await temporaryPlace()
    const server = await mirror()
    await mkdir(place.home, { recursive: true })
    await writeFile(join(place.home, 'datasets'), 'a file where a folder belongs')
    await expect(downloadSource(sourceAt(server.url), place)).rejects.toMatchObject({ code: 'file-write-failed' })
  })
})

describe('downloadDataset', () => {
  it('prepares a built-in dataset and refuses an unknown one', async () => {
    const place = await temporaryPlace()
    expect(await downloadDataset('shapes', place)).toMatchObject({ location: 'built in', problem: null })
    await expect(downloadDataset('imagenet', place)).rejects.toMatchObject({ code: 'unknown-dataset' })
  })
})
