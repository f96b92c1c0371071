/** The end of what the processes of a run printed. */
import fs from 'node:fs'

/** Begins at a whole line; empty when nothing ever trained. */
export function readLogEnd(file: string, maxBytes: number): { text: string; truncated: boolean } {
  let descriptor: number
  try {
    descriptor = fs.openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { text: '', truncated: false }
    throw error
  }
  try {
    const { size } = fs.fstatSync(descriptor)
    const from = Math.max(0, size - maxBytes)
    const bytes = Buffer.alloc(size - from)
    const count = fs.readSync(descriptor, bytes, 0, bytes.length, from)
    const text = bytes.toString('utf8', 0, count)
    return from === 0 ? { text, truncated: false } : { text: text.slice(text.indexOf('\n') + 1), truncated: true }
  } finally {
    fs.closeSync(descriptor)
  }
}
