/**
 * Finds and loads TensorFlow with its binding for Node: what `strata engine install tensorflow` put into the home folder, else a package
 * @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node that was installed beside the studio. Only trainers and probes load it.
 */
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import util from 'node:util'
import type * as Core from '@tensorflow/tfjs-core'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { Tf } from './tf.ts'

/** The one with a graphics card first. */
const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const

export interface FoundTensorflow {
  /** Folder of the package. */
  readonly folder: string
  /** Of the package; the library itself tells its version when it is loaded. */
  readonly version: string
}

export interface LoadedTensorflow {
  readonly tf: Tf
  /** Of the library. */
  readonly version: string
  readonly device: 'cpu' | 'gpu'
}

/** Where an installed engine lies. */
export function tensorflowFolder(home: string): string {
  return path.join(home, 'engines', 'tensorflow')
}

/** Undefined where there is none. */
export function findTensorflow(home: string | undefined): FoundTensorflow | undefined {
  const starts = [
    ...(home === undefined ? [] : [path.join(tensorflowFolder(home), 'package.json')]),
    import.meta.filename,
  ]
  for (const start of starts)
    for (const name of packages) {
      const found = packageFrom(start, name)
      if (found) return found
    }
  return undefined
}

function packageFrom(start: string, name: string): FoundTensorflow | undefined {
  try {
    const file = createRequire(start).resolve(`${name}/package.json`)
    const { version } = JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string }
    return { folder: path.dirname(file), version }
  } catch {
    return undefined
  }
}

type TfBackends = Pick<typeof Core, 'setBackend' | 'findBackend'>
const backendName = 'tensorflow'

/** What of the binding's backend is used. */
interface NodeBackend extends Core.KernelBackend {
  readonly isUsingGpuDevice: boolean
  readonly binding: { readonly TF_Version: string }
}

/**
 * @param threads of the processor; TensorFlow takes them when it is loaded, so the first call decides
 * @throws StudioError `engine-unavailable` with the reason
 */
export async function loadTensorflow(home: string | undefined, threads?: number): Promise<LoadedTensorflow> {
  const found = findTensorflow(home)
  if (!found) throw new StudioError('engine-unavailable', notInstalled, {})
  repairNode()
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  if (threads !== undefined) {
    process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads)
    process.env['OMP_NUM_THREADS'] ??= String(threads)
  }
  try {
    const tf = createRequire(path.join(found.folder, 'package.json'))(found.folder) as Tf & TfBackends
    // All copies of TensorFlow.js in a process share the chosen backend.
    await tf.setBackend(backendName)
    const backend = tf.findBackend(backendName) as NodeBackend
    return { tf, version: backend.binding.TF_Version, device: backend.isUsingGpuDevice ? 'gpu' : 'cpu' }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StudioError('engine-unavailable', `TensorFlow cannot be loaded: ${reason}`, { reason }, error)
  }
}

export const notInstalled = 'it is not installed; "strata engine install tensorflow" does it'

/** The binding calls functions of `util` that Node 23 has no more. */
function repairNode(): void {
  const removed = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
    isString: (value: unknown) => typeof value === 'string',
    isNumber: (value: unknown) => typeof value === 'number',
    isBoolean: (value: unknown) => typeof value === 'boolean',
    isFunction: (value: unknown) => typeof value === 'function',
    isObject: (value: unknown) => value !== null && typeof value === 'object',
  }
  for (const [name, is] of Object.entries(removed)) if (!(name in util)) Object.assign(util, { [name]: is })
}
