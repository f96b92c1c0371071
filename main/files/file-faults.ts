/** What the system says of files, as errors of the studio: which file, what is wrong with it, what to do. */
import { StudioError, type JsonObject } from '../../experiments/errors/studio-error.ts'

const readAdvice: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it: change its rights or its owner',
  EPERM: 'no permission to read it: change its rights or its owner',
  ELOOP: 'its symbolic links lead in a circle: replace the link by the file',
  EISDIR: 'it is a folder: put the file itself there',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EIO: 'the device failed while it was read: check the disk',
}

/** Turns what Node throws while reading `file` into an error of the studio; a StudioError stays as it is. */
export function readFault(file: string, cause: unknown): unknown {
  const code = systemCode(cause)
  if (code === undefined) return cause
  if (code === 'ENOENT') return new StudioError('file-not-found', `${file}: the file does not exist`, { file }, cause)
  const advice = readAdvice[code] ?? 'it cannot be read'
  return new StudioError('file-unreadable', `${file}: ${advice} (${code})`, { file, system: code }, cause)
}

/** Turns what Node throws while writing `file` into an error of the studio; a StudioError stays as it is. */
export function writeFault(file: string, cause: unknown): unknown {
  const code = systemCode(cause)
  if (code === undefined) return cause
  const details: JsonObject = { file, system: code }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StudioError('disk-full', `${file}: no space is left (${code}). Free some and try again.`, details, cause)
  }
  const message = `${file}: cannot be written (${code}). Check the rights of its folder and the disk.`
  return new StudioError('file-write-failed', message, details, cause)
}

/** Throws `cancelled` once the signal was raised. */
export function throwIfCancelled(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw new StudioError('cancelled', `${what} was cancelled`)
}

function systemCode(cause: unknown): string | undefined {
  if (cause instanceof StudioError || !(cause instanceof Error)) return undefined
  const code = (cause as NodeJS.ErrnoException).code
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined
}
