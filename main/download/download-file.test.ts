/** What a file of unknown size or checksum adds; breaking off, lies and mirrors are tested with datasets (download-dataset.test.ts). */
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../datasets/temporary-folder.fixture.ts'
import { downloadFile, type FileRequest } from './download-file.ts'

const content = Buffer.from('the whole file'.repeat(100))

async function serverOf(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`
}

async function requestOf(url: string, changes: Partial<FileRequest> = {}): Promise<FileRequest> {
  return { urls: [url], target: join(await temporaryFolder(), 'file'), idleTimeoutMs: 5000, ...changes }
}

const digestOf = (algorithm: 'sha256' | 'sha512') => createHash(algorithm).update(content).digest('hex')

describe('downloadFile', () => {
  it('takes a file of which nothing is known, tells its size as the server does, and its SHA-256', async () => {
    const seen: (readonly [number, number | null])[] = []
    const url = await serverOf((_, response) =>
      response.writeHead(200, { 'content-length': content.length }).end(content),
    )
    const request = await requestOf(url, { onBytes: (done, total) => seen.push([done, total]) })
    expect(await downloadFile(request)).toEqual({ checksum: { algorithm: 'sha256', digest: digestOf('sha256') } })
    expect(await readFile(request.target)).toEqual(content)
    expect(seen[0]).toEqual([0, null])
    expect(seen.at(-1)).toEqual([content.length, content.length])
  })

  it('checks SHA-512', async () => {
    const url = await serverOf((_, response) => response.end(content))
    const digest = digestOf('sha512')
    const right = await requestOf(url, { checksum: { algorithm: 'sha512', digest } })
    expect((await downloadFile(right)).checksum?.digest).toBe(digest)
    const wrong = await requestOf(url, { checksum: { algorithm: 'sha512', digest: '0'.repeat(128) } })
    expect((await downloadFile(wrong)).failed).toMatchObject([
      { isDamaged: true, reason: expect.stringMatching(/^its SHA-512 is/) as string },
    ])
    expect(await readFile(wrong.target)).toHaveLength(0)
  })

  it.each([
    ['says so', { 'content-range': `bytes */${content.length}` }, 1],
    ['has another size', { 'content-range': 'bytes */7' }, 2],
    ['does not say what size it has', {}, 2],
  ])('takes what was kept for the whole when the server %s', async (_, headers, requests) => {
    const asked: (string | undefined)[] = []
    const url = await serverOf((request, response) => {
      asked.push(request.headers.range)
      if (request.headers.range) response.writeHead(416, headers).end()
      else response.end(content)
    })
    const request = await requestOf(url)
    await writeFile(request.target, content)
    expect((await downloadFile(request)).checksum?.digest).toBe(digestOf('sha256'))
    expect(asked).toEqual([`bytes=${content.length}-`, undefined].slice(0, requests))
  })
})
