import fs from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultQueueSettings, noHook, type EndHook } from '../../experiments/queue/queue-settings.ts'
import { openStore } from '../store/open-store.ts'
import { exampleRun } from '../store/run.fixture.ts'
import { runEndHook } from './end-hooks.ts'
import { EndTeller } from './end-teller.ts'
import { StoredSettings } from './stored-settings.ts'

let server: Server
const received: unknown[] = []
beforeAll(async () => {
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (part: Buffer) => (text += part.toString()))
    request.on('end', () => {
      received.push(JSON.parse(text))
      response.statusCode = request.url === '/refused' ? 503 : 204
      response.end()
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
})
afterAll(() => server.close())

const address = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
const news = { event: 'run-ended', run: 7, name: 'A "name"; echo', status: 'finished', accuracy: 0.5 } as const
const node = (code: string): string => `"${process.execPath}" -e "${code}"`

describe('what is done at the end of a run', () => {
  it('tells an address and a command', async () => {
    const command = node(
      "process.exit(process.env.STRATA_RUN === '7' && process.env.STRATA_STATUS === 'finished' ? 0 : 9)",
    )
    expect(await runEndHook({ command, webhook: address('/') }, news)).toBeNull()
    expect(received).toEqual([news])
  })

  it('says what went wrong, of both', async () => {
    const command = node("console.error('no mail'); process.exit(4)")
    const problem = await runEndHook({ command, webhook: address('/refused') }, news)
    expect(problem).toContain('exit code 4 no mail')
    expect(problem).toContain('answered 503')
    expect(await runEndHook({ command: null, webhook: 'http://127.0.0.1:9/' }, news)).toMatch(/127.0.0.1:9|bad port/)
  })
})

it('of a run goes well without hiding what went wrong at the end of the queue', async () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-end-'))
  const store = openStore(home)
  const run = store.runs.add(exampleRun())
  store.runs.change(run, { status: 'stopped', endedAt: 1 }, 'run.stopped')
  const settings = new StoredSettings(store)
  const failing = { command: node('process.exit(3)'), webhook: null }
  const working = { command: null, webhook: address('/') }
  const ended = async (atRunEnd: EndHook, atQueueEnd: EndHook): Promise<void> => {
    settings.write({ ...defaultQueueSettings, atRunEnd, atQueueEnd })
    const before = told
    teller.left(run)
    const hooks = [atRunEnd, atQueueEnd].filter((hook) => hook !== noHook).length
    await expect.poll(() => told - before).toBe(hooks)
  }
  let told = 0
  const teller = new EndTeller({
    ...{ store, settings, activeRuns: () => 0, changed: () => void told++ },
    whenFree: (action) => action(),
  })
  await ended(noHook, failing)
  expect(teller.problem).toContain('exit code 3')
  await ended(working, failing)
  expect(teller.problem).toContain('exit code 3')
  await ended(failing, working)
  expect(teller.problem).toContain('exit code 3')
  await ended(working, working)
  expect(teller.problem).toBeNull()
  store.close()
  fs.rmSync(home, { recursive: true })
})
