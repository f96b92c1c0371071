/**
 * Installs the TensorFlow engine into the home folder: the package for Node from npm, and its binding compiled against a TensorFlow that is here
 * already or is fetched. Everything is made in a folder beside the final one, loaded once in a process of its own, and then moved: an install
 * that fails or is killed leaves the engine as it was, and the next one clears what is left.
 */
import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import type { EngineInstallProgress } from '../../../experiments/engines/engine-report.ts'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { EngineReport } from '../../../experiments/engines/engine-report.ts'
import { libraryIn, pythonTensorflow, type TensorflowLibrary } from './find-library.ts'
import { tensorflowFolder } from './tensorflow-library.ts'

const packageName = '@tensorflow/tfjs-node'
const packageVersion = '4.22.0'
/** Only this version has archives of the C library for all systems at one place. */
const libraryVersion = '2.9.1'
const usualSource = 'https://storage.googleapis.com/tensorflow/libtensorflow'

export interface InstallRequest {
  /** A folder of libtensorflow, or Python's package. */
  readonly libtensorflow?: string | undefined
  /** Address of a folder that has the archive of libtensorflow, in place of the usual one. */
  readonly mirror?: string | undefined
  /** Of that archive. */
  readonly sha256?: string | undefined
}

export interface InstallPlace {
  readonly home: string
  /** Looks at the engine in another home folder, in a process of its own. */
  readonly look: (home: string) => Promise<EngineReport>
  readonly onProgress: (progress: Omit<EngineInstallProgress, 'engine'>) => void
}

/** @throws StudioError `engine-unavailable`, `file-not-found` or `download-failed` with the reason */
export async function installTensorflow(request: InstallRequest, place: InstallPlace): Promise<EngineReport> {
  const engines = path.dirname(tensorflowFolder(place.home))
  fs.mkdirSync(engines, { recursive: true })
  for (const name of fs.readdirSync(engines)) {
    if (name.startsWith(stagingPrefix)) fs.rmSync(path.join(engines, name), { recursive: true, force: true })
  }
  const staging = fs.mkdtempSync(path.join(engines, stagingPrefix))
  try {
    const folder = tensorflowFolder(staging)
    fs.mkdirSync(folder, { recursive: true })
    await makeEngine(request, folder, place.onProgress)
    place.onProgress({ step: 'check', share: null })
    const report = await place.look(staging)
    if (!report.available) {
      throw new StudioError('engine-unavailable', `TensorFlow was built but cannot be used: ${report.reason}`, {})
    }
    const target = tensorflowFolder(place.home)
    fs.rmSync(target, { recursive: true, force: true })
    fs.renameSync(folder, target)
    return report
  } finally {
    fs.rmSync(staging, { recursive: true, force: true })
  }
}

/** Removes what was installed into the home folder; a package beside the studio stays. */
export function removeTensorflow(home: string): boolean {
  const folder = tensorflowFolder(home)
  const existed = fs.existsSync(folder)
  fs.rmSync(folder, { recursive: true, force: true })
  return existed
}

const stagingPrefix = 'unfinished-'

async function makeEngine(
  request: InstallRequest,
  folder: string,
  onProgress: InstallPlace['onProgress'],
): Promise<void> {
  const compiler = await findCompiler()
  const given = request.libtensorflow ?? (request.mirror === undefined ? await pythonTensorflow() : undefined)
  const library = given === undefined ? undefined : libraryIn(given)
  const built = library ?? (await fetchLibrary(request, folder, onProgress))
  onProgress({ step: 'packages', share: null })
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'strata-tensorflow', private: true }))
  await npmInstall(folder)
  onProgress({ step: 'build', share: null })
  await compile(compiler, folder, built)
}

/** By the user's own npm: registry, proxies and checksums are as they set them. Scripts would download gigabytes. */
async function npmInstall(folder: string): Promise<void> {
  const packages = [`${packageName}@${packageVersion}`, 'node-api-headers@1']
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  await runTool(npm, ['install', ...flags, '--prefix', folder, ...packages], folder, 'npm could not fetch the package')
}

async function findCompiler(): Promise<string> {
  if (process.platform === 'win32') {
    throw new StudioError(
      'engine-unavailable',
      `on Windows install the package ${packageName} with npm beside the studio; it brings its own binary`,
      {},
    )
  }
  for (const compiler of [process.env['CXX'], 'c++', 'g++', 'clang++']) {
    if (compiler === undefined) continue
    const works = await promisify(execFile)(compiler, ['--version']).then(
      () => true,
      () => false,
    )
    if (works) return compiler
  }
  throw new StudioError(
    'engine-unavailable',
    'TensorFlow needs a C++ compiler to build its binding: install g++ or clang, or set CXX',
    {},
  )
}

