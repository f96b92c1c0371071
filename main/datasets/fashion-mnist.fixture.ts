/** The files of Fashion-MNIST as they are published, made again from Debian's package. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

export const packagedFashionMnist = '/usr/share/datasets/fashion-mnist'
export const isFashionMnistPackaged = existsSync(packagedFashionMnist)

/** Debian stores the published compressed data with `gzip -n`: put name and time back, and it is the published file again. */
export async function publishedFile(name: string): Promise<Buffer> {
  const bytes = await readFile(join(packagedFashionMnist, name))
  const header = Buffer.from(bytes.subarray(0, 10))
  header[3] = 0x08
  header.writeUInt32LE(name.startsWith('train') ? 1_504_176_606 : 1_504_176_627, 4)
  return Buffer.concat([header, Buffer.from(`${basename(name, '.gz')}\0`), bytes.subarray(10)])
}
