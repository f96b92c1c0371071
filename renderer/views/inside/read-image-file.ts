/**
 * An image file of the user's in the size of a dataset: its middle, as large as fits the shape, scaled down smoothly. The browser decodes it in
 * the window's own sandbox; no path leaves it.
 */
import type { PixelFormat } from '../../components/paint-pixels.ts'

const mostBytes = 64 * 2 ** 20

export class ImageFileProblem extends Error {
  readonly kind: 'too-large' | 'no-image'

  constructor(kind: 'too-large' | 'no-image') {
    super(kind)
    this.kind = kind
  }
}

/** Channels last. @throws ImageFileProblem */
export async function readImageFile(file: Blob, format: PixelFormat): Promise<Uint8Array> {
  if (file.size > mostBytes) throw new ImageFileProblem('too-large')
  const bitmap = await decode(file)
  try {
    const canvas = new OffscreenCanvas(format.width, format.height)
    const context = canvas.getContext('2d')
    if (!context) throw new ImageFileProblem('no-image')
    context.imageSmoothingQuality = 'high'
    // What is transparent is white, as in a viewer.
    context.fillStyle = '#fff'
    context.fillRect(0, 0, format.width, format.height)
    const scale = Math.max(format.width / bitmap.width, format.height / bitmap.height)
    const [width, height] = [bitmap.width * scale, bitmap.height * scale]
    context.drawImage(bitmap, (format.width - width) / 2, (format.height - height) / 2, width, height)
    return withChannels(context.getImageData(0, 0, format.width, format.height).data, format.channels)
  } finally {
    bitmap.close()
  }
}

async function decode(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file)
  } catch {
    throw new ImageFileProblem('no-image')
  }
}

/** RGBA to grey or colour; grey by the luma of Rec. 601, as Pillow's `convert("L")`. */
export function withChannels(rgba: ArrayLike<number>, channels: number): Uint8Array {
  const count = rgba.length / 4
  const pixels = new Uint8Array(count * channels)
  for (let i = 0; i < count; i++) {
    const [red, green, blue] = [rgba[i * 4] as number, rgba[i * 4 + 1] as number, rgba[i * 4 + 2] as number]
    const grey = Math.round(0.299 * red + 0.587 * green + 0.114 * blue)
    const own = channels === 3 ? [red, green, blue] : [grey]
    for (let channel = 0; channel < channels; channel++) pixels[i * channels + channel] = own[channel] ?? grey
  }
  return pixels
}

export function inverted(pixels: Uint8Array): Uint8Array {
  return pixels.map((value) => 255 - value)
}

export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192))
  }
  return btoa(text)
}
