/**
 * Checkpoints as files, one safetensors file each, named after the step. A file is whole or absent (see write-whole-file.ts) and carries
 * which run and which experiment it belongs to; its SHA-256 is kept in the database and checked before anything in it is used.
 */
import path from 'node:path'
import { createHash } from 'node:crypto'
import { StudioError, toErrorRecord, type ErrorRecord } from '../../experiments/errors/studio-error.ts'
import { parseOrThrow } from '../../experiments/schema/parse.ts'
import { parseJson } from '../../experiments/schema/parse-json.ts'
import type { FileOperations } from '../files/file-operations.ts'
import { writeWholeFile, type WrittenFile } from '../files/write-whole-file.ts'
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from './safetensors.ts'
import { trainingPosition, type TrainingPosition } from './training-position.ts'

const format = 'strata-checkpoint'
const formatVersion = '1'
const extension = '.safetensors'

export interface Checkpoint {
  readonly run: number
  /** Hash of specification and network document: a checkpoint never continues another experiment. */
  readonly experiment: string
  readonly position: TrainingPosition
  /** Weights and optimizer state. */
  readonly tensors: readonly NamedTensor[]
}

/** A checkpoint file that should be there. */
export interface CheckpointReference {
  readonly file: string
  readonly sha256: string
}

export interface RejectedCheckpoint {
  readonly file: string
  readonly error: ErrorRecord
}

export interface NewestCheckpoint {
  /** Undefined when none can be used. */
  readonly found: { readonly file: string; readonly checkpoint: Checkpoint } | undefined
  /** Newer ones that could not be used, and why. */
  readonly rejected: readonly RejectedCheckpoint[]
}

export function checkpointName(step: number): string {
  return `step-${String(step).padStart(9, '0')}${extension}`
}

/** Throws `disk-full` or `file-write-failed`; an older file of the same step is untouched then. */
export function writeCheckpoint(
  files: FileOperations,
  folder: string,
  checkpoint: Checkpoint,
): WrittenFile & { readonly file: string } {
  const { run, experiment, position, tensors } = checkpoint
  const metadata = {
    format,
    formatVersion,
    run: String(run),
    experiment,
    epoch: String(position.epoch),
    step: String(position.step),
    position: JSON.stringify(position),
  }
  const file = checkpointName(position.step)
  return { file, ...writeWholeFile(files, path.join(folder, file), encodeSafetensors({ metadata, tensors })) }
}

/** Throws `file-not-found`, `file-unreadable`, `file-damaged`, or `unsupported-version` for one of a newer studio. */
export function readCheckpoint(files: FileOperations, folder: string, reference: CheckpointReference): Checkpoint {
  const file = path.join(folder, reference.file)
  const bytes = readBytes(files, file)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 !== reference.sha256) {
    throw new StudioError('file-damaged', `${file}: its checksum is ${sha256}, expected ${reference.sha256}`, { file })
  }
  const { metadata, tensors } = decodeSafetensors(bytes, file)
  if (metadata['format'] !== format || metadata['formatVersion'] !== formatVersion) {
    throw new StudioError('unsupported-version', `${file}: expected a ${format} of version ${formatVersion}`, { file })
  }
  return {
    run: Number(metadata['run']),
    experiment: metadata['experiment'] ?? '',
    position: parseOrThrow(trainingPosition, parseJson(metadata['position'] ?? '', file), file),
    tensors,
  }
}

/** The first of `references` (newest first) that is whole and belongs to `experiment`. */
export function readNewestCheckpoint(
  files: FileOperations,
  folder: string,
  references: readonly CheckpointReference[],
  experiment: string,
): NewestCheckpoint {
  const rejected: RejectedCheckpoint[] = []
  for (const reference of references) {
    try {
      const checkpoint = readCheckpoint(files, folder, reference)
      if (checkpoint.experiment === experiment) return { found: { file: reference.file, checkpoint }, rejected }
      throw new StudioError('file-damaged', `${reference.file}: belongs to another experiment`, {
        file: reference.file,
      })
    } catch (error) {
      rejected.push({ file: reference.file, error: toErrorRecord(error) })
    }
  }
  return { found: undefined, rejected }
}

function readBytes(files: FileOperations, file: string): Uint8Array {
  try {
    return files.read(file)
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const code = missing ? 'file-not-found' : 'file-unreadable'
    throw new StudioError(code, `${file}: ${(error as Error).message}`, { file }, error)
  }
}