async function compile(compiler: string, folder: string, { include, lib, files }: TensorflowLibrary): Promise<void> {
  const packageFolder = path.join(folder, 'node_modules', packageName)
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(packageFolder, 'binding', name))
  const output = path.join(packageFolder, 'lib', `napi-v${napiVersion}`)
  fs.mkdirSync(output, { recursive: true })
  // A library that was fetched moves together with the binding; one of the user's stays where it is.
  const own = lib.startsWith(folder)
  const origin = process.platform === 'darwin' ? '@loader_path' : '$ORIGIN'
  const runPath = own ? path.join(origin, path.relative(output, lib)) : lib
  const symbols = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []
  await runTool(
    compiler,
    [
      ...['-shared', '-fPIC', '-O2', '-std=c++17', `-DNAPI_VERSION=${napiVersion}`],
      '-DNODE_GYP_MODULE_NAME=tfjs_binding',
      ...[`-I${path.dirname(packageFolder)}`, `-I${include}`],
      `-I${path.join(folder, 'node_modules', 'node-api-headers', 'include')}`,
      ...sources,
      ...['-o', path.join(output, 'tfjs_binding.node')],
      ...files.map((file) => path.join(lib, file)),
      ...[`-Wl,-rpath,${runPath}`, ...symbols],
    ],
    packageFolder,
    'the binding could not be compiled',
  )
}

/** The newest that the binding's package looks for. */
const napiVersion = 8

/** @throws StudioError `engine-unavailable` with the end of what the program printed */
async function runTool(program: string, args: readonly string[], cwd: string, what: string): Promise<void> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  const collect = (chunk: Buffer): void => {
    printed = (printed + chunk.toString()).slice(-4000)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const reason = await new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code) => resolve(code === 0 ? undefined : printed.trim() || `exit code ${code}`))
  })
  if (reason !== undefined) throw new StudioError('engine-unavailable', `${what}: ${reason}`, { program })
}

function archiveName(): string {
  const systems: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin' }
  const machines: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' }
  return `libtensorflow-cpu-${systems[process.platform]}-${machines[process.arch]}-${libraryVersion}.tar.gz`
}

async function fetchLibrary(
  { mirror = usualSource, sha256 }: InstallRequest,
  folder: string,
  onProgress: InstallPlace['onProgress'],
): Promise<TensorflowLibrary> {
  const url = `${mirror.replace(/\/$/, '')}/${archiveName()}`
  const archive = path.join(folder, 'libtensorflow.tar.gz')
  const target = path.join(folder, 'libtensorflow')
  const wanted = sha256 ?? (await publishedChecksum(url))
  const received = await download(url, archive, (share) => onProgress({ step: 'library', share }))
  if (wanted !== undefined && received !== wanted) {
    const text = `${url} is damaged: its SHA-256 is ${received}, expected ${wanted}`
    throw new StudioError('download-failed', text, { url })
  }
  fs.mkdirSync(target)
  await runTool('tar', ['-xzf', archive, '-C', target], folder, `${url} cannot be unpacked`)
  fs.rmSync(archive)
  fs.writeFileSync(path.join(target, 'SHA256'), `${received}  ${url}\n`)
  return libraryIn(target)
}

/** A mirror may have it beside the archive. */
async function publishedChecksum(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}.sha256`)
    return response.ok ? /[0-9a-f]{64}/.exec(await response.text())?.[0] : undefined
  } catch {
    return undefined
  }
}

/** Returns the SHA-256. @throws StudioError `download-failed` */
async function download(url: string, file: string, onShare: (share: number | null) => void): Promise<string> {
  const hash = createHash('sha256')
  const failed = (reason: string, cause?: unknown) =>
    new StudioError('download-failed', `${url} could not be downloaded: ${reason}`, { url }, cause)
  try {
    const response = await fetch(url, { headers: { 'accept-encoding': 'identity' } })
    if (!response.ok || !response.body) throw failed(`HTTP status ${response.status}`)
    const total = Number(response.headers.get('content-length') ?? 0)
    let done = 0
    const count = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        hash.update(chunk)
        done += chunk.length
        onShare(total > 0 ? done / total : null)
        next(null, chunk)
      },
    })
    await pipeline(response.body, count, fs.createWriteStream(file))
    if (total > 0 && done < total) throw failed(`ended after ${done} of ${total} bytes`)
    return hash.digest('hex')
  } catch (error) {
    if (error instanceof StudioError) throw error
    throw failed(reasonOf(error), error)
  }
}

/** `fetch` hides what happened in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
