import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { idxBytes } from './idx.fixture.ts'
import { openIdx } from './idx-file.ts'
import { temporaryFolder } from './temporary-folder.fixture.ts'

const todo = 'Replace it.'
const elements = Uint8Array.from({ length: 2 * 3 * 4 }, (_, i) => i * 5)
const images = idxBytes([2, 3, 4], elements)
const large = idxBytes(
  [3_000_000],
  new Uint8Array(3_000_000).map((_, i) => (i * 7919) >>> 5),
)

async function readAll(
  path: string,
  rank: 1 | 3 = 3,
  signal?: AbortSignal,
): Promise<{ dimensions: readonly number[]; bytes: Buffer }> {
  const file = await openIdx(path, { rank, todo, signal })
  const pieces: Uint8Array[] = []
  for await (const piece of file.elements) pieces.push(piece)
  return { dimensions: file.dimensions, bytes: Buffer.concat(pieces) }
}

async function stored(bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'file')
  await writeFile(path, bytes)
  return path
}

describe('openIdx', () => {
  it.each([
    ['plain', images],
    ['gzip', gzipSync(images)],
  ])('reads a %s file', async (_, bytes) => {
    expect(await readAll(await stored(bytes))).toEqual({ dimensions: [2, 3, 4], bytes: Buffer.from(elements) })
  })

  it.each([
    ['plain', large],
    ['gzip', gzipSync(large)],
  ])('streams a %s file that comes in many pieces', async (_, bytes) => {
    const read = await readAll(await stored(bytes), 1)
    expect(read.bytes.equals(large.subarray(8))).toBe(true)
  })

  const gz = gzipSync(images)
  const flipped = Buffer.from(gzipSync(large))
  flipped[flipped.length >> 1]! ^= 0x55
  const wrongChecksum = Buffer.from(gz)
  wrongChecksum[gz.length - 6]! ^= 1

  it.each<[string, Uint8Array, 1 | 3, RegExp]>([
    ['an empty file', Buffer.alloc(0), 3, /expected an idx header of 16 bytes, got 0 bytes/],
    ['a header cut short', images.subarray(0, 11), 3, /expected an idx header of 16 bytes, got 11 bytes/],
    ['a truncated plain file', images.subarray(0, 30), 3, /expected 40 bytes .* got 30 bytes: the file is truncated/],
    ['a plain file that goes on', Buffer.concat([images, images]), 3, /got 80 bytes: the file is too long/],
    ['a truncated gzip file', gz.subarray(0, gz.length - 12), 3, /expected a whole gzip file, .* truncated/],
    ['a gzip file cut within its header', gz.subarray(0, 6), 3, /expected a whole gzip file, .* truncated/],
    ['a gzip file with a flipped byte', flipped, 1, /expected an intact gzip file, got damaged data/],
    ['a gzip file with a wrong checksum', wrongChecksum, 3, /expected an intact gzip file, got damaged data/],
    ['zeros after the gzip data', Buffer.concat([gz, Buffer.alloc(9)]), 3, /got 9 more bytes/],
    [
      'a gzip file of a truncated idx file',
      gzipSync(images.subarray(0, 30)),
      3,
      /expected 24 elements, got 14: .*truncated/,
    ],
    ['a second gzip file at the end', Buffer.concat([gz, gz]), 3, /expected 24 elements, got at least 64: .*too long/],
    [
      'another format',
      Buffer.from('\x89PNG\r\n\x1a\n0000000000', 'latin1'),
      3,
      /magic number 0x00000803.*0x89504e47: not an idx file/,
    ],
    ['labels in place of images', idxBytes([9], new Uint8Array(9)), 3, /0x00000801: unsigned bytes, labels \(rank 1\)/],
    ['images in place of labels', images, 1, /0x00000803: unsigned bytes, images \(rank 3\)/],
    ['another element type', idxBytes([2, 3, 4], new Uint8Array(96), 0x0d), 3, /0x00000d03: 32-bit floats, images/],
    [
      'plain dimensions of 10^12',
      idxBytes([1e6, 1e3, 1e3], elements),
      3,
      /for 1000000 x 1000 x 1000 elements.*truncated/,
    ],
    ['gzip dimensions of 10^12', gzipSync(idxBytes([1e6, 1e3, 1e3], elements)), 3, /cannot hold that/],
    [
      'the largest dimensions',
      gzipSync(idxBytes([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], elements)),
      3,
      /cannot hold that/,
    ],
  ])('refuses %s', async (_, bytes, rank, message) => {
    const path = await stored(bytes)
    const error = await readAll(path, rank).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'file-damaged', details: { file: path, todo } })
    expect((error as Error).message).toMatch(message)
  })

  it('stops a bomb as soon as it is larger than its header says', async () => {
    const bomb = gzipSync(idxBytes([100_000], new Uint8Array(300 * 2 ** 20)))
    const before = process.memoryUsage().rss
    await expect(readAll(await stored(bomb), 1)).rejects.toMatchObject({ code: 'file-damaged' })
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20)
  })

  it('refuses a folder, a device, a missing file and a circle of links', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'folder'))
    await expect(readAll(join(folder, 'folder'))).rejects.toMatchObject({ code: 'file-unreadable' })
    await expect(readAll(join(folder, 'missing'))).rejects.toMatchObject({ code: 'file-not-found' })
    if (process.platform === 'win32') return
    await symlink(join(folder, 'b'), join(folder, 'a'))
    await symlink(join(folder, 'a'), join(folder, 'b'))
    await expect(readAll(join(folder, 'a'))).rejects.toMatchObject({
      code: 'file-unreadable',
      details: { system: 'ELOOP' },
    })
    await symlink('/dev/zero', join(folder, 'device'))
    await expect(readAll(join(folder, 'device'))).rejects.toMatchObject({ code: 'file-unreadable' })
  })

  it('ends as cancelled', async () => {
    const path = await stored(gzipSync(large))
    await expect(readAll(path, 1, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
  })
})
