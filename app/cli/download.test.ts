/** `strata data download` against a server of this machine: stopped by Ctrl+C, gone on with, refused, and told what to do without internet. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DatasetRecord } from '../../experiments/data/dataset-record.ts'
import { environmentOf, program, strataAt, type Strata } from './strata.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'strata-download-'))
const home = join(folder, 'home')
const begun = 200_000
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined
const server = createServer((request, response) => answer(request, response))
let mirror = ''
let env: NodeJS.ProcessEnv
let strata: Strata

beforeAll(async () => {
  mkdirSync(home)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror/`
  env = environmentOf(home, { STRATA_DATASET_MIRROR: mirror })
  strata = strataAt(home, { STRATA_DATASET_MIRROR: mirror })
})
afterAll(async () => {
  await strata('service', 'stop', '--force')
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function received(): Promise<number | undefined> {
  const list = JSON.parse((await strata('data', 'list', '--json')).stdout) as DatasetRecord[]
  return list.find(({ name }) => name === 'cifar-10')?.download?.received
}

test('Ctrl+C stops a download, and the next one asks for the rest only', async () => {
  answer = (_, response) => void response.write(Buffer.alloc(begun))
  const child = spawn(process.execPath, [program, 'data', 'download', 'cifar-10'], { env })
  const errors: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text))
  const ended = once(child, 'close')
  const partial = join(home, 'cache', 'downloads', 'cifar-10', 'cifar-10-binary.tar.gz')
  await expect.poll(() => statSync(partial, { throwIfNoEntry: false })?.size, { timeout: 25_000 }).toBe(begun)
  child.kill('SIGINT')
  const [code] = (await ended) as [number]
  expect(code).not.toBe(0)
  expect(errors.join('')).toContain('cancelled')
  expect(await received()).toBe(begun)

  const asked: (string | undefined)[] = []
  answer = (request, response) => {
    asked.push(request.url, request.headers.range)
    response.writeHead(404).end()
  }
  const next = await strata('data', 'download', 'cifar-10')
  expect(asked).toEqual(['/mirror/cifar-10/cifar-10-binary.tar.gz', `bytes=${begun}-`])
  expect(next.code).not.toBe(0)
  expect(next.stderr).toContain('HTTP status 404')
  expect(next.stderr).toContain(
    'fetch cifar-10-binary.tar.gz from https://www.cs.toronto.edu/~kriz/ on another computer',
  )
  expect(next.stderr).toContain('strata data download cifar-10 --from PATH')
  expect(next.stderr).toContain('--mirror')
  expect(await received()).toBe(begun)
})

test('a file from elsewhere is compared with the published one', async () => {
  const file = join(folder, 'cifar-10-binary.tar.gz')
  writeFileSync(file, 'not it')
  const { code, stderr } = await strata('data', 'download', 'cifar-10', '--from', file)
  expect(code).not.toBe(0)
  expect(stderr).toContain('expected 170052171 bytes, got 6')
  expect((await strata('data', 'download', 'cifar-10', '--from', join(folder, 'nowhere'))).stderr).toContain(
    'does not exist',
  )
  expect((await strata('data', 'download', 'cifar-10', '--mirror', 'nowhere')).stderr).toContain('http://')
})
