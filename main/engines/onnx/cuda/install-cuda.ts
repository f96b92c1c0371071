/**
 * Installs onnxruntime's CUDA provider into the home folder: from the NuGet package that the runtime's own install script names, from another
 * feed, or from files that are here, such as those of Python's onnxruntime-gpu. The runtime itself is copied beside it. CUDA's and cuDNN's
 * libraries are the user's: what is missing of them is said afterwards, and is no reason to take the install back.
 */
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { openPromise, type ZipFile } from 'yauzl'
import type { EngineReport } from '../../../../experiments/engines/engine-report.ts'
import { StudioError } from '../../../../experiments/errors/studio-error.ts'
import { nugetPackage } from '../../install/nuget-package.ts'
import type { Checksum } from '../../../download/received-file.ts'
import { downloadPart } from '../../install/download-part.ts'
import { downloadFolder, stagedInstall, type InstallPlace, type InstallRequest } from '../../install/staged-install.ts'
import { onnxVersion } from '../onnx-runtime.ts'
import { absenceOn, cudaFolder, cudaLibraries, libraryFolder, manifestName, type CudaManifest } from './cuda-library.ts'
import { elfArchitecture } from './elf-header.ts'
import { formatBytes } from '../../../../experiments/text/format-bytes.ts'

const packageName = 'Microsoft.ML.OnnxRuntime.Gpu.Linux'
const usualFeed = 'https://api.nuget.org/v3/index.json'
const folderInPackage = 'runtimes/linux-x64/native'
/** What the unpacked libraries and the copy of the runtime need, roughly. */
const unpackedBytes = 500 * 2 ** 20

/**
 * @param request its source is a folder with the libraries or a package (.nupkg), its mirror the service index of a NuGet feed, its checksum
 *   the SHA-512 of the package
 * @param machine default: this one
 * @throws StudioError `engine-unavailable`, `file-not-found`, `file-damaged`, `download-failed`, `disk-full` or `cancelled`
 */
export async function installCuda(
  request: InstallRequest,
  place: InstallPlace,
  machine: { readonly platform: string; readonly arch: string } = process,
): Promise<EngineReport> {
  const { home, onProgress, signal } = place
  const absence = absenceOn(machine.platform, machine.arch)
  if (absence !== '') throw new StudioError('engine-unavailable', absence, {})
  const source = request.source ?? (await fetchPackage(request, place))
  const report = await stagedInstall(home, cudaFolder, async (staging) => {
    onProgress({ step: 'unpack', share: null })
    const folder = cudaFolder(staging)
    await putLibraries(source, path.join(copyRuntime(folder), libraryFolder))
    writeManifest(folder, request.source ?? request.mirror ?? usualFeed)
    throwIfStopped(signal)
    onProgress({ step: 'check', share: null })
    const found = await place.look(staging)
    throwIfStopped(signal)
    return found
  })
  // The package that it came from is not needed any more.
  if (request.source === undefined) fs.rmSync(source, { force: true })
  return report
}

function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new StudioError('cancelled', 'the install was stopped; nothing was changed', {})
}

/** The package in a folder of downloads, which stays there until an install has come through. */
async function fetchPackage(
  { mirror = usualFeed, checksum: given }: InstallRequest,
  place: InstallPlace,
): Promise<string> {
  const { home, onProgress, signal } = place
  const version = onnxVersion()
  onProgress({ step: 'library', share: null })
  const { url, checksum, bytes } = await nugetPackage(mirror, packageName, version, signal)
  const wanted: Checksum | undefined = given === undefined ? checksum : { algorithm: 'sha512', digest: given }
  if (wanted === undefined) {
    const text = `${mirror} publishes no checksum of ${packageName} ${version}; name its SHA-512 with --checksum`
    throw new StudioError('download-failed', text, { url })
  }
  const folder = downloadFolder(home)
  expectSpace(folder, (bytes ?? 0) + unpackedBytes)
  const target = path.join(folder, `${packageName}.${version}.nupkg`)
  await downloadPart({
    ...{ url, target, signal, checksum: wanted },
    onShare: (share) => onProgress({ step: 'library', share }),
  })
  return target
}

function expectSpace(folder: string, bytes: number): void {
  const { bavail, bsize } = fs.statfsSync(folder)
  if (bavail * bsize >= bytes) return
  const text = `the CUDA engine needs ${formatBytes(bytes)} in ${folder}, where ${formatBytes(bavail * bsize)} are free`
  throw new StudioError('disk-full', text, { folder })
}

