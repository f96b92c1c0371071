/**
 * The compact file that trainers read: raw 8-bit pixels of every example, back to back, with an index.
 *
 *   0      head block, 4096 bytes: "STRATAPX", version (u32), index length (u32), index offset (u64), SHA-256 of the index
 *   4096   train pixels | test pixels | train labels | test labels, each beginning at a multiple of 4096
 *   then   the index, JSON: shape, counts, where each section lies and its SHA-256, statistics, fingerprint
 *
 * An image is height x width x channels (NHWC): what decoders give and screens take, and the channels of one pixel lie side by
 * side for resampling. Labels are u16. Numbers are little-endian. Sections begin on page boundaries, so that they can be mapped.
 */
import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { readFault, throwIfCancelled } from '../files/file-faults.ts'
import { fileDamaged } from './dataset-errors.ts'

export const pixelFileMagic = 'STRATAPX'
export const pixelFileVersion = 2
export const pageBytes = 4096
/** Of one split: 20 million images of 32x32 in colour. They are mapped where the native addon is, and must fit into memory elsewhere. */
export const maxPixelBytes = 64 * 2 ** 30

export const splitNames = ['train', 'test'] as const
export type SplitName = (typeof splitNames)[number]

const count = z.int().min(0)
const section = z.strictObject({ offset: count, bytes: count, sha256: z.string().length(64) })
const splitIndex = z.strictObject({
  count,
  /** Examples of each class. */
  classCounts: z.array(count),
  pixels: section,
  labels: section,
})
const pixelIndex = z.strictObject({
  height: z.int().min(1),
  width: z.int().min(1),
  channels: z.int().min(1),
  classCount: z.int().min(1),
  fingerprint: z.string().length(64),
  /** Of the training split, per channel, pixels scaled to 0 .. 1. */
  statistics: z.strictObject({
    mean: z.array(z.number()),
    std: z.array(z.number().positive()),
    components: z.array(z.strictObject({ direction: z.array(z.number()), deviation: z.number().min(0) })),
  }),
  train: splitIndex,
  test: splitIndex,
})
export type PixelIndex = z.infer<typeof pixelIndex>
export type PixelSection = z.infer<typeof section>

/**
 * SHA-256 over content alone: shape, number of classes, and the hashes of labels and pixels in order. The same images give the
 * same fingerprint from whatever format, compression or folder they came.
 */
export function fingerprintOf(index: Omit<PixelIndex, 'fingerprint' | 'statistics'>): string {
  const { height, width, channels, classCount, train, test } = index
  const parts = [train, test].flatMap((split) => [split.count, split.labels.sha256, split.pixels.sha256])
  return createHash('sha256')
    .update(['strata dataset 1', height, width, channels, classCount, ...parts].join('\n'))
    .digest('hex')
}

const remedy = 'It is a cache: it will be made again from the source.'

/** Opens a pixel file and checks its index, not its pixels. The caller closes it. */
export async function openPixelFile(path: string): Promise<{ handle: FileHandle; index: PixelIndex }> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r')
    const size = (await handle.stat()).size
    const head = await readBytes(handle, path, 0, Math.min(pageBytes, size))
    if (head.length < pageBytes) throw fileDamaged(path, `at least ${pageBytes} bytes`, `${size}`, remedy)
    const view = new DataView(head.buffer, head.byteOffset)
    const magic = Buffer.from(head.subarray(0, 8)).toString('latin1')
    const version = view.getUint32(8, true)
    if (magic !== pixelFileMagic || version !== pixelFileVersion) {
      throw fileDamaged(
        path,
        `"${pixelFileMagic}" version ${pixelFileVersion}`,
        `"${magic}" version ${version}`,
        remedy,
      )
    }
    const length = view.getUint32(12, true)
    const offset = Number(view.getBigUint64(16, true))
    if (offset + length !== size) throw fileDamaged(path, `${offset + length} bytes`, `${size}`, remedy)
    const json = await readBytes(handle, path, offset, length)
    if (!Buffer.from(head.subarray(24, 56)).equals(sha256(json))) {
      throw fileDamaged(path, 'an index with its checksum', 'another one', remedy)
    }
    const index = pixelIndex.parse(JSON.parse(Buffer.from(json).toString('utf8')))
    return { handle, index }
  } catch (cause) {
    await handle?.close()
    throw readFault(path, cause)
  }
}

/** Reads one section whole, into memory that threads share, and checks its SHA-256. */
export async function readSection(
  handle: FileHandle,
  path: string,
  section: PixelSection,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const hash = createHash('sha256')
  const bytes = new Uint8Array(new SharedArrayBuffer(section.bytes))
  await readInto(bytes, handle, path, section.offset, (chunk) => {
    throwIfCancelled(signal, `reading ${path}`)
    hash.update(chunk)
  })
  if (hash.digest('hex') !== section.sha256) {
    throw fileDamaged(path, `SHA-256 ${section.sha256} at byte ${section.offset}`, 'another one', remedy)
  }
  return bytes
}

/** The same of a file that is mapped into memory; lets others have a turn in between. */
export async function mappedSection(
  map: ArrayBuffer,
  path: string,
  section: PixelSection,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  if (section.offset + section.bytes > map.byteLength) {
    throw fileDamaged(path, `${section.offset + section.bytes} bytes`, `${map.byteLength}`, remedy)
  }
  const bytes = new Uint8Array(map, section.offset, section.bytes)
  const hash = createHash('sha256')
  const step = 8 * 2 ** 20
  for (let done = 0; done < bytes.length; done += step) {
    throwIfCancelled(signal, `reading ${path}`)
    hash.update(bytes.subarray(done, done + step))
    await setImmediate()
  }
  if (hash.digest('hex') !== section.sha256) {
    throw fileDamaged(path, `SHA-256 ${section.sha256} at byte ${section.offset}`, 'another one', remedy)
  }
  return bytes
}

/** Reads `length` bytes at `offset`. */
export async function readBytes(
  handle: FileHandle,
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length)
  await readInto(bytes, handle, path, offset)
  return bytes
}

/** Fills `bytes` from `offset` on, in pieces: one read call returns at most 2 GiB. */
async function readInto(
  bytes: Uint8Array,
  handle: FileHandle,
  path: string,
  offset: number,
  onChunk?: (chunk: Uint8Array) => void,
): Promise<void> {
  const step = 8 * 2 ** 20
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(step, bytes.length - done), offset + done)
    if (bytesRead === 0) throw fileDamaged(path, `${offset + bytes.length} bytes`, `${offset + done}`, remedy)
    onChunk?.(bytes.subarray(done, done + bytesRead))
    done += bytesRead
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
