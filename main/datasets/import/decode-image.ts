/**
 * One image file to raw pixels of a size. The rule: orientation of EXIF is applied; CMYK and profiles become sRGB; transparency lies on white;
 * of an animation the first frame counts; grey is repeated in three channels, or colour weighed to grey; 16 bits become 8.
 */
import sharp, { type Sharp } from 'sharp'
import { readBmp, isBmp } from './bmp.ts'
import { importLimits, type ImportRequest } from './import-options.ts'

export interface StoredShape {
  readonly height: number
  readonly width: number
  readonly channels: 1 | 3
}

/** Formats that are read; sharp could do more, but SVG and PDF are programs of a kind. */
const formats = ['jpeg', 'png', 'webp', 'gif', 'bmp']

// One image at a time a call; the caller runs several. Nothing is kept: no image comes twice.
sharp.concurrency(1)
sharp.cache(false)

export interface LookedAt {
  /** As shown, after orientation. */
  readonly height: number
  readonly width: number
  readonly isGrey: boolean
  readonly frames: number
}

/** Reads the header. Throws Error with the reason for the report. */
export async function lookAtImage(bytes: Buffer): Promise<LookedAt> {
  const { autoOrient, channels, format, space, pages } = await open(bytes).metadata()
  if (!isBmp(bytes) && !formats.includes(format)) throw new Error(`${format} images are not read`)
  const shown = autoOrient
  return {
    ...{ height: shown.height, width: shown.width },
    isGrey: space === 'b-w' || channels < 3,
    frames: pages ?? 1,
  }
}

/** Throws Error with the reason for the report. */
export async function decodeImage(bytes: Buffer, shape: StoredShape, fit: ImportRequest['fit']): Promise<Buffer> {
  const { data, info } = await open(bytes)
    .autoOrient()
    .resize({
      ...{ width: shape.width, height: shape.height, kernel: 'lanczos3', background: '#ffffff' },
      fit: fit === 'stretch' ? 'fill' : fit,
    })
    .flatten({ background: '#ffffff' })
    .toColourspace(shape.channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  if (data.length === shape.height * shape.width * shape.channels) return data
  const wanted = Buffer.alloc(shape.height * shape.width * shape.channels)
  // What is left: grey with a channel too few, or with one too many.
  for (let pixel = 0; pixel < shape.height * shape.width; pixel++) {
    for (let channel = 0; channel < shape.channels; channel++) {
      const from = pixel * info.channels + Math.min(channel, info.channels - 1)
      wanted[pixel * shape.channels + channel] = data[from] as number
    }
  }
  return wanted
}

function open(bytes: Buffer): Sharp {
  if (bytes.length === 0) throw new Error('an empty file')
  const options = { limitInputPixels: importLimits.pixels, pages: 1, failOn: 'error' } as const
  if (!isBmp(bytes)) return sharp(bytes, options)
  const { pixels, width, height } = readBmp(bytes, importLimits.pixels)
  return sharp(pixels, { ...options, raw: { width, height, channels: 3 } })
}
