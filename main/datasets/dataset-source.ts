/**
 * A dataset the studio knows: what it is, where its files may lie, and how to turn them into raw pixels. One file per dataset
 * declares one source and adds a line to registry.ts; listing, opening, caching, downloading and sampling work from this alone.
 */
import type { PixelFileWriter } from './pixel-file-writer.ts'

/** Where datasets are looked for. */
export interface DatasetPlace {
  /** Home folder of the studio: `<home>/datasets/<name>` holds files, `<home>/cache/datasets` what was made of them. */
  readonly home: string
  /** Default: the environment of this process. STRATA_DATASETS names a folder with one sub-folder per dataset. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Where the operating system's packages put datasets. Default `/usr/share/datasets`. */
  readonly systemFolder?: string
}

/** Files of a dataset that were found, not yet read. */
export interface LocatedDataset {
  /** The folder, or `built in`. */
  readonly location: string
  /** Changes whenever the files might have: names, sizes and times, or the version of a generator. */
  readonly identity: string
}

export interface WriteOptions {
  readonly signal?: AbortSignal | undefined
  /** Bytes of pixels done so far and in all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** A file that can be fetched from the internet. */
export interface DownloadableFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
  /** Of a gzipped tar archive: the files that are wanted of it, by the last part of their names. They take its place. */
  readonly unpack?: readonly string[]
}

export interface DatasetDownload {
  /** Base addresses, tried in order; each ends in a slash. */
  readonly mirrors: readonly string[]
  readonly files: readonly DownloadableFile[]
}

export interface DatasetSource<Located extends LocatedDataset = LocatedDataset> {
  /** What experiments write as `data.dataset`: lower case, digits, hyphens. */
  readonly name: string
  readonly title: string
  readonly summary: string
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Names of the classes in label order. */
  readonly classes: readonly string[]
  /** Examples in the published set; what was really read is known once it is prepared. */
  readonly trainCount: number
  readonly testCount: number
  readonly download: DatasetDownload | null
  /** Of an imported dataset: the pixel file itself, and what it holds. Nothing is located or prepared then. */
  readonly pixelFile?: string
  readonly fingerprint?: string
  /** Finds the files without reading them; throws `dataset-missing` or `file-unreadable` with what to do. */
  locate(place: DatasetPlace): Promise<Located>
  /** Streams labels and pixels into `writer`, checking everything; throws `file-damaged`. */
  write(located: Located, writer: PixelFileWriter, options: WriteOptions): Promise<void>
}

/** Keeps the type of `locate`'s result for `write`, and hides it from everyone else. */
export function defineDataset<Located extends LocatedDataset>(source: DatasetSource<Located>): DatasetSource {
  return source
}
