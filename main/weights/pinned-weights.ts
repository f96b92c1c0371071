/**
 * Weights that runs begin from. What a run was queued with is copied into the home folder under its SHA-256: the run can be repeated and
 * resumed when the file it came from has moved or changed, and equal weights are kept once.
 */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from '../checkpoints/safetensors.ts'
import type { FileOperations } from '../files/file-operations.ts'
import { writeWholeFile } from '../files/write-whole-file.ts'

export interface PinnedWeights {
  readonly sha256: string
  readonly tensors: readonly NamedTensor[]
}

/**
 * Copies `file` into the home folder unless its content is there, and returns what it holds.
 * @throws StudioError `file-not-found`, `file-unreadable`, `file-damaged`, `disk-full` or `file-write-failed`
 */
export function pinWeights(files: FileOperations, home: string, file: string): PinnedWeights {
  const bytes = readBytes(files, file)
  const { tensors } = decodeSafetensors(bytes, file)
  return { sha256: pinBytes(files, home, bytes), tensors }
}

/** As `pinWeights`, for weights that are in no file. @throws StudioError `disk-full` or `file-write-failed` */
export function pinTensors(files: FileOperations, home: string, tensors: readonly NamedTensor[]): PinnedWeights {
  const bytes = Buffer.concat([...encodeSafetensors({ metadata: {}, tensors })])
  return { sha256: pinBytes(files, home, bytes), tensors }
}

function pinBytes(files: FileOperations, home: string, bytes: Uint8Array): string {
  const sha256 = sha256Of(bytes)
  const name = pinnedName(sha256)
  const folder = weightsFolder(home)
  if (!files.list(folder).includes(name)) writeWholeFile(files, path.join(folder, name), [bytes])
  return sha256
}

/** @throws StudioError `file-not-found`, `file-unreadable`, or `file-damaged` when the content is no longer what it was */
export function readPinnedWeights(files: FileOperations, home: string, sha256: string): readonly NamedTensor[] {
  const file = pinnedFile(home, sha256)
  const bytes = readBytes(files, file)
  const found = sha256Of(bytes)
  if (found !== sha256) {
    throw new StudioError('file-damaged', `${file}: its checksum is ${found}, expected ${sha256}`, { file })
  }
  return decodeSafetensors(bytes, file).tensors
}

/** @throws StudioError `file-not-found`, `file-unreadable` or `file-damaged` */
export function readWeightsFile(files: FileOperations, file: string): readonly NamedTensor[] {
  return decodeSafetensors(readBytes(files, file), file).tensors
}

export function isPinned(files: FileOperations, home: string, sha256: string): boolean {
  return files.list(weightsFolder(home)).includes(pinnedName(sha256))
}

/** Where weights of this hash are kept. */
export function pinnedFile(home: string, sha256: string): string {
  return path.join(weightsFolder(home), pinnedName(sha256))
}

function weightsFolder(home: string): string {
  return path.join(home, 'weights')
}

function pinnedName(sha256: string): string {
  return `${sha256}.safetensors`
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function readBytes(files: FileOperations, file: string): Uint8Array {
  try {
    return files.read(file)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new StudioError('file-not-found', `${file} does not exist; check the path`, { file }, error)
    throw new StudioError('file-unreadable', `${file} cannot be read: ${message}`, { file }, error)
  }
}
