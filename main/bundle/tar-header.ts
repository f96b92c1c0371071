/** The header of one file in a tar archive, POSIX.1-1988 "ustar": 512 bytes, numbers in octal, a sum over its own bytes. */

export const tarBlock = 512

export interface TarEntry {
  readonly name: string
  readonly bytes: number
}

/** @param entry a name of at most 100 ASCII characters, below 8 GiB */
export function tarHeader({ name, bytes }: TarEntry, modifiedAt: number): Uint8Array {
  const header = new Uint8Array(tarBlock)
  const put = (text: string, at: number): void => header.set(new TextEncoder().encode(text), at)
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')
  put(name, 0)
  put(`${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100)
  put(`${octal(bytes, 11)}\0${octal(Math.floor(modifiedAt / 1000), 11)}\0`, 124)
  put('        0', 148)
  put('ustar\u000000', 257)
  put(`${octal(sumOf(header), 6)}\0 `, 148)
  return header
}

/** Undefined for a header that is none, or of anything but a plain file. */
export function readTarHeader(header: Uint8Array): TarEntry | undefined {
  const text = (at: number, length: number): string => {
    const part = new TextDecoder('latin1').decode(header.subarray(at, at + length))
    return part.split('\0')[0] as string
  }
  const number = (at: number, length: number): number => {
    const digits = text(at, length).trim()
    return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN
  }
  const blank = Uint8Array.from(header)
  blank.fill(0x20, 148, 156)
  const isPlain = text(257, 6) === 'ustar' && ['0', ''].includes(text(156, 1)) && text(345, 155) === ''
  const bytes = number(124, 12)
  if (!isPlain || number(148, 8) !== sumOf(blank) || !Number.isSafeInteger(bytes)) return undefined
  return { name: text(0, 100), bytes }
}

/** Zeros behind a file, up to the next block. */
export function tarPadding(bytes: number): number {
  return (tarBlock - (bytes % tarBlock)) % tarBlock
}

/** What ends an archive: two blocks of zeros. */
export const tarEnd = new Uint8Array(2 * tarBlock)

function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte, 0)
}
