/**
 * Installs the TensorFlow engine into the home folder: the package for Node from npm, and its binding compiled against a TensorFlow that is here
 * already or is fetched. It is loaded once in a process of its own before it takes its place.
 */
import { execFile, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import type { EngineReport } from '../../../experiments/engines/engine-report.ts'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { downloadPart } from '../install/download-part.ts'
import { downloadFolder, stagedInstall, type InstallPlace, type InstallRequest } from '../install/staged-install.ts'
import { libraryIn, pythonTensorflow, type TensorflowLibrary } from './find-library.ts'
import { tensorflowFolder } from './tensorflow-library.ts'

const packageName = '@tensorflow/tfjs-node'
const packageVersion = '4.22.0'
/** Only this version has archives of the C library for all systems at one place. */
const libraryVersion = '2.9.1'
const usualSource = 'https://storage.googleapis.com/tensorflow/libtensorflow'

/**
 * @param request its source is a folder of libtensorflow or Python's package, its mirror a folder that has the archive of libtensorflow, its
 *   checksum the SHA-256 of that archive
 * @throws StudioError `engine-unavailable`, `file-not-found`, `download-failed` or `cancelled` with the reason
 */
export function installTensorflow(request: InstallRequest, place: InstallPlace): Promise<EngineReport> {
  return stagedInstall(place.home, tensorflowFolder, async (staging) => {
    await makeEngine(request, tensorflowFolder(staging), place)
    place.onProgress({ step: 'check', share: null })
    const report = await place.look(staging)
    if (!report.available) {
      throw new StudioError('engine-unavailable', `TensorFlow was built but cannot be used: ${report.reason}`, {})
    }
    return report
  })
}

async function makeEngine(request: InstallRequest, folder: string, place: InstallPlace): Promise<void> {
  const { onProgress, signal } = place
  const compiler = await findCompiler()
  const given = request.source ?? (request.mirror === undefined ? await pythonTensorflow() : undefined)
  const library = given === undefined ? undefined : libraryIn(given)
  const built = library ?? (await fetchLibrary(request, folder, place))
  onProgress({ step: 'packages', share: null })
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'strata-tensorflow', private: true }))
  await npmInstall(folder, signal)
  onProgress({ step: 'build', share: null })
  await compile(compiler, folder, built, signal)
}

/** By the user's own npm: registry, proxies and checksums are as they set them. Scripts would download gigabytes. */
async function npmInstall(folder: string, signal: AbortSignal): Promise<void> {
  const packages = [`${packageName}@${packageVersion}`, 'node-api-headers@1']
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['install', ...flags, '--prefix', folder, ...packages]
  await runTool(npm, args, { cwd: folder, what: 'npm could not fetch the package', signal })
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

async function compile(
  compiler: string,
  folder: string,
  { include, lib, files }: TensorflowLibrary,
  signal: AbortSignal,
): Promise<void> {
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
    { cwd: packageFolder, what: 'the binding could not be compiled', signal },
  )
}

/** The newest that the binding's package looks for. */
const napiVersion = 8

interface ToolPlace {
  readonly cwd: string
  /** What it means when it fails. */
  readonly what: string
  readonly signal: AbortSignal
}

/** @throws StudioError `engine-unavailable` with the end of what the program printed, or `cancelled` */
async function runTool(program: string, args: readonly string[], { cwd, what, signal }: ToolPlace): Promise<void> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], signal })
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
  if (signal.aborted) throw new StudioError('cancelled', 'the install was stopped; nothing was changed', {})
  if (reason !== undefined) throw new StudioError('engine-unavailable', `${what}: ${reason}`, { program })
}

function archiveName(): string {
  const systems: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin' }
  const machines: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' }
  return `libtensorflow-cpu-${systems[process.platform]}-${machines[process.arch]}-${libraryVersion}.tar.gz`
}

async function fetchLibrary(
  { mirror = usualSource, checksum }: InstallRequest,
  folder: string,
  { home, onProgress, signal }: InstallPlace,
): Promise<TensorflowLibrary> {
  const url = `${mirror.replace(/\/$/, '')}/${archiveName()}`
  const archive = path.join(downloadFolder(home), archiveName())
  const target = path.join(folder, 'libtensorflow')
  const digest = checksum ?? (await publishedChecksum(url))
  const received = await downloadPart({
    ...{ url, target: archive, signal },
    checksum: digest === undefined ? undefined : { algorithm: 'sha256', digest },
    onShare: (share) => onProgress({ step: 'library', share }),
  })
  fs.mkdirSync(target)
  const what = `${url} cannot be unpacked`
  await runTool('tar', ['-xzf', archive, '-C', target], { cwd: folder, what, signal }).finally(() => fs.rmSync(archive))
  fs.writeFileSync(path.join(target, 'SHA256'), `${received.digest}  ${url}\n`)
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
