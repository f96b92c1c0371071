/**
 * CIFAR-10 and CIFAR-100: photographs of 32x32, in their binary version. A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images,
 * 2009. A record is one label (CIFAR-100: the coarse one, then the fine one, which counts) and 1024 bytes each of red, green and blue.
 * Sizes and SHA-256 are those of the two archives whose MD5 the authors publish.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readFault, throwIfCancelled } from '../files/file-faults.ts'
import { datasetMissing, fileDamaged } from './dataset-errors.ts'
import {
  defineDataset,
  type DatasetDownload,
  type DatasetPlace,
  type DatasetSource,
  type LocatedDataset,
} from './dataset-source.ts'
import { datasetFolder } from './idx-source.ts'
import { splitNames, type SplitName } from './pixel-file.ts'

interface CifarDataset {
  readonly name: string
  readonly title: string
  readonly summary: string
  readonly classes: readonly string[]
  readonly labelBytes: 1 | 2
  /** Names of its folder once unpacked. */
  readonly folder: string
  readonly files: Readonly<Record<SplitName, readonly string[]>>
  readonly archive: { readonly name: string; readonly bytes: number; readonly sha256: string }
}

const published = 'https://www.cs.toronto.edu/~kriz/'

interface LocatedCifar extends LocatedDataset {
  readonly files: Readonly<Record<SplitName, readonly string[]>>
}

const side = 32
const planeBytes = side * side
const recordsAtOnce = 256

export function cifarDataset(dataset: CifarDataset): DatasetSource {
  const { name, title, summary, classes, labelBytes, archive } = dataset
  const recordBytes = labelBytes + 3 * planeBytes
  const todo = `Delete the file and download it again (Data view, or: strata data download ${name}).`
  const download: DatasetDownload = {
    mirrors: [published],
    files: [{ ...archive, unpack: [...dataset.files.train, ...dataset.files.test] }],
  }

  async function locate(place: DatasetPlace): Promise<LocatedCifar> {
    const configured = (place.env ?? process.env).STRATA_DATASETS
    const own = datasetFolder(place.home, name)
    const bases = [
      ...(configured ? [join(configured, name), configured] : []),
      own,
      join(place.systemFolder ?? '/usr/share/datasets', name),
    ]
    const folders = bases.flatMap((base) => [base, join(base, dataset.folder)])
    for (const folder of folders) {
      const files = { train: inFolder(folder, 'train'), test: inFolder(folder, 'test') }
      const identity: string[] = []
      for (const file of [...files.train, ...files.test]) {
        const found = await stat(file).catch(() => undefined)
        if (found?.isFile()) identity.push(`${file}:${found.size}:${found.mtimeMs}`)
      }
      if (identity.length === files.train.length + files.test.length)
        return { location: folder, identity: identity.join('\n'), files }
    }
    throw datasetMissing(name, 'its binary files were not found', folders, [
      { way: 'download', name, bytes: archive.bytes },
      { way: 'another-computer', name, files: [archive.name], from: published },
      { way: 'unpack', file: archive.name, folder: own },
    ])
  }

  const inFolder = (folder: string, split: SplitName): string[] =>
    dataset.files[split].map((file) => join(folder, file))

  async function* records(file: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
    let rest = Buffer.alloc(0)
    try {
      for await (const piece of createReadStream(file, { highWaterMark: recordsAtOnce * recordBytes })) {
        throwIfCancelled(signal, `reading ${file}`)
        rest = Buffer.concat([rest, piece as Buffer])
        const whole = rest.length - (rest.length % recordBytes)
        if (whole > 0) yield rest.subarray(0, whole)
        rest = rest.subarray(whole)
      }
    } catch (cause) {
      throw readFault(file, cause)
    }
    if (rest.length > 0)
      throw fileDamaged(file, `records of ${recordBytes} bytes`, `${rest.length} bytes too many at the end`, todo)
  }

  async function readLabels(files: readonly string[], signal: AbortSignal | undefined): Promise<Uint16Array> {
    const labels: number[] = []
    for (const file of files) {
      const before = labels.length
      for await (const block of records(file, signal)) {
        for (let at = 0; at < block.length; at += recordBytes) {
          const label = block[at + labelBytes - 1] as number
          if (label >= classes.length) {
            throw fileDamaged(
              file,
              `labels from 0 to ${classes.length - 1}`,
              `${label} in record ${labels.length - before}`,
              todo,
            )
          }
          labels.push(label)
        }
      }
      if (labels.length === before) throw fileDamaged(file, 'at least one record', 'none', todo)
    }
    return Uint16Array.from(labels)
  }

  return defineDataset<LocatedCifar>({
    ...{ name, title, summary, classes, height: side, width: side, channels: 3, trainCount: 50_000, testCount: 10_000 },
    download,
    locate,
    async write({ files }, writer, { signal, onProgress }) {
      const labels = { train: await readLabels(files.train, signal), test: await readLabels(files.test, signal) }
      const total = (labels.train.length + labels.test.length) * 3 * planeBytes
      let done = 0
      for (const split of splitNames) await writer.writeSplit(split, labels[split], images(files[split]))

      async function* images(paths: readonly string[]): AsyncGenerator<Uint8Array> {
        for (const file of paths) {
          for await (const block of records(file, signal)) {
            const pixels = interleave(block, labelBytes, recordBytes)
            yield pixels
            done += pixels.length
            onProgress?.(done, total)
          }
        }
      }
    },
  })
}

/** Planes to channels last. */
function interleave(block: Buffer, labelBytes: number, recordBytes: number): Uint8Array {
  const count = block.length / recordBytes
  const pixels = new Uint8Array(count * 3 * planeBytes)
  for (let record = 0; record < count; record++) {
    const from = record * recordBytes + labelBytes
    const to = record * 3 * planeBytes
    for (let pixel = 0; pixel < planeBytes; pixel++) {
      for (let channel = 0; channel < 3; channel++) {
        pixels[to + 3 * pixel + channel] = block[from + channel * planeBytes + pixel] as number
      }
    }
  }
  return pixels
}

export const cifar10 = cifarDataset({
  name: 'cifar-10',
  title: 'CIFAR-10',
  summary: 'Photographs of ten kinds of things and animals, 32x32 in colour',
  classes: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
  labelBytes: 1,
  folder: 'cifar-10-batches-bin',
  files: { train: [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`), test: ['test_batch.bin'] },
  archive: {
    name: 'cifar-10-binary.tar.gz',
    bytes: 170_052_171,
    sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
  },
})

export const cifar100 = cifarDataset({
  name: 'cifar-100',
  title: 'CIFAR-100',
  summary: 'Photographs of a hundred kinds of things and animals, 32x32 in colour',
  classes:
    'apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm'.split(
      ' ',
    ),
  labelBytes: 2,
  folder: 'cifar-100-binary',
  files: { train: ['train.bin'], test: ['test.bin'] },
  archive: {
    name: 'cifar-100-binary.tar.gz',
    bytes: 168_513_733,
    sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
  },
})
