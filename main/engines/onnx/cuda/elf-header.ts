/** What a Linux library says of itself in its first bytes: for which processors it is made. Format: System V ABI, ELF header. */
import fs from 'node:fs'

const machines: Readonly<Record<number, string>> = { 3: 'ia32', 40: 'arm', 62: 'x64', 183: 'arm64' }

/** Node's name of the processor architecture; undefined for what is no such library. @throws what reading the file throws */
export function elfArchitecture(file: string): string | undefined {
  const header = Buffer.alloc(20)
  const descriptor = fs.openSync(file, 'r')
  try {
    if (fs.readSync(descriptor, header, 0, header.length, 0) < header.length) return undefined
  } finally {
    fs.closeSync(descriptor)
  }
  if (header.toString('latin1', 0, 4) !== '\x7fELF') return undefined
  const isLittleEndian = header[5] === 1
  const machine = isLittleEndian ? header.readUInt16LE(18) : header.readUInt16BE(18)
  return machines[machine] ?? `machine ${machine}`
}
