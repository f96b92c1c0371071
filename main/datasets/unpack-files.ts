/**
 * Takes files out of a gzipped tar archive whose content was checked before. Names within it are compared, never used as paths; each file appears
 * whole in its folder or not at all.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { throwIfCancelled, writeFault } from '../files/file-faults.ts'
import { fileDamaged } from './dataset-errors.ts'
import { atMostEvery } from './prepare-dataset.ts'

interface UnpackOptions {
  readonly signal?: AbortSignal | undefined
  /** Bytes of the archive. */
  readonly onProgress?: (done: number, total: number) => void
}

/** @throws StudioError `file-damaged` when one of `names` is not in it, `disk-full`, `file-write-failed`, `cancelled` */
export async function unpackFiles(
  archive: string,
  names: readonly string[],
  folder: string,
  { signal, onProgress }: UnpackOptions,
): Promise<void> {
  const { size } = await stat(archive)
  const wanted = new Set(names)
  const progress = atMostEvery(100, (done, total) => onProgress?.(done, total))
  const input = createReadStream(archive)
  const unpacked = input.pipe(createGunzip())
  const tar = extract()
  const fail = (cause: Error): void => {
    tar.destroy(cause)
  }
  input.on('error', fail)
  unpacked.on('error', fail)
  try {
    for await (const entry of unpacked.pipe(tar)) {
      throwIfCancelled(signal, 'unpacking')
      const name = basename(entry.header.name)
      if (entry.header.type === 'file' && wanted.delete(name)) {
        const partial = join(folder, `.${name}.partial`)
        try {
          await pipeline(entry, createWriteStream(partial, { flush: true }))
          await rename(partial, join(folder, name))
        } catch (cause) {
          await rm(partial, { force: true }).catch(() => undefined)
          throw writeFault(join(folder, name), cause)
        }
      } else entry.resume()
      progress(input.bytesRead, size)
    }
  } finally {
    input.destroy()
    tar.destroy()
  }
  if (wanted.size > 0) {
    throw fileDamaged(
      archive,
      `an archive with ${names.join(', ')}`,
      `one without ${[...wanted].join(', ')}`,
      'Download it again.',
    )
  }
}
