/**
 * The few file operations on which saved work depends. Checkpoints and logs go through this interface and nothing else, so that a
 * test can make the Nth of them fail and look at what is left.
 */
import fs from 'node:fs'
import path from 'node:path'

/** An open file. */
export interface OpenFile {
  /** Appends all bytes at the current end of what was written. */
  write(bytes: Uint8Array): void
  /** Returns once the bytes are on the device. */
  sync(): void
  close(): void
}

export interface FileOperations {
  /** Creates or empties a file for writing. */
  create(file: string): OpenFile
  /** Yields the file in blocks of at most `blockBytes`; a block is valid until the next one is asked for. */
  readBlocks(file: string, blockBytes: number): Iterable<Uint8Array>
  read(file: string): Uint8Array
  rename(from: string, to: string): void
  /** Removes a file; one that is not there is no error. */
  remove(file: string): void
  makeFolder(folder: string): void
  /** Names in a folder; empty when the folder does not exist. */
  list(folder: string): readonly string[]
  /** Makes a rename inside `folder` durable. Does nothing where folders cannot be flushed (Windows). */
  syncFolder(folder: string): void
}

/** The operating system's own files. */
export const systemFiles: FileOperations = {
  create(file) {
    const descriptor = fs.openSync(file, 'w')
    return {
      write(bytes) {
        let written = 0
        while (written < bytes.length) written += fs.writeSync(descriptor, bytes, written, bytes.length - written)
      },
      sync: () => fs.fsyncSync(descriptor),
      close: () => fs.closeSync(descriptor),
    }
  },
  *readBlocks(file, blockBytes) {
    const descriptor = fs.openSync(file, 'r')
    try {
      const block = new Uint8Array(blockBytes)
      for (;;) {
        const count = fs.readSync(descriptor, block, 0, blockBytes, null)
        if (count === 0) return
        yield block.subarray(0, count)
      }
    } finally {
      fs.closeSync(descriptor)
    }
  },
  read: (file) => fs.readFileSync(file),
  rename: (from, to) => fs.renameSync(from, to),
  remove: (file) => fs.rmSync(file, { force: true }),
  makeFolder(folder) {
    fs.mkdirSync(folder, { recursive: true })
  },
  list(folder) {
    try {
      return fs.readdirSync(folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  },
  syncFolder(folder) {
    if (process.platform === 'win32') return
    const descriptor = fs.openSync(path.resolve(folder), 'r')
    try {
      fs.fsyncSync(descriptor)
    } finally {
      fs.closeSync(descriptor)
    }
  },
}
