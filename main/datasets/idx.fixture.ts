/** Small idx files for tests: an image is a ramp that depends on its position, so that no two are alike. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { DatasetDownload, DatasetSource } from './dataset-source.ts'
import { idxDataset } from './idx-source.ts'

export function idxBytes(dimensions: readonly number[], elements: Uint8Array, type = 0x08): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length)
  header[2] = type
  header[3] = dimensions.length
  dimensions.forEach((dimension, i) => header.writeUInt32BE(dimension, 4 + 4 * i))
  return Buffer.concat([header, elements])
}

export function imageElements(count: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: count * 784 }, (_, i) => (i * seed + Math.floor(i / 784)) & 0xff)
}

export function labelElements(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => i % 3)
}

export const trainCount = 30
export const testCount = 12

/** The four files of a tiny dataset of three classes, by name. */
export function tinyFiles(seed = 7): Record<string, Buffer> {
  return {
    'train-images-idx3-ubyte': idxBytes([trainCount, 28, 28], imageElements(trainCount, seed)),
    'train-labels-idx1-ubyte': idxBytes([trainCount], labelElements(trainCount)),
    't10k-images-idx3-ubyte': idxBytes([testCount, 28, 28], imageElements(testCount, seed + 2)),
    't10k-labels-idx1-ubyte': idxBytes([testCount], labelElements(testCount)),
  }
}

export function packed(files: Readonly<Record<string, Buffer>>): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]))
}

export async function writeFiles(folder: string, files: Readonly<Record<string, Buffer>>): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes)
}

export function tinySource(download: DatasetDownload = { mirrors: [], files: [] }): DatasetSource {
  return idxDataset({
    name: 'tiny',
    title: 'Tiny',
    summary: 'Three classes of ramps',
    classes: ['a', 'b', 'c'],
    debianPackage: 'dataset-tiny',
    otherFolders: ['Tiny/raw'],
    download,
  })
}
