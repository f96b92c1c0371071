/**
 * Writes a file so that a reader sees the whole new content or the old one, never a part: temporary name in the same folder, flush,
 * read again and compare the hash, rename, flush the folder. A failure leaves no temporary file where the system still lets us remove it.
 */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { FileOperations } from './file-operations.ts'

export interface WrittenFile {
  readonly bytes: number
  /** Of the whole file, in hexadecimal. */
  readonly sha256: string
}

const temporarySuffix = '.partial'
const blockBytes = 1 << 20

/** Whether a file name is that of a write that never finished. */
export function isUnfinished(name: string): boolean {
  return name.endsWith(temporarySuffix)
}

/** Makes the folder if need be. Throws `disk-full` or `file-write-failed`; the old file is untouched then. */
export function writeWholeFile(files: FileOperations, target: string, chunks: Iterable<Uint8Array>): WrittenFile {
  const temporary = `${target}.${process.pid}${temporarySuffix}`
  try {
    files.makeFolder(path.dirname(target))
    const written = writeChunks(files, temporary, chunks)
    const found = hashFile(files, temporary)
    if (found !== written.sha256) {
      throw new StudioError('file-write-failed', `${target}: what was read back differs from what was written`, {
        file: target,
        expected: written.sha256,
        received: found,
      })
    }
    files.rename(temporary, target)
    files.syncFolder(path.dirname(target))
    return written
  } catch (error) {
    removeQuietly(files, temporary)
    throw writeError(target, error)
  }
}

/** SHA-256 of a file, in hexadecimal. */
export function hashFile(files: FileOperations, file: string): string {
  const hash = createHash('sha256')
  for (const block of files.readBlocks(file, blockBytes)) hash.update(block)
  return hash.digest('hex')
}

function writeChunks(files: FileOperations, file: string, chunks: Iterable<Uint8Array>): WrittenFile {
  const hash = createHash('sha256')
  let bytes = 0
  const open = files.create(file)
  try {
    for (const chunk of chunks) {
      open.write(chunk)
      hash.update(chunk)
      bytes += chunk.length
    }
    open.sync()
  } finally {
    open.close()
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** The first failure is the one to report; a second one while cleaning up adds nothing. */
function removeQuietly(files: FileOperations, file: string): void {
  try {
    files.remove(file)
  } catch {
    // The name ends in `.partial`: the next start of the studio removes it.
  }
}

function writeError(file: string, error: unknown): StudioError {
  if (error instanceof StudioError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const system = (error as NodeJS.ErrnoException).code
  if (system === 'ENOSPC' || system === 'EDQUOT') {
    return new StudioError('disk-full', `${file}: no space left; free some and continue the run`, { file }, error)
  }
  return new StudioError('file-write-failed', `${file}: ${reason}`, { file }, error)
}
