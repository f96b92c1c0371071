/** Every error of this folder, one function each: where, what was expected, what came, what to do. */
import { StudioError, type JsonObject } from '../../experiments/errors/studio-error.ts'
import { nearestName } from '../../experiments/text/nearest-name.ts'

export function unknownDataset(name: string, known: readonly string[]): StudioError {
  const nearest = nearestName(name, known)
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`
  return new StudioError('unknown-dataset', `no dataset is named "${name}".${hint} Known: ${known.join(', ')}`, {
    name,
    known: [...known],
    ...(nearest === undefined ? {} : { nearest }),
  })
}

export function datasetMissing(
  name: string,
  what: string,
  places: readonly string[],
  todo: readonly string[],
): StudioError {
  const message = `${name} is not on this machine: ${what}. Looked in ${places.join(', ')}. Do one of these: ${numbered(todo)}.`
  return new StudioError('dataset-missing', message, { name, places: [...places], todo: [...todo] })
}

const numbered = (steps: readonly string[]): string => steps.map((step, i) => `(${i + 1}) ${step}`).join('; ')

export function fileDamaged(file: string, expected: string, received: string, todo: string): StudioError {
  return new StudioError('file-damaged', `${file}: expected ${expected}, got ${received}. ${todo}`, {
    file,
    expected,
    received,
    todo,
  })
}

export function fileTooLarge(file: string, bytes: number, limit: number): StudioError {
  const message = `${file}: ${formatBytes(bytes)} of pixels are over the limit of ${formatBytes(limit)} for one dataset`
  return new StudioError('too-large', message, { file, bytes, limit })
}

export function notAFile(file: string, kind: string): StudioError {
  return new StudioError(
    'file-unreadable',
    `${file}: expected a regular file, got ${kind}. Put the file itself there.`,
    {
      file,
      received: kind,
    },
  )
}

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

export function downloadFailed(
  name: string,
  file: string,
  attempts: readonly { readonly url: string; readonly reason: string }[],
  todo: readonly string[],
): StudioError {
  const tried = attempts.map(({ url, reason }) => `${url}: ${reason}`).join('; ')
  const what = `${file} could not be downloaded (${tried})`
  return new StudioError('download-failed', `${name}: ${what}. Do one of these: ${numbered(todo)}.`, {
    ...{ name, file, what },
    attempts: attempts.map((attempt) => ({ ...attempt })),
    todo: [...todo],
  })
}

export function notDownloadable(name: string): StudioError {
  return new StudioError('download-failed', `${name} has no address to download it from`, { name })
}

/** Throws `cancelled` once the signal was raised. */
export function throwIfCancelled(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw new StudioError('cancelled', `${what} was cancelled`)
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  let value = bytes / 1024
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value.toFixed(1)} ${units[unit]}`
}

function systemCode(cause: unknown): string | undefined {
  if (cause instanceof StudioError || !(cause instanceof Error)) return undefined
  const code = (cause as NodeJS.ErrnoException).code
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined
}
