/** The original and its draws side by side, as a PNG file. */
import sharp from 'sharp'
import { writeFault } from '../files/file-faults.ts'
import type { AugmentationPreview } from './preview-augmentation.ts'

const gap = 4

/** The original stands first in the first row, in a light frame; small images are enlarged, each pixel a square. */
export async function writeGrid(
  preview: AugmentationPreview,
  file: string,
  columns = 8,
): Promise<{ width: number; height: number }> {
  const { format, originalFormat, original, draws } = preview
  const factor = Math.max(1, Math.floor(96 / Math.max(format.height, format.width)))
  const cell = { width: format.width * factor, height: format.height * factor }
  const tile = (pixels: string, { height, width, channels }: AugmentationPreview['format']) =>
    sharp(Buffer.from(pixels, 'base64'), { raw: { height, width, channels: channels === 1 ? 1 : 3 } })
      .resize({ ...cell, kernel: 'nearest', fit: 'contain', background: '#808080' })
      .toColourspace('srgb')
      .png()
      .toBuffer()
  const tiles = [await tile(original.pixels, originalFormat)]
  for (const { pixels } of draws) tiles.push(await tile(pixels, format))
  const rows = Math.ceil(tiles.length / columns)
  const size = { width: columns * (cell.width + gap) + gap, height: rows * (cell.height + gap) + gap }
  const placed = tiles.map((input, i) => ({
    input,
    left: gap + (i % columns) * (cell.width + gap),
    top: gap + Math.floor(i / columns) * (cell.height + gap),
  }))
  const frame = {
    width: cell.width + 2 * gap,
    height: cell.height + 2 * gap,
    channels: 3,
    background: '#f0b429',
  } as const
  try {
    await sharp({ create: { ...size, channels: 3, background: '#202020' } })
      .composite([{ input: { create: frame }, left: 0, top: 0 }, ...placed])
      .png()
      .toFile(file)
  } catch (cause) {
    throw writeFault(file, cause)
  }
  return size
}
