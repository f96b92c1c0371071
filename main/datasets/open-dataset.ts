/**
 * Opens a dataset for training or evaluation, checked against its hashes: large ones are mapped where the native addon is, so that trainers share
 * them and none needs memory for them, others read.
 */
import type { ChannelStatistics } from './channel-statistics.ts'
import type { DatasetSource } from './dataset-source.ts'
import { loadNative } from '../../native/load-addon.ts'
import { mappedSection, openPixelFile, readSection, type PixelIndex, type PixelSection } from './pixel-file.ts'
import { withPreparedFile, type PrepareOptions } from './prepare-dataset.ts'
import { findDataset } from './registry.ts'

/**
 * Pixels above this are mapped, below read. A map costs no memory, but a file that somebody shortens meanwhile ends the process, so it is for those
 * that would not fit otherwise.
 */
const mappedFrom = 512 * 2 ** 20

/** Images and labels of one split. */
export interface DatasetSplit {
  readonly count: number
  /** `count` images of height x width x channels bytes, back to back (NHWC). */
  readonly pixels: Uint8Array
  /** Where a file that is mapped has them: other threads map it themselves. What was read lies in memory that threads share. */
  readonly mapped?: { readonly file: string; readonly offset: number; readonly bytes: number }
  readonly labels: Uint16Array
  /** Examples of each class. */
  readonly classCounts: readonly number[]
}

export interface Dataset {
  readonly name: string
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Names of the classes in label order. */
  readonly classes: readonly string[]
  readonly train: DatasetSplit
  readonly test: DatasetSplit
  /** SHA-256 over shape, labels and pixels: independent of format, compression and folder. */
  readonly fingerprint: string
  /** Of the whole training split, before any limit or validation share, pixels scaled to 0 .. 1. */
  readonly statistics: ChannelStatistics
}

export type OpenOptions = PrepareOptions

/**
 * Opens dataset `name`; prepares its pixel file first when that was not done yet, or makes it again when it is damaged.
 * Throws `unknown-dataset`, `dataset-missing`, `file-damaged`, `file-unreadable`, `disk-full`, `file-write-failed`, `cancelled`.
 */
export async function openDataset(name: string, options: OpenOptions): Promise<Dataset> {
  return openSource(findDataset(name, options.home), options)
}

/** The same for a source that need not be in the registry. */
export async function openSource(source: DatasetSource, options: OpenOptions): Promise<Dataset> {
  return withPreparedFile(source, options, async (path) => {
    const { handle, index } = await openPixelFile(path)
    const native = loadNative()
    try {
      const size = index.train.pixels.bytes + index.test.pixels.bytes
      const map = native.available && size > mappedFrom ? native.addon.mapFile(path) : undefined
      const readPixels = (section: PixelSection) =>
        map ? mappedSection(map, path, section, options.signal) : readSection(handle, path, section, options.signal)
      const readSplit = async (split: PixelIndex['train']): Promise<DatasetSplit> => {
        const pixels = await readPixels(split.pixels)
        const labels = await readSection(handle, path, split.labels, options.signal)
        const { count, classCounts } = split
        const { offset, bytes } = split.pixels
        const mapped = map && { mapped: { file: path, offset, bytes } }
        return { count, pixels, labels: new Uint16Array(labels.buffer), classCounts, ...mapped }
      }
      const { height, width, channels, fingerprint, statistics } = index
      const train = await readSplit(index.train)
      const test = await readSplit(index.test)
      const { name, classes } = source
      return { name, height, width, channels, classes, train, test, fingerprint, statistics }
    } finally {
      await handle.close()
    }
  })
}
