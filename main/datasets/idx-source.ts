/**
 * A dataset of four idx files (train and test, images and labels), as MNIST and its successors are published. Looks in the
 * user's folder, then in the studio's (where downloads go), then in the operating system's.
 */
import { lstat, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { WayToData } from '../../experiments/data/way-to-data.ts'
import { readFault } from '../files/file-faults.ts'
import { datasetMissing, fileDamaged, notAFile } from './dataset-errors.ts'
import {
  defineDataset,
  type DatasetDownload,
  type DatasetPlace,
  type DatasetSource,
  type LocatedDataset,
  type WriteOptions,
} from './dataset-source.ts'
import { openIdx } from './idx-file.ts'
import type { PixelFileWriter } from './pixel-file-writer.ts'
import { splitNames, type SplitName } from './pixel-file.ts'

/** Folder under `home` for what was downloaded or put there by hand. */
export function datasetFolder(home: string, name: string): string {
  return join(home, 'datasets', name)
}

export interface IdxDataset {
  readonly name: string
  readonly title: string
  readonly summary: string
  readonly classes: readonly string[]
  readonly download: DatasetDownload
  /** Package that installs the files under the system's dataset folder. */
  readonly debianPackage?: string
  /** Other names of the sub-folder under STRATA_DATASETS, for example torchvision's. */
  readonly otherFolders: readonly string[]
}

const parts = ['train-images', 'train-labels', 't10k-images', 't10k-labels'] as const
type Part = (typeof parts)[number]
const partsOf: Readonly<Record<SplitName, readonly [Part, Part]>> = {
  train: ['train-images', 'train-labels'],
  test: ['t10k-images', 't10k-labels'],
}

interface LocatedIdx extends LocatedDataset {
  readonly files: Readonly<Record<Part, string>>
}

const side = 28

export function idxDataset(dataset: IdxDataset): DatasetSource {
  const todo = `Replace the file, or delete it and download it again (Data view, or: strata data download ${dataset.name}).`

  async function locate(place: DatasetPlace): Promise<LocatedIdx> {
    const folders = candidateFolders(dataset, place)
    let incomplete: string | undefined
    for (const folder of folders) {
      const found = await findParts(folder)
      const missing = parts.filter((part) => found[part] === undefined)
      if (missing.length === 0) {
        const files = found as Record<Part, string>
        return { location: folder, identity: await identify(files), files }
      }
      if (missing.length < parts.length) {
        incomplete ??= `${folder} lacks ${missing.map((part) => fileNames(part)[0]).join(', ')}`
      }
    }
    throw datasetMissing(dataset.name, incomplete ?? 'none of its files was found', folders, waysToGet(dataset, place))
  }

  async function write(located: LocatedIdx, writer: PixelFileWriter, options: WriteOptions): Promise<void> {
    const { signal } = options
    const labels = {
      train: await readLabels(located.files['train-labels'], dataset.classes.length, todo, signal),
      test: await readLabels(located.files['t10k-labels'], dataset.classes.length, todo, signal),
    }
    const total = (labels.train.length + labels.test.length) * side * side
    let done = 0
    for (const split of splitNames) {
      const [imagePart, labelPart] = partsOf[split]
      const images = await openIdx(located.files[imagePart], { rank: 3, todo, signal })
      try {
        checkImages(images.path, images.dimensions, located.files[labelPart], labels[split].length, todo)
        await writer.writeSplit(split, labels[split], withProgress(images.elements))
      } finally {
        await images.close()
      }
    }

    async function* withProgress(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const piece of pieces) {
        yield piece
        done += piece.length
        options.onProgress?.(done, total)
      }
    }
  }

  const { name, title, summary, classes, download } = dataset
  const shape = { height: side, width: side, channels: 1, trainCount: 60_000, testCount: 10_000 }
  return defineDataset<LocatedIdx>({ name, title, summary, classes, download, ...shape, locate, write })
}

function candidateFolders(dataset: IdxDataset, place: DatasetPlace): string[] {
  const configured = (place.env ?? process.env).STRATA_DATASETS
  const names = [dataset.name, ...dataset.otherFolders]
  return [
    ...(configured ? names.map((name) => join(configured, name)) : []),
    datasetFolder(place.home, dataset.name),
    join(place.systemFolder ?? '/usr/share/datasets', dataset.name),
  ]
}

function waysToGet({ name, download, debianPackage }: IdxDataset, place: DatasetPlace): WayToData[] {
  return [
    { way: 'download', name, bytes: download.files.reduce((sum, file) => sum + file.bytes, 0) },
    ...(debianPackage === undefined ? [] : [{ way: 'debian-package' as const, package: debianPackage }]),
    { way: 'put-files', files: parts.map((part) => `${fileNames(part)[0]}`), folder: datasetFolder(place.home, name) },
  ]
}

/** The compressed file first: a download replaces that one. `train-images.idx3-ubyte` is what some unpackers make of the name. */
function fileNames(part: Part): string[] {
  const rank = part.endsWith('images') ? 3 : 1
  return [`${part}-idx${rank}-ubyte.gz`, `${part}-idx${rank}-ubyte`, `${part}.idx${rank}-ubyte`]
}

async function findParts(folder: string): Promise<Partial<Record<Part, string>>> {
  const found: Partial<Record<Part, string>> = {}
  for (const part of parts) {
    for (const name of fileNames(part)) {
      const path = join(folder, name)
      // lstat: a link that leads nowhere is a broken file to tell about, not an absent one.
      if ((await lstat(path).catch((cause: unknown) => absentOrFault(path, cause))) === undefined) continue
      found[part] = path
      break
    }
  }
  return found
}

function absentOrFault(path: string, cause: unknown): undefined {
  const code = (cause as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  throw readFault(path, cause)
}

async function identify(files: Readonly<Record<Part, string>>): Promise<string> {
  const lines: string[] = []
  for (const part of parts) {
    const path = files[part]
    const found = await stat(path).catch((cause: unknown) => {
      throw readFault(path, cause)
    })
    if (!found.isFile()) throw notAFile(path, found.isDirectory() ? 'a folder' : 'a device, pipe or socket')
    lines.push(`${path}:${found.size}:${found.mtimeMs}`)
  }
  return lines.join('\n')
}

async function readLabels(
  path: string,
  classCount: number,
  todo: string,
  signal: AbortSignal | undefined,
): Promise<Uint16Array> {
  const file = await openIdx(path, { rank: 1, todo, signal })
  const pieces: Uint8Array[] = []
  for await (const piece of file.elements) {
    const wrong = piece.findIndex((label) => label >= classCount)
    if (wrong >= 0) {
      const position = pieces.reduce((sum, earlier) => sum + earlier.length, wrong)
      throw fileDamaged(path, `labels from 0 to ${classCount - 1}`, `${piece[wrong]} at position ${position}`, todo)
    }
    pieces.push(piece)
  }
  return Uint16Array.from(Buffer.concat(pieces))
}

function checkImages(
  path: string,
  dimensions: readonly number[],
  labelPath: string,
  labelCount: number,
  todo: string,
): void {
  const [count, height, width] = dimensions
  if (height !== side || width !== side) {
    throw fileDamaged(path, `images of ${side} x ${side} pixels`, `${height} x ${width}`, todo)
  }
  if (count !== labelCount) {
    const expected = `as many images as ${labelPath} has labels (${labelCount})`
    throw fileDamaged(path, expected, `${count}: one of the two belongs elsewhere`, todo)
  }
  if (count === 0) throw fileDamaged(path, 'at least one image', '0', todo)
}
