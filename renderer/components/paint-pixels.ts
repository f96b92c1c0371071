/** Puts raw 8-bit pixels (row by row, channels last) on a canvas; one channel is grey, three are colour. */

export interface PixelFormat {
  readonly width: number
  readonly height: number
  readonly channels: number
}

export function paintPixels(canvas: HTMLCanvasElement, format: PixelFormat, base64: string): void {
  const context = canvas.getContext('2d')
  if (!context) return
  context.putImageData(new ImageData(expandToRgba(decodeBase64(base64), format), format.width, format.height), 0, 0)
}

/** Exported for its test. Missing pixels stay black: a wrong image is seen, not thrown. */
export function expandToRgba(
  pixels: Uint8Array,
  { width, height, channels }: PixelFormat,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgba[i * 4 + c] = pixels[i * channels + (channels === 1 ? 0 : c)] ?? 0
    rgba[i * 4 + 3] = 255
  }
  return rgba
}

function decodeBase64(text: string): Uint8Array {
  const binary = atob(text)
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}
