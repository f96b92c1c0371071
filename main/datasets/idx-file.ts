/**
 * Reader of the idx format (Y. LeCun, http://yann.lecun.com/exdb/mnist): two zero bytes, a type, a rank, big-endian dimensions,
 * then the elements. Plain or gzip, told apart by content. Elements come as a stream and nothing is allocated from what a header
 * claims; the end is checked, so that a truncated, padded or doubly written file is never taken for a whole one.
 */
import { open, stat, type FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { formatBytes } from '../../experiments/text/format-bytes.ts'
import { readFault, throwIfCancelled } from '../files/file-faults.ts'
import { fileDamaged, notAFile } from './dataset-errors.ts'

/** Deflate cannot shrink further than this (zlib's technical notes: 1032 to 1). */
const largestDeflateRatio = 1032
const chunkBytes = 2 ** 20
const elementTypes: Readonly<Record<number, string>> = {
  0x08: 'unsigned bytes',
  0x09: 'signed bytes',
  0x0b: '16-bit integers',
  0x0c: '32-bit integers',
  0x0d: '32-bit floats',
  0x0e: '64-bit floats',
}
const ranks: Readonly<Record<number, string>> = { 1: 'labels (rank 1)', 3: 'images (rank 3)' }

export interface IdxFile {
  readonly path: string
  readonly dimensions: readonly number[]
  /** Product of the dimensions. */
  readonly length: number
  /** The elements in pieces; ends in an error unless there are exactly `length`. Read once. */
  readonly elements: AsyncIterable<Uint8Array>
  /** Lets the file go without reading its elements. */
  close(): Promise<void>
}

export interface IdxExpectation {
  /** 1 for labels, 3 for images. */
  readonly rank: 1 | 3
  /** What to do about a damaged file. */
  readonly todo: string
  readonly signal?: AbortSignal | undefined
}

/** Opens an idx file of unsigned bytes and reads its header. Throws `file-damaged`, `file-unreadable` or `file-not-found`. */
export async function openIdx(path: string, { rank, todo, signal }: IdxExpectation): Promise<IdxFile> {
  const source = await openSource(path, todo, signal)
  const pieces = source.pieces[Symbol.asyncIterator]()
  const close = async () => {
    await pieces.return(undefined)
  }
  try {
    const headerBytes = 4 + 4 * rank
    let begin: Uint8Array = new Uint8Array()
    while (begin.length < headerBytes) {
      const next = await pieces.next()
      if (next.done) throw fileDamaged(path, `an idx header of ${headerBytes} bytes`, `${begin.length} bytes`, todo)
      begin = begin.length === 0 ? next.value : Buffer.concat([begin, next.value])
      // A header of another rank may be shorter: say what it is rather than that it is short.
      if (begin.length >= 4) checkMagic(path, begin, rank, todo)
    }
    const view = new DataView(begin.buffer, begin.byteOffset, begin.length)
    const dimensions = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i))
    const length = dimensions.reduce((product, dimension) => product * dimension, 1)
    checkLength(path, dimensions, headerBytes, length, source, todo)
    const elements = checkedElements(path, begin.subarray(headerBytes), pieces, length, todo)
    return { path, dimensions, length, elements, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

function checkMagic(path: string, begin: Uint8Array, rank: 1 | 3, todo: string): void {
  const magic = `0x${Buffer.from(begin.subarray(0, 4)).toString('hex')}`
  const expected = `the idx magic number 0x0000080${rank}: unsigned bytes, ${ranks[rank]}`
  const [zero0, zero1, type, foundRank] = begin as unknown as [number, number, number, number]
  if (zero0 === 0 && zero1 === 0 && type === 0x08 && foundRank === rank) return
  const typeName = elementTypes[type]
  const isIdx = zero0 === 0 && zero1 === 0 && typeName !== undefined
  const received = isIdx
    ? `${magic}: ${typeName}, ${ranks[foundRank] ?? `rank ${foundRank}`}`
    : `${magic}: not an idx file`
  throw fileDamaged(path, expected, received, todo)
}

/** Refuses what the file cannot hold before anyone acts on the dimensions. */
function checkLength(
  path: string,
  dimensions: readonly number[],
  headerBytes: number,
  length: number,
  source: { readonly size: number; readonly gzip: boolean },
  todo: string,
): void {
  const claim = `${dimensions.join(' x ')} elements (${formatBytes(length)})`
  if (!source.gzip && source.size !== headerBytes + length) {
    const state = source.size < headerBytes + length ? 'truncated' : 'too long'
    const expected = `${headerBytes + length} bytes for ${claim}`
    throw fileDamaged(path, expected, `${source.size} bytes: the file is ${state}`, todo)
  }
  if (source.gzip && length > source.size * largestDeflateRatio) {
    const received = `${source.size} compressed bytes, which cannot hold that`
    throw fileDamaged(path, `${claim} as its header says`, received, todo)
  }
}

async function* checkedElements(
  path: string,
  first: Uint8Array,
  pieces: AsyncIterator<Uint8Array>,
  length: number,
  todo: string,
): AsyncGenerator<Uint8Array> {
  let seen = 0
  let piece = first
  try {
    for (;;) {
      seen += piece.length
      if (seen > length) throw fileDamaged(path, `${length} elements`, `at least ${seen}: the file is too long`, todo)
      if (piece.length > 0) yield piece
      const next = await pieces.next()
      if (next.done) break
      piece = next.value
    }
    if (seen < length) throw fileDamaged(path, `${length} elements`, `${seen}: the file is truncated`, todo)
  } finally {
    await pieces.return?.(undefined)
  }
}

interface ByteSource {
  readonly size: number
  readonly gzip: boolean
  readonly pieces: AsyncGenerator<Uint8Array>
}

async function openSource(path: string, todo: string, signal: AbortSignal | undefined): Promise<ByteSource> {
  let handle: FileHandle | undefined
  try {
    // Before opening: a pipe would block until somebody writes into it.
    const found = await stat(path)
    if (found.isDirectory()) throw notAFile(path, 'a folder')
    if (!found.isFile()) throw notAFile(path, 'a device, pipe or socket')
    handle = await open(path, 'r')
    const { size } = await handle.stat()
    const magic = new Uint8Array(2)
    await handle.read(magic, 0, 2, 0)
    const gzip = magic[0] === 0x1f && magic[1] === 0x8b
    return { size, gzip, pieces: bytesOf(path, handle, size, gzip, todo, signal) }
  } catch (cause) {
    await handle?.close()
    throw readFault(path, cause)
  }
}

async function* bytesOf(
  path: string,
  handle: FileHandle,
  size: number,
  gzip: boolean,
  todo: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const file = handle.createReadStream({ start: 0, highWaterMark: chunkBytes })
  const gunzip = gzip ? createGunzip({ chunkSize: chunkBytes }) : undefined
  // The loop below sees every error; pipeline only carries it over and closes the file.
  if (gunzip) pipeline(file, gunzip, () => undefined)
  try {
    for await (const piece of (gunzip ?? file) as AsyncIterable<Uint8Array>) {
      throwIfCancelled(signal, `reading ${path}`)
      yield piece
    }
    if (gunzip && gunzip.bytesWritten < size) {
      const extra = size - gunzip.bytesWritten
      throw fileDamaged(path, 'the end of the file after the gzip data', `${extra} more bytes`, todo)
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? ''
    if (code === 'Z_BUF_ERROR') {
      throw fileDamaged(path, 'a whole gzip file', `one that ends early after ${size} bytes: it is truncated`, todo)
    }
    if (code.startsWith('Z_')) {
      throw fileDamaged(path, 'an intact gzip file', `damaged data (${(cause as Error).message})`, todo)
    }
    throw readFault(path, cause)
  } finally {
    file.destroy()
    gunzip?.destroy()
  }
}
