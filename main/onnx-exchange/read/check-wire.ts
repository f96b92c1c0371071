/**
 * Walks the wire form of a protobuf message before anything is built from it: lengths that lead out of their message, deep nesting, and
 * files that are small but would unfold into very many objects are refused here. Wire format: protobuf.dev/programming-guides/encoding.
 */
import type { DescField, DescMessage } from '@bufbuild/protobuf'
import { StudioError } from '../../../experiments/errors/studio-error.ts'

export interface WireLimits {
  /** Messages inside of messages. */
  readonly depth: number
  /** Messages in all. */
  readonly messages: number
  /** Numbers in lists: each becomes an object. */
  readonly numbers: number
}

export const modelLimits: WireLimits = { depth: 40, messages: 2_000_000, numbers: 4_000_000 }

/** Field `floatsField` of `message` has the wire form of `rawField`: a list of floats that may be read as bytes. */
export interface RawFloats {
  readonly message: DescMessage
  readonly floatsField: number
  readonly rawField: number
}

/** How a field is written. */
const varintWire = 0
const fixed64Wire = 1
const bytesWire = 2
const fixed32Wire = 5

/**
 * @param bytes of one message of type `schema`. Where `raw` applies, the field's number is changed in place, so that millions of weights
 * become one view of the file instead of a list of numbers.
 * @throws StudioError `file-damaged` or `too-large`, with the place in the file
 */
export function checkWire(schema: DescMessage, bytes: Uint8Array, limits: WireLimits, raw?: RawFloats): void {
  new WireWalk(bytes, limits, raw).message(schema, 0, bytes.length, schema.name, 1)
}

class WireWalk {
  private readonly bytes: Uint8Array
  private readonly limits: WireLimits
  private readonly raw: RawFloats | undefined
  private readonly fieldsOf = new Map<DescMessage, ReadonlyMap<number, DescField>>()
  private at = 0
  private messages = 0
  private numbers = 0

  constructor(bytes: Uint8Array, limits: WireLimits, raw: RawFloats | undefined) {
    this.bytes = bytes
    this.limits = limits
    this.raw = raw
  }

  message(schema: DescMessage, start: number, end: number, place: string, depth: number): void {
    if (depth > this.limits.depth) throw this.tooLarge(place, `messages nest deeper than ${this.limits.depth} levels`)
    this.messages += 1
    if (this.messages > this.limits.messages) throw this.tooLarge(place, `more than ${this.limits.messages} parts`)
    const fields = this.fields(schema)
    const floats: { readonly tagAt: number; readonly count: number }[] = []
    this.at = start
    while (this.at < end) {
      const tagAt = this.at
      const tag = this.varint(end, place)
      const number = Math.floor(tag / 8)
      if (number === 0) throw this.damaged(place, 'field 0 is not allowed')
      const field = fields.get(number)
      const inside = field === undefined ? place : `${place}.${field.name}`
      const wire = tag % 8
      if (field && !wiresOf(field).includes(wire))
        throw this.damaged(inside, `has wire type ${wire}, which it never has`)
      if (wire === bytesWire) {
        const length = this.varint(end, inside)
        const from = this.at
        if (length > end - from) {
          throw this.damaged(inside, `${length} bytes are announced, but ${end - from} are left`)
        }
        this.bytesField(field, from, from + length, inside, depth)
        this.at = from + length
        if (this.raw?.message === schema && number === this.raw.floatsField) floats.push({ tagAt, count: length / 4 })
      } else {
        this.skip(wire, end, inside)
        if (field?.fieldKind === 'list') this.count(1, inside)
      }
    }
    this.takeAsRaw(floats, place)
  }

  /** Several pieces of one list have to be joined, which only the decoder does: as a list of numbers. */
  private takeAsRaw(floats: readonly { readonly tagAt: number; readonly count: number }[], place: string): void {
    const [only] = floats
    if (!only || !this.raw) return
    if (floats.length === 1 && this.bytes[only.tagAt] === this.raw.floatsField * 8 + bytesWire) {
      this.bytes[only.tagAt] = this.raw.rawField * 8 + bytesWire
    } else for (const { count } of floats) this.count(count, place)
  }

  private bytesField(field: DescField | undefined, from: number, end: number, place: string, depth: number): void {
    if (field?.message) {
      this.message(field.message, from, end, place, depth + 1)
      return
    }
    if (field?.fieldKind !== 'list') return
    const isFloats =
      this.raw !== undefined && field.parent === this.raw.message && field.number === this.raw.floatsField
    if (!isFloats) this.count(this.listLength(field, end - from), place)
  }

  /** At most: a varint has one byte or more. */
  private listLength(field: DescField, bytes: number): number {
    if (field.scalar === undefined) return bytes
    const size = elementBytes[field.scalar]
    if (size === 'text') return 1
    return size === undefined ? bytes : Math.ceil(bytes / size)
  }

  private count(numbers: number, place: string): void {
    this.numbers += numbers
    if (this.numbers <= this.limits.numbers) return
    throw this.tooLarge(place, `more than ${this.limits.numbers} numbers in lists; write weights as raw data`)
  }

  private skip(wire: number, end: number, place: string): void {
    if (wire === varintWire) {
      this.varint(end, place)
      return
    }
    const bytes = wire === fixed64Wire ? 8 : wire === fixed32Wire ? 4 : undefined
    if (bytes === undefined) throw this.damaged(place, `wire type ${wire} does not occur in ONNX files`)
    this.at += bytes
    if (this.at > end) throw this.damaged(place, 'ends in the middle of a number')
  }

  /** Values above 2^53 lose their last digits: only sizes and tags are looked at, and such sizes are refused anyway. */
  private varint(end: number, place: string): number {
    let value = 0
    let factor = 1
    for (let i = 0; i < 10; i++) {
      const byte = this.at < end ? this.bytes[this.at] : undefined
      if (byte === undefined) throw this.damaged(place, 'ends in the middle of a number')
      this.at += 1
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
    throw this.damaged(place, 'has a number of more than 10 bytes')
  }

  private fields(schema: DescMessage): ReadonlyMap<number, DescField> {
    const known = this.fieldsOf.get(schema) ?? new Map(schema.fields.map((field) => [field.number, field]))
    this.fieldsOf.set(schema, known)
    return known
  }

  private damaged(place: string, reason: string): StudioError {
    return new StudioError('file-damaged', `${place} at byte ${this.at}: ${reason}`, { place, byte: this.at })
  }

  private tooLarge(place: string, reason: string): StudioError {
    return new StudioError('too-large', `${place} at byte ${this.at}: ${reason}`, { place, byte: this.at })
  }
}

/** Bytes of an element by protobuf's number of the scalar type; lists of texts are counted by the piece. */
const elementBytes: Readonly<Record<number, number | 'text'>> = {
  1: 8, // double
  2: 4, // float
  6: 8, // fixed64
  7: 4, // fixed32
  9: 'text', // string
  12: 'text', // bytes
  15: 4, // sfixed32
  16: 8, // sfixed64
}

/** The decoder trusts the wire type, so it has to be one that the field can have. Lists of numbers come packed or one by one. */
function wiresOf(field: DescField): readonly number[] {
  if (field.message) return [bytesWire]
  const size = field.scalar === undefined ? undefined : elementBytes[field.scalar]
  if (size === 'text') return [bytesWire]
  const single = size === 8 ? fixed64Wire : size === 4 ? fixed32Wire : varintWire
  return field.fieldKind === 'list' ? [single, bytesWire] : [single]
}
