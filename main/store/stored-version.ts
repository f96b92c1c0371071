/**
 * Reads which schema a database file has without opening it as a database: SQLite would create or change files beside it, and a
 * database of a newer studio must not be touched by one byte. The version is in the first page; a write-ahead log left by a killed
 * process may hold a newer copy of that page. Formats: sqlite.org/fileformat2.html, sections 1.3 and 4.
 */
import fs from 'node:fs'

export interface StoredVersion {
  readonly applicationId: number
  /** Number of the last applied migration. */
  readonly schemaVersion: number
}

const headerText = 'SQLite format 3\u0000'
const headerBytes = 100
const walHeaderBytes = 32
const frameHeaderBytes = 24

/** Undefined for a file that is absent or still empty; `damaged` when it is no SQLite database. */
export function readStoredVersion(file: string): StoredVersion | undefined | 'damaged' {
  const page = lastFirstPage(`${file}-wal`) ?? readStart(file, headerBytes)
  if (page === undefined || page.length === 0) return undefined
  if (page.length < headerBytes || page.toString('latin1', 0, 16) !== headerText) return 'damaged'
  return { schemaVersion: page.readInt32BE(60), applicationId: page.readInt32BE(68) }
}

/** The newest committed copy of page 1 in a write-ahead log. Frames count while salts and running checksum fit. */
function lastFirstPage(walFile: string): Buffer | undefined {
  const header = readStart(walFile, walHeaderBytes)
  if (header === undefined || header.length < walHeaderBytes) return undefined
  const magic = header.readUInt32BE(0)
  if ((magic & 0xfffffffe) >>> 0 !== 0x377f0682) return undefined
  const readWord = (magic & 1) === 1 ? readBigEndian : readLittleEndian
  const pageBytes = header.readUInt32BE(8)
  let sums = checksum(header.subarray(0, 24), [0, 0], readWord)
  if (sums[0] !== header.readUInt32BE(24) || sums[1] !== header.readUInt32BE(28)) return undefined

  const descriptor = fs.openSync(walFile, 'r')
  try {
    const frame = Buffer.alloc(frameHeaderBytes + pageBytes)
    let pending: Buffer | undefined
    let committed: Buffer | undefined
    for (let position = walHeaderBytes; ; position += frame.length) {
      if (fs.readSync(descriptor, frame, 0, frame.length, position) < frame.length) return committed
      if (frame.compare(header, 16, 24, 8, 16) !== 0) return committed
      sums = checksum(frame.subarray(0, 8), sums, readWord)
      sums = checksum(frame.subarray(frameHeaderBytes), sums, readWord)
      if (sums[0] !== frame.readUInt32BE(16) || sums[1] !== frame.readUInt32BE(20)) return committed
      const isFirstPage = frame.readUInt32BE(0) === 1
      const isCommit = frame.readUInt32BE(4) !== 0
      if (isFirstPage) pending = Buffer.from(frame.subarray(frameHeaderBytes, frameHeaderBytes + headerBytes))
      if (isCommit && pending !== undefined) committed = pending
    }
  } finally {
    fs.closeSync(descriptor)
  }
}

type Sums = readonly [number, number]
type ReadWord = (bytes: Buffer, offset: number) => number

const readBigEndian: ReadWord = (bytes, offset) => bytes.readUInt32BE(offset)
const readLittleEndian: ReadWord = (bytes, offset) => bytes.readUInt32LE(offset)

/** A Fibonacci-weighted sum over pairs of 32-bit words. */
function checksum(bytes: Buffer, start: Sums, readWord: ReadWord): Sums {
  let [s0, s1] = start
  for (let offset = 0; offset < bytes.length; offset += 8) {
    s0 = (s0 + readWord(bytes, offset) + s1) >>> 0
    s1 = (s1 + readWord(bytes, offset + 4) + s0) >>> 0
  }
  return [s0, s1]
}

function readStart(file: string, length: number): Buffer | undefined {
  let descriptor: number
  try {
    descriptor = fs.openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const start = Buffer.alloc(length)
    return start.subarray(0, fs.readSync(descriptor, start, 0, length, 0))
  } finally {
    fs.closeSync(descriptor)
  }
}
