/**
 * The safetensors format (github.com/huggingface/safetensors, "Format"): 8 bytes length of the header, a JSON header with type, shape and
 * byte range of each tensor and a table of strings, then the raw little-endian data. Here all tensors are 32-bit floats.
 */
import { endianness } from 'node:os'
import { z } from 'zod'
import { StudioError } from '../../experiments/errors/studio-error.ts'

export interface NamedTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export interface TensorFile {
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: readonly NamedTensor[]
}

const metadataKey = '__metadata__'
const maxHeaderBytes = 100 * 1024 * 1024
const entrySchema = z.strictObject({
  dtype: z.literal('F32'),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
})
const headerSchema = z.record(z.string(), z.unknown())
const metadataSchema = z.record(z.string(), z.string())

/** The bytes of a file, piece by piece: the data is not copied. */
export function* encodeSafetensors({ metadata, tensors }: TensorFile): Generator<Uint8Array> {
  if (endianness() !== 'LE') throw new Error('tensors are written on little-endian machines only')
  const header: Record<string, unknown> = { [metadataKey]: metadata }
  let offset = 0
  for (const { name, shape, data } of tensors) {
    if (Object.hasOwn(header, name)) throw new Error(`two tensors are named "${name}"`)
    if (elements(shape) !== data.length)
      throw new Error(`"${name}" has ${data.length} elements, its shape says otherwise`)
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] }
    offset += data.byteLength
  }
  const json = Buffer.from(JSON.stringify(header))
  // Padded with spaces, so that the data begins at a multiple of 8.
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')])
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(padded.length))
  yield length
  yield padded
  for (const { data } of tensors) yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** Throws `file-damaged`; `file` is for the message. Nothing is allocated beyond what the bytes hold. */
export function decodeSafetensors(bytes: Uint8Array, file: string): TensorFile {
  const damaged = (reason: string): StudioError => new StudioError('file-damaged', `${file}: ${reason}`, { file })
  if (bytes.length < 8) throw damaged('expected at least 8 bytes of header')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerBytes = Number(view.getBigUint64(0, true))
  const dataStart = 8 + headerBytes
  if (headerBytes > maxHeaderBytes || dataStart > bytes.length) throw damaged('the header is longer than the file')
  const header = parseHeader(Buffer.from(bytes.buffer, bytes.byteOffset + 8, headerBytes).toString('utf8'))
  if (header === undefined) throw damaged('the header is not what safetensors has')

  const tensors: NamedTensor[] = []
  let end = 0
  for (const [name, value] of Object.entries(header.entries)) {
    const { success, data: entry } = entrySchema.safeParse(value)
    if (!success) throw damaged(`tensor "${name}" is not a 32-bit float tensor`)
    const [from, to] = entry.data_offsets
    if (from !== end || to - from !== 4 * elements(entry.shape))
      throw damaged(`tensor "${name}" has a wrong byte range`)
    if (dataStart + to > bytes.length) throw damaged(`the file ends within tensor "${name}"`)
    tensors.push({ name, shape: entry.shape, data: floats(bytes, dataStart + from, dataStart + to) })
    end = to
  }
  if (dataStart + end !== bytes.length) throw damaged('there are bytes after the last tensor')
  return { metadata: header.metadata, tensors }
}

function parseHeader(json: string): { metadata: Record<string, string>; entries: Record<string, unknown> } | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch {
    return undefined
  }
  const header = headerSchema.safeParse(parsed)
  if (!header.success) return undefined
  const { [metadataKey]: metadata, ...entries } = header.data
  const table = metadataSchema.safeParse(metadata ?? {})
  return table.success ? { metadata: table.data, entries } : undefined
}

function floats(bytes: Uint8Array, from: number, to: number): Float32Array {
  const copy = new Uint8Array(to - from)
  copy.set(bytes.subarray(from, to))
  return new Float32Array(copy.buffer)
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1)
}
