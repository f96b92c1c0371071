/**
 * Writes a pixel file (see pixel-file.ts) as a stream: labels and pixels are given piece by piece, so that a dataset larger than
 * memory can be prepared. The file appears under its name only when it is whole and flushed.
 */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFault } from '../files/file-faults.ts'
import { fileTooLarge } from './dataset-errors.ts'
import {
  fingerprintOf,
  maxPixelBytes,
  pageBytes,
  pixelFileMagic,
  pixelFileVersion,
  splitNames,
  type PixelIndex,
  type PixelSection,
  type SplitName,
} from './pixel-file.ts'
import { ChannelHistogram } from './channel-statistics.ts'

export interface PixelShape {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly classCount: number
}

export class PixelFileWriter {
  readonly shape: PixelShape
  readonly #path: string
  readonly #handle: FileHandle
  readonly #labels: Record<SplitName, Uint16Array> = { train: new Uint16Array(), test: new Uint16Array() }
  readonly #pixels: Partial<Record<SplitName, PixelSection>> = {}
  readonly #histogram: ChannelHistogram
  #position = pageBytes

  private constructor(path: string, handle: FileHandle, shape: PixelShape) {
    this.#path = path
    this.#handle = handle
    this.shape = shape
    this.#histogram = new ChannelHistogram(shape.channels)
  }

  /** Begins a file in `folder` under a temporary name that carries this process's id. */
  static async create(folder: string, name: string, shape: PixelShape): Promise<PixelFileWriter> {
    const path = join(folder, `.${name}.${process.pid}.${randomUUID()}.partial`)
    try {
      await mkdir(folder, { recursive: true })
      return new PixelFileWriter(path, await open(path, 'wx+'), shape)
    } catch (cause) {
      throw writeFault(path, cause)
    }
  }

  /** Bytes of one image. */
  get imageBytes(): number {
    return this.shape.height * this.shape.width * this.shape.channels
  }

  /**
   * Writes one split, `train` before `test`: its labels, and its pixels in pieces of any length. An error of `pixels` passes through.
   */
  async writeSplit(split: SplitName, labels: Uint16Array, pixels: AsyncIterable<Uint8Array>): Promise<void> {
    const expected = labels.length * this.imageBytes
    if (expected > maxPixelBytes) throw fileTooLarge(this.#path, expected, maxPixelBytes)
    if (labels.some((label) => label >= this.shape.classCount)) throw new Error('a label is out of range')
    const hash = createHash('sha256')
    const offset = this.#position
    for await (const piece of pixels) {
      hash.update(piece)
      if (split === 'train') this.#histogram.add(piece)
      await this.#write(piece)
    }
    const bytes = this.#position - offset
    if (bytes !== expected) throw new Error(`${labels.length} labels came with ${bytes} bytes of pixels`)
    this.#labels[split] = labels
    this.#pixels[split] = { offset, bytes, sha256: hash.digest('hex') }
    await this.#pad()
  }

  /** Completes the file and moves it to where `place` says for its index. */
  async finish(place: (index: PixelIndex) => string): Promise<PixelIndex> {
    const [train, test] = [await this.#finishSplit('train'), await this.#finishSplit('test')]
    const unnamed = { ...this.shape, train, test }
    const index: PixelIndex = {
      ...unnamed,
      fingerprint: fingerprintOf(unnamed),
      statistics: this.#histogram.statistics(),
    }
    const json = Buffer.from(JSON.stringify(index))
    const head = Buffer.alloc(pageBytes)
    head.write(pixelFileMagic, 'latin1')
    head.writeUInt32LE(pixelFileVersion, 8)
    head.writeUInt32LE(json.length, 12)
    head.writeBigUInt64LE(BigInt(this.#position), 16)
    createHash('sha256').update(json).digest().copy(head, 24)
    await this.#write(json)
    this.#position = 0
    await this.#write(head)
    try {
      await this.#handle.sync()
      await this.#handle.close()
      await rename(this.#path, place(index))
    } catch (cause) {
      throw writeFault(this.#path, cause)
    }
    return index
  }

  /** Removes what was written; does nothing after `finish`. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined)
    await rm(this.#path, { force: true }).catch(() => undefined)
  }

  async #finishSplit(split: SplitName): Promise<PixelIndex[SplitName]> {
    const pixels = this.#pixels[split]
    if (!pixels) throw new Error(`a pixel file needs ${splitNames.join(' and ')}, ${split} was not written`)
    const labels = this.#labels[split]
    const bytes = Buffer.alloc(labels.length * 2)
    const classCounts = new Array<number>(this.shape.classCount).fill(0)
    labels.forEach((label, i) => {
      bytes.writeUInt16LE(label, i * 2)
      classCounts[label]! += 1
    })
    const offset = this.#position
    await this.#write(bytes)
    await this.#pad()
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return { count: labels.length, classCounts, pixels, labels: { offset, bytes: bytes.length, sha256 } }
  }

  async #pad(): Promise<void> {
    const rest = this.#position % pageBytes
    if (rest !== 0) await this.#write(new Uint8Array(pageBytes - rest))
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#position)
        done += bytesWritten
        this.#position += bytesWritten
      }
    } catch (cause) {
      throw writeFault(this.#path, cause)
    }
  }
}
