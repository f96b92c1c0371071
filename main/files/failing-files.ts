/** File operations of which the Nth fails, for tests that try every N: what was saved before must still be whole. */
import type { FileOperations, OpenFile } from './file-operations.ts'

export interface FailingFiles extends FileOperations {
  /** Operations that were asked for so far. */
  readonly count: number
  /** Which of them were writes, counted from 1. */
  readonly writes: readonly number[]
}

/**
 * `code` is the system's name of the failure, such as ENOSPC. A failing write leaves half of its bytes in the file. `torn` fails writes only, and
 * without a word: half of the bytes are there, and the system says that all are.
 */
export function failingFiles(files: FileOperations, failAt: number, code: string): FailingFiles {
  let count = 0
  const writes: number[] = []
  const isTorn = code === 'torn'
  const isTime = (): boolean => ++count === failAt
  const fails = (): boolean => isTime() && !isTorn
  const fail = (): never => {
    throw Object.assign(new Error(`${code}: injected failure`), { code })
  }
  const guarded =
    <Arguments extends unknown[], Result>(operation: (...given: Arguments) => Result) =>
    (...given: Arguments): Result =>
      fails() ? fail() : operation(...given)
  const guardFile = (open: OpenFile): OpenFile => ({
    write(bytes) {
      const isNow = isTime()
      writes.push(count)
      if (!isNow) return open.write(bytes)
      open.write(bytes.subarray(0, bytes.length >> 1))
      if (!isTorn) fail()
    },
    sync: guarded(() => open.sync()),
    close: () => open.close(),
  })
  return {
    get count() {
      return count
    },
    writes,
    create: (file) => (fails() ? fail() : guardFile(files.create(file))),
    readBlocks: guarded((file, blockBytes) => files.readBlocks(file, blockBytes)),
    read: guarded((file) => files.read(file)),
    rename: guarded((from, to) => files.rename(from, to)),
    remove: guarded((file) => files.remove(file)),
    makeFolder: guarded((folder) => files.makeFolder(folder)),
    list: guarded((folder) => files.list(folder)),
    syncFolder: guarded((folder) => files.syncFolder(folder)),
  }
}