/** Copies the runtime and what it imports; returns the folder of its package. */
function copyRuntime(folder: string): string {
  const require = createRequire(import.meta.url)
  const own = path.dirname(require.resolve('onnxruntime-node/package.json'))
  const target = path.join(folder, 'node_modules', 'onnxruntime-node')
  const parts = ['package.json', 'dist', ...runtimeFiles.map((name) => path.join(libraryFolder, name))]
  for (const part of parts) copy(path.join(own, part), path.join(target, part))
  // Its package.json is not among what it exports.
  const main = createRequire(path.join(own, 'package.json')).resolve('onnxruntime-common')
  const common = main.slice(0, main.lastIndexOf(`${path.sep}dist${path.sep}`))
  for (const part of ['package.json', 'dist'])
    copy(path.join(common, part), path.join(folder, 'node_modules', 'onnxruntime-common', part))
  return target
}

const runtimeFiles = ['onnxruntime_binding.node', 'libonnxruntime.so.1']

function copy(from: string, to: string): void {
  fs.cpSync(from, to, { recursive: true, dereference: true })
}

/** @param source folder of libraries or package */
async function putLibraries(source: string, target: string): Promise<void> {
  const isFolder = fs.statSync(source, { throwIfNoEntry: false })?.isDirectory()
  if (isFolder === undefined) throw new StudioError('file-not-found', `${source} does not exist`, { file: source })
  if (isFolder) copyLibraries(source, target)
  else await unpackLibraries(source, target)
  for (const name of cudaLibraries) {
    const arch = elfArchitecture(path.join(target, name))
    if (arch === process.arch) continue
    const what =
      arch === undefined ? 'is no Linux library' : `is made for ${arch}, and this processor is ${process.arch}`
    throw new StudioError('file-damaged', `${name} of ${source} ${what}`, { file: source })
  }
}

function copyLibraries(source: string, target: string): void {
  expectVersion(source)
  for (const name of cudaLibraries) {
    const file = path.join(source, name)
    if (!fs.existsSync(file)) throw lacks(source, name)
    copy(file, path.join(target, name))
  }
}

/** The provider works with the runtime of its own version only, which lies beside it in Python's packages. */
function expectVersion(folder: string): void {
  const beside = fs.readdirSync(folder).map((name) => /^libonnxruntime\.so\.(\d+\.\d+\.\d+)$/.exec(name)?.[1])
  const other = beside.find((version) => version !== undefined && version !== onnxVersion())
  if (other === undefined) return
  const text = `${folder} is of onnxruntime ${other}; expected ${onnxVersion()}, the version of the studio's runtime`
  throw new StudioError('engine-unavailable', text, { folder })
}

async function unpackLibraries(file: string, target: string): Promise<void> {
  let zip: ZipFile
  try {
    zip = await openPromise(file, { lazyEntries: true, autoClose: false })
  } catch (cause) {
    throw new StudioError(
      'file-damaged',
      `${file} is no package that can be unpacked: ${String(cause)}`,
      { file },
      cause,
    )
  }
  try {
    const missing = new Set<string>(cudaLibraries)
    for await (const entry of zip.eachEntry()) {
      const name = path.posix.basename(entry.fileName)
      if (path.posix.dirname(entry.fileName) !== folderInPackage || !missing.delete(name)) continue
      await pipeline(await zip.openReadStreamPromise(entry), fs.createWriteStream(path.join(target, name)))
    }
    for (const name of missing) throw lacks(file, `${folderInPackage}/${name}`)
  } catch (cause) {
    if (cause instanceof StudioError) throw cause
    throw new StudioError('file-damaged', `${file} cannot be unpacked: ${String(cause)}`, { file }, cause)
  } finally {
    zip.close()
  }
}

function lacks(source: string, name: string): StudioError {
  const text = `${source} has no ${name}; expected the package ${packageName}, or the folder onnxruntime/capi of Python's onnxruntime-gpu`
  return new StudioError('file-not-found', text, { file: source })
}

function writeManifest(folder: string, source: string): void {
  const files: Record<string, number> = {}
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name)
    if (entry.isFile()) files[path.relative(folder, file)] = fs.statSync(file).size
  }
  const manifest: CudaManifest = { version: onnxVersion(), source, files }
  fs.writeFileSync(path.join(folder, manifestName), JSON.stringify(manifest, undefined, 2))
}
