/** Opens a dataset for training or evaluation: its pixels and labels in memory, checked against their hashes. */
import type { ChannelStatistics } from './channel-statistics.ts'
import type { DatasetSource } from './dataset-source.ts'
import { openPixelFile, readSection, type PixelIndex } from './pixel-file.ts'
import { withPreparedFile, type PrepareOptions } from './prepare-dataset.ts'
import { findDataset } from './registry.ts'

/** Images and labels of one split. */
export interface DatasetSplit {
  readonly count: number
  /** `count` images of height x width x channels bytes, back to back (NHWC). */
  readonly pixels: Uint8Array
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
  return openSource(findDataset(name), options)
}

/** The same for a source that need not be in the registry. */
export async function openSource(source: DatasetSource, options: OpenOptions): Promise<Dataset> {
  return withPreparedFile(source, options, async (path) => {
    const { handle, index } = await openPixelFile(path)
    try {
      const readSplit = async (split: PixelIndex['train']): Promise<DatasetSplit> => {
        const pixels = await readSection(handle, path, split.pixels, options.signal)
        const labels = await readSection(handle, path, split.labels, options.signal)
        return { count: split.count, pixels, labels: new Uint16Array(labels.buffer), classCounts: split.classCounts }
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
