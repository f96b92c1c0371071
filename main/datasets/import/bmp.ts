/** Windows bitmaps without compression: 1, 4, 8 bits with a palette, 16, 24 and 32 bits. sharp does not read this format. */

export function isBmp(bytes: Buffer): boolean {
  return bytes.length > 2 && bytes[0] === 0x42 && bytes[1] === 0x4d
}

/** RGB, row by row from the top. Throws Error with the reason. */
export function readBmp(bytes: Buffer, maxPixels: number): { pixels: Buffer; width: number; height: number } {
  if (bytes.length < 54) throw new Error('a truncated BMP file')
  const begin = bytes.readUInt32LE(10)
  const headerBytes = bytes.readUInt32LE(14)
  if (headerBytes < 40) throw new Error('a BMP file of OS/2, which is not read')
  const width = bytes.readInt32LE(18)
  const storedHeight = bytes.readInt32LE(22)
  const height = Math.abs(storedHeight)
  const bits = bytes.readUInt16LE(28)
  const compression = bytes.readUInt32LE(30)
  if (width < 1 || height < 1) throw new Error('a BMP file without pixels')
  if (width * height > maxPixels) throw new Error('Input image exceeds pixel limit')
  // 3: bit fields, which for 32 bits are nearly always the usual ones.
  if (compression !== 0 && !(compression === 3 && bits === 32))
    throw new Error('a compressed BMP file, which is not read')
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw new Error(`a BMP file of ${bits} bits`)
  const rowBytes = Math.ceil((width * bits) / 32) * 4
  if (begin + rowBytes * height > bytes.length) throw new Error('a truncated BMP file')
  const palette = 14 + headerBytes
  const pixels = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++) {
    const row = begin + rowBytes * (storedHeight > 0 ? height - 1 - y : y)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3
      const from = colourAt(row, x)
      if (from + 2 >= bytes.length) throw new Error('a BMP file whose palette is too short')
      if (bits === 16) {
        const value = bytes.readUInt16LE(row + 2 * x)
        for (let channel = 0; channel < 3; channel++) {
          pixels[at + channel] = Math.round((((value >> (10 - 5 * channel)) & 31) * 255) / 31)
        }
        continue
      }
      pixels[at] = bytes[from + 2] as number
      pixels[at + 1] = bytes[from + 1] as number
      pixels[at + 2] = bytes[from] as number
    }
  }
  return { pixels, width, height }

  function colourAt(row: number, x: number): number {
    if (bits >= 16) return row + x * (bits / 8)
    const bit = x * bits
    const value = ((bytes[row + (bit >> 3)] as number) >> (8 - bits - (bit & 7))) & ((1 << bits) - 1)
    return palette + 4 * value
  }
}
