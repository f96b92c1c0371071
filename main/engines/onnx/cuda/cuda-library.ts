/**
 * Finds and loads an onnxruntime with its CUDA provider: a copy in the home folder that `install-cuda.ts` made, else the studio's own where
 * somebody put the provider beside it. The runtime looks for the provider in its own folder only, which is why an installed one is a whole copy.
 */
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { StudioError } from '../../../../experiments/errors/studio-error.ts'
import type { OnnxRuntime } from '../onnx-runtime.ts'
import { elfArchitecture } from './elf-header.ts'

/** The provider and what joins it to the runtime. */
export const cudaLibraries = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'] as const

/** Where the runtime's libraries lie within its package. */
export const libraryFolder = path.join('bin', 'napi-v6', 'linux', 'x64')

export const notInstalled = 'it is not installed; "strata engine install cuda" does it'

/** Where an installed engine lies. */
export function cudaFolder(home: string): string {
  return path.join(home, 'engines', 'cuda')
}

/** Written last by an install: a folder without it is not finished. */
export const manifestName = 'installed.json'

export interface CudaManifest {
  readonly version: string
  readonly source: string
  /** Sizes in bytes of what was installed, by path. */
  readonly files: Readonly<Record<string, number>>
}

/** The folder of a package onnxruntime-node with the provider; undefined where there is none. */
export function findCuda(home: string | undefined): string | undefined {
  if (home !== undefined && fs.existsSync(cudaFolder(home))) {
    return path.join(cudaFolder(home), 'node_modules', 'onnxruntime-node')
  }
  try {
    const own = path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
    const provider = path.join(own, libraryFolder, cudaLibraries[1])
    return fs.existsSync(provider) ? own : undefined
  } catch {
    return undefined
  }
}

/** Why the provider cannot be used on this system at all; empty where it can. */
export function absenceOn(platform: string, arch: string): string {
  if (platform === 'linux' && arch === 'x64') return ''
  const other = platform === 'win32' ? 'DirectML or WebGPU' : 'WebGPU'
  return `onnxruntime's CUDA provider exists for Linux on x64 only, and this is ${platform} on ${arch}; use ${other}`
}

/** What keeps the libraries in `folder` (a package) from being loaded, and what would help; empty when nothing does. */
export function libraryProblem(home: string | undefined, folder: string): string {
  return (
    incompleteness(home) ||
    cudaLibraries.map((name) => loadProblem(path.join(folder, libraryFolder, name))).find(Boolean) ||
    ''
  )
}

function incompleteness(home: string | undefined): string {
  if (home === undefined || !fs.existsSync(cudaFolder(home))) return ''
  const again = 'the install is not complete; install it again'
  let manifest: CudaManifest
  try {
    manifest = JSON.parse(fs.readFileSync(path.join(cudaFolder(home), manifestName), 'utf8')) as CudaManifest
  } catch {
    return again
  }
  for (const [name, bytes] of Object.entries(manifest.files)) {
    const { size } = fs.statSync(path.join(cudaFolder(home), name), { throwIfNoEntry: false }) ?? {}
    if (size === undefined) return `${name} is missing: ${again}`
    if (size !== bytes) return `${name} has ${size} bytes and should have ${bytes}: ${again}`
  }
  return ''
}

/** Loads a library as the runtime will: the runtime itself keeps the system's reason to itself. */
function loadProblem(file: string): string {
  const arch = fs.existsSync(file) ? elfArchitecture(file) : undefined
  if (arch !== undefined && arch !== process.arch) {
    return `${path.basename(file)} is made for ${arch}, and this processor is ${process.arch}; install it again`
  }
  try {
    process.dlopen({ exports: {} }, file)
    return ''
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    // It was loaded, and is no module of Node's: that is all there is to know.
    return reason.includes('did not self-register') ? '' : explainLoading(reason, file)
  }
}

/** @param reason of the system's loader: `libcudnn.so.9: cannot open shared object file: ...` */
export function explainLoading(reason: string, file: string): string {
  const missing = /^(lib[\w+-]+\.so[.\d]*): cannot open shared object file/.exec(reason)?.[1]
  if (missing === undefined) return `${path.basename(file)} cannot be loaded: ${reason}; install it again`
  return `${missing} is missing: ${helpFor(missing)}`
}

function helpFor(library: string): string {
  if (library.startsWith('libcuda.')) return "install NVIDIA's driver"
  const version = /\.so\.(\d+)/.exec(library)?.[1]
  const ofVersion = version === undefined ? '' : ` ${version}`
  if (library.startsWith('libcudnn')) return `install cuDNN${ofVersion}, and name its folder in LD_LIBRARY_PATH`
  const isToolkit = /^lib(cublas|cudart|nvrtc)/.test(library)
  return `install the CUDA toolkit${isToolkit ? ofVersion : ''}, and name its folder of libraries in LD_LIBRARY_PATH`
}

/** @throws StudioError `engine-unavailable` with the reason */
export function loadCudaRuntime(home: string | undefined): OnnxRuntime {
  const unavailable = (reason: string, cause?: unknown) => new StudioError('engine-unavailable', reason, {}, cause)
  const absence = absenceOn(process.platform, process.arch)
  if (absence !== '') throw unavailable(absence)
  const folder = findCuda(home)
  if (folder === undefined) throw unavailable(notInstalled)
  const problem = libraryProblem(home, folder)
  if (problem !== '') throw unavailable(problem)
  // The numbers of nvidia-smi; CUDA's own order begins with the card that it takes for the fastest.
  process.env['CUDA_DEVICE_ORDER'] ??= 'PCI_BUS_ID'
  try {
    return createRequire(path.join(folder, 'package.json'))(folder) as OnnxRuntime
  } catch (error) {
    throw unavailable(error instanceof Error ? error.message : String(error), error)
  }
}
