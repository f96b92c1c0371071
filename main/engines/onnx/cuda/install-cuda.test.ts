/**
 * Installs from a NuGet feed on this machine: whole, broken off, damaged, stopped, of another processor. What the provider itself does is seen only
 * where there is one: STRATA_TEST_CUDA names the folder onnxruntime/capi of Python's onnxruntime-gpu.
 */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { builtProgram } from '../../../processes/built-program.fixture.ts'
import { storedZip } from '../../../datasets/import/zip.fixture.ts'
import { removeInstalled, type InstallPlace, type InstallRequest } from '../../install/staged-install.ts'
import { EngineSurvey } from '../../survey/engine-survey.ts'
import { reportEngine } from '../../survey/report-engine.ts'
import { onnxVersion } from '../onnx-runtime.ts'
import { createCudaEngine } from './cuda-engine.ts'
import { absenceOn, cudaFolder, cudaLibraries, manifestName } from './cuda-library.ts'
import { installCuda } from './install-cuda.ts'

let home: string
let server: Server
let feed: string
/** How the server sends the package, and what it says of it. */
let send: (response: ServerResponse, range: number) => void
let published: { packageHash?: string; packageHashAlgorithm?: string; packageSize?: number }
/** Where the last requests for the package began. */
let begins: number[]

const name = 'microsoft.ml.onnxruntime.gpu.linux'
const version = onnxVersion()

/** A library that says it is for the machine with this number, and is none. */
function library(machine: number): Buffer {
  const bytes = Buffer.alloc(4096, 7)
  bytes.write('\x7fELF\x02\x01\x01', 'latin1')
  bytes.writeUInt16LE(machine, 18)
  return bytes
}

function packageOf(machine: number, names: readonly string[] = cudaLibraries): Buffer {
  const files = names.map((file) => ({ path: `runtimes/linux-x64/native/${file}`, bytes: library(machine) }))
  return storedZip([{ path: 'nuget.nuspec', bytes: Buffer.from('<package/>') }, ...files])
}

/** Serves `content` whole or from where it is asked for. */
function serve(content: Buffer): void {
  published = {
    packageHash: createHash('sha512').update(content).digest('base64'),
    packageHashAlgorithm: 'SHA512',
    packageSize: content.length,
  }
  send = (response, from) => {
    const rest = content.subarray(from)
    const range = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length, ...(from > 0 && range) })
    response.end(rest)
  }
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const json = (value: unknown): void => void response.end(JSON.stringify(value))
    const resource = (type: string, at: string) => ({ '@type': type, '@id': `${feed}/${at}/` })
    switch (request.url) {
      case '/v3/index.json':
        return json({
          version: '3.0.0',
          resources: [resource('PackageBaseAddress/3.0.0', 'files'), resource('RegistrationsBaseUrl/3.6.0', 'entries')],
        })
      case `/files/${name}/index.json`:
        return json({ versions: ['1.0.0', version] })
      case `/entries/${name}/${version}.json`:
        return json({ catalogEntry: `${feed}/catalog` })
      case '/catalog':
        return json(published)
      case `/files/${name}/${version}/${name}.${version}.nupkg`: {
        const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
        begins.push(from)
        return send(response, from)
      }
      default:
        response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  feed = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-cuda-'))
  begins = []
})
afterEach(() => fs.rmSync(home, { recursive: true }))

const probe = builtProgram('engine-probe')
/** As the service does it. */
const lookOutside = (place: string) => new EngineSurvey({ probe, home }).look('onnxruntime-cuda', place)
/** The same without the seconds that a process takes to begin. */
const lookHere = (place: string) => reportEngine(createCudaEngine(place))

interface Attempt {
  readonly stop?: AbortController
  readonly steps?: string[]
  readonly look?: InstallPlace['look']
}

function install(request: InstallRequest = {}, { stop = new AbortController(), steps, look = lookHere }: Attempt = {}) {
  return installCuda(
    { ...(request.source === undefined && { mirror: `${feed}/v3/index.json` }), ...request },
    {
      home,
      look,
      onProgress: ({ step }) => {
        if (steps?.at(-1) !== step) steps?.push(step)
      },
      signal: stop.signal,
    },
  )
}

/** Resolves when so many bytes of a download are on the disk. */
function received(bytes: number): Promise<void> {
  const part = () => left().find((entry) => entry.endsWith('.part')) ?? ''
  return vi.waitFor(() => expect(fs.statSync(path.join(home, 'engines', part())).size).toBe(bytes), 10_000)
}

/** Names in the folder of engines, with those of downloads. */
function left(): string[] {
  const engines = path.join(home, 'engines')
  return fs.existsSync(engines)
    ? fs
        .readdirSync(engines, { recursive: true })
        .map(String)
        .filter((entry) => !entry.startsWith(`cuda${path.sep}`))
        .toSorted()
    : []
}

describe('on a system without the provider', () => {
  it('nothing is fetched', async () => {
    const place = { home, look: () => Promise.reject(new Error()), onProgress: () => undefined }
    const signal = new AbortController().signal
    await expect(installCuda({}, { ...place, signal }, { platform: 'darwin', arch: 'arm64' })).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringMatching(/Linux on x64 only/) as string,
    })
    expect(left()).toEqual([])
  })
})

