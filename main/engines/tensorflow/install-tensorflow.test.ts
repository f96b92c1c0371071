/**
 * What an install does with bad sources: it says why, leaves the engine as it was, and can be repeated. The whole way, with npm and a compiler,
 * is taken where STRATA_TEST_TENSORFLOW names a TensorFlow to build against.
 */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtProgram } from '../../processes/built-program.fixture.ts'
import { EngineSurvey } from '../survey/engine-survey.ts'
import { removeInstalled, type InstallRequest } from '../install/staged-install.ts'
import { installTensorflow } from './install-tensorflow.ts'
import { tensorflowFolder } from './tensorflow-library.ts'

let home: string
let server: Server
let mirror: string
/** What the mirror has under any name that ends so. */
const files = new Map<string, Buffer>()

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-install-'))
  server = createServer((request, response) => {
    const found = [...files].find(([ending]) => request.url?.endsWith(ending))
    response.writeHead(found ? 200 : 404)
    response.end(found?.[1])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tensorflow`
})
afterAll(() => {
  server.close()
  fs.rmSync(home, { recursive: true })
})

const probe = builtProgram('engine-probe')

function install(request: InstallRequest, steps: string[] = []) {
  return installTensorflow(request, {
    home,
    look: (place) => new EngineSurvey({ probe, home }).look('tensorflow', place),
    onProgress: ({ step }) => steps.push(step),
    signal: new AbortController().signal,
  })
}

/** An engine that was installed before. */
function earlier(): string {
  const file = path.join(tensorflowFolder(home), 'package.json')
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, '{}')
  return file
}

describe.skipIf(process.platform === 'win32')('an install of TensorFlow', () => {
  it('refuses a folder without TensorFlow and names what is missing', async () => {
    const folder = fs.mkdtempSync(path.join(home, 'empty-'))
    await expect(install({ source: folder })).rejects.toThrow(/has no headers/)
    fs.mkdirSync(path.join(folder, 'include/tensorflow/c'), { recursive: true })
    fs.writeFileSync(path.join(folder, 'include/tensorflow/c/c_api.h'), '')
    await expect(install({ source: folder })).rejects.toThrow(/has no library/)
    await expect(install({ source: '/no/such/folder' })).rejects.toMatchObject({ code: 'file-not-found' })
  })

  it('refuses an archive that is absent, damaged or no archive, and leaves what was installed', async () => {
    const before = earlier()
    const engines = path.dirname(tensorflowFolder(home))
    fs.mkdirSync(path.join(engines, 'unfinished-killed'))
    await expect(install({ mirror })).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('HTTP status 404') as string,
    })
    const archive = Buffer.from('not an archive')
    files.set('.tar.gz', archive)
    files.set('.sha256', Buffer.from(`${'0'.repeat(64)}  libtensorflow.tar.gz`))
    await expect(install({ mirror })).rejects.toThrow(/is damaged: its SHA-256 is/)
    const sha256 = createHash('sha256').update(archive).digest('hex')
    const steps: string[] = []
    await expect(install({ mirror, checksum: sha256 }, steps)).rejects.toThrow(/cannot be unpacked/)
    expect(steps).toContain('library')
    expect(fs.readdirSync(engines).toSorted()).toEqual(['downloads', 'tensorflow'])
    expect(fs.readdirSync(path.join(engines, 'downloads'))).toEqual([])
    expect(fs.existsSync(before)).toBe(true)
  })

  it('is removed as a whole, once', () => {
    earlier()
    expect(removeInstalled(tensorflowFolder(home))).toBe(true)
    expect(fs.existsSync(tensorflowFolder(home))).toBe(false)
    expect(removeInstalled(tensorflowFolder(home))).toBe(false)
  })

  it('tells of an engine that is there in part', async () => {
    const folder = path.join(tensorflowFolder(home), 'node_modules/@tensorflow/tfjs-node')
    fs.mkdirSync(folder, { recursive: true })
    fs.writeFileSync(path.join(folder, 'package.json'), '{"name":"@tensorflow/tfjs-node","version":"4.22.0"}')
    const report = await new EngineSurvey({ probe, home }).look('tensorflow', home)
    expect(report).toMatchObject({ available: false, version: '4.22.0', install: { installed: true } })
    expect(report.reason).toMatch(/cannot be loaded/)
    removeInstalled(tensorflowFolder(home))
  })

  const library = process.env['STRATA_TEST_TENSORFLOW']
  it.skipIf(library === undefined)('builds, loads and is ready', { timeout: 600_000 }, async () => {
    const steps: string[] = []
    const report = await install({ source: library }, steps)
    expect(report).toMatchObject({ available: true, install: { installed: true } })
    expect([...new Set(steps)]).toEqual(['packages', 'build', 'check'])
  })
})