describe.skipIf(absenceOn(process.platform, process.arch) !== '')('an install of CUDA', () => {
  it('comes from a feed with its checksum, stays though it cannot be used yet, and says why; it can be repeated and removed', async () => {
    serve(packageOf(62))
    const steps: string[] = []
    const report = await install({}, { steps, look: lookOutside })
    expect(steps).toEqual(['library', 'unpack', 'check'])
    expect(report).toMatchObject({ available: false, version, install: { installed: true } })
    // These libraries are none; real ones would miss CUDA's here.
    expect(report.reason).toMatch(/libonnxruntime_providers_shared.so cannot be loaded/)
    expect(left()).toEqual(['cuda', 'downloads'])
    const manifest = JSON.parse(fs.readFileSync(path.join(cudaFolder(home), manifestName), 'utf8')) as {
      files: Record<string, number>
    }
    const names = Object.keys(manifest.files).map((file) => path.basename(file))
    expect(names).toEqual(expect.arrayContaining([...cudaLibraries, 'libonnxruntime.so.1', 'onnxruntime_binding.node']))

    fs.rmSync(path.join(cudaFolder(home), manifestName))
    await install()
    expect(fs.existsSync(path.join(cudaFolder(home), manifestName))).toBe(true)
    expect(removeInstalled(cudaFolder(home))).toBe(true)
    expect(left()).toEqual(['downloads'])
  })

  it('goes on where a download broke off', async () => {
    const content = packageOf(62)
    serve(content)
    const whole = send
    let broken: ServerResponse | undefined
    send = (response) => {
      broken = response
      response.writeHead(200, { 'content-length': content.length })
      response.write(content.subarray(0, 1000))
    }
    const failing = install()
    await received(1000)
    broken?.destroy()
    await expect(failing).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/what came is kept, and the next try goes on from there/) as string,
    })
    expect(left().filter((entry) => entry.endsWith('.part'))).toHaveLength(1)
    send = whole
    await install()
    expect(begins).toEqual([0, 1000])
    expect(left()).toEqual(['cuda', 'downloads'])
  })

  it('that is stopped changes nothing, and goes on the next time', async () => {
    const content = packageOf(62)
    serve(content)
    const whole = send
    const stop = new AbortController()
    send = (response) => {
      response.writeHead(200, { 'content-length': content.length })
      response.write(content.subarray(0, 2000))
    }
    const stopped = install({}, { stop })
    await received(2000)
    stop.abort()
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
    expect(fs.existsSync(cudaFolder(home))).toBe(false)
    send = whole
    await install()
    expect(begins).toEqual([0, 2000])
  })

  it('throws a damaged download away, also where its beginning was of an earlier try', async () => {
    serve(packageOf(62))
    published = { ...published, packageHash: Buffer.alloc(64).toString('base64') }
    await expect(install()).rejects.toThrow(/is damaged: its SHA-512 is [0-9a-f]{128}, expected 0{128}/)
    expect(left()).toEqual(['downloads'])

    const content = packageOf(62)
    serve(content)
    const part = path.join(home, 'engines', 'downloads', `Microsoft.ML.OnnxRuntime.Gpu.Linux.${version}.nupkg.part`)
    fs.writeFileSync(part, Buffer.alloc(500, 1))
    begins = []
    await install()
    expect(begins).toEqual([500, 0])
  })

  it('refuses what has no checksum, unless one is named', async () => {
    const content = packageOf(62)
    serve(content)
    published = {}
    await expect(install()).rejects.toThrow(/publishes no checksum .* name its SHA-512 with --checksum/)
    const checksum = createHash('sha512').update(content).digest('hex')
    expect((await install({ checksum })).install).toEqual({ installed: true })
  })

  it('refuses packages without the libraries or for another processor, and leaves what was installed', async () => {
    serve(packageOf(62))
    await install()
    const before = fs.readFileSync(path.join(cudaFolder(home), manifestName), 'utf8')
    serve(packageOf(62, cudaLibraries.slice(0, 1)))
    await expect(install()).rejects.toThrow(/has no runtimes\/linux-x64\/native\/libonnxruntime_providers_cuda.so/)
    serve(packageOf(183))
    await expect(install()).rejects.toThrow(/is made for arm64, and this processor is x64/)
    serve(Buffer.from('no package at all'))
    await expect(install()).rejects.toMatchObject({ code: 'file-damaged' })
    expect(fs.readFileSync(path.join(cudaFolder(home), manifestName), 'utf8')).toBe(before)
    expect(left().filter((entry) => entry.startsWith('unfinished'))).toEqual([])
  })

  it('says what is wrong with a feed and with files that are here', async () => {
    await expect(install({ mirror: `${feed}/nothing` })).rejects.toThrow(/nothing could not be used: HTTP status 404/)
    await expect(install({ mirror: `${feed}/catalog` })).rejects.toThrow(/not the index of a NuGet feed/)
    await expect(install({ source: '/no/such/folder' })).rejects.toMatchObject({ code: 'file-not-found' })
    const folder = fs.mkdtempSync(path.join(home, 'capi-'))
    await expect(install({ source: folder })).rejects.toThrow(/has no libonnxruntime_providers_shared.so; expected/)
    fs.writeFileSync(path.join(folder, 'libonnxruntime.so.1.2.3'), '')
    await expect(install({ source: folder })).rejects.toThrow(/is of onnxruntime 1.2.3; expected /)
  })

  const capi = process.env['STRATA_TEST_CUDA']
  it.skipIf(capi === undefined)('from real libraries says what of CUDA is missing, or is ready', async () => {
    const report = await install({ source: capi }, { look: lookOutside })
    expect(report.install).toEqual({ installed: true })
    if (!report.available) expect(report.reason).toMatch(/^lib\w+\.so\.\d+ is missing: install|no CUDA-capable device/)
  })
})
