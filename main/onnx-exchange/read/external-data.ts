/**
 * Weights that lie in files beside a model (onnx.ai, "External data"). The file must be inside of the model's folder after all links are
 * followed, and offset and length inside of the file: a model from a stranger must not read other files of its user.
 */
import fs from 'node:fs'
import path from 'node:path'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { maxWeightBytes } from './constant-tensor.ts'

export interface ExternalRange {
  readonly location: string
  readonly offset: number
  /** Undefined: to the end of the file. */
  readonly length: number | undefined
}

/** Reads ranges of files in one folder; files stay open until `close`. */
export class ExternalData {
  private readonly folder: string
  private bytesRead = 0
  private readonly files = new Map<string, { readonly descriptor: number; readonly bytes: number }>()

  /** @param folder of the model */
  constructor(folder: string) {
    this.folder = folder
  }

  /**
   * @param expected bytes that the tensor's shape takes
   * @throws StudioError `outside-folder`, `file-not-found`, `file-unreadable`, `file-damaged`
   */
  read(range: ExternalRange, expected: number, what: string): Uint8Array {
    const { location, offset, length = expected } = range
    const { descriptor, bytes } = this.open(location, what)
    const inFile = Number.isSafeInteger(offset) && offset >= 0 && offset + expected <= bytes
    if (length !== expected || !inFile) {
      throw new StudioError(
        'file-damaged',
        `${what}: its shape takes ${expected} bytes, but ${length} bytes from byte ${offset} of "${location}" are named, which has ${bytes}`,
        { location, offset, length, bytes },
      )
    }
    this.bytesRead += expected
    if (this.bytesRead > maxWeightBytes) {
      throw new StudioError('too-large', `${what}: the data of all tensors together takes more than 2 GiB`, {
        location,
      })
    }
    const data = new Uint8Array(expected)
    let done = 0
    while (done < expected) {
      const count = fs.readSync(descriptor, data, done, expected - done, offset + done)
      if (count === 0) throw new StudioError('file-damaged', `${what}: "${location}" became shorter while it was read`)
      done += count
    }
    return data
  }

  close(): void {
    for (const { descriptor } of this.files.values()) fs.closeSync(descriptor)
    this.files.clear()
  }

  private open(location: string, what: string): { readonly descriptor: number; readonly bytes: number } {
    const known = this.files.get(location)
    if (known) return known
    const descriptor = openFile(this.contained(location, what), location, what)
    const stats = fs.fstatSync(descriptor)
    if (!stats.isFile()) {
      fs.closeSync(descriptor)
      throw new StudioError('file-unreadable', `${what}: "${location}" is not a regular file`, { location })
    }
    const opened = { descriptor, bytes: stats.size }
    this.files.set(location, opened)
    return opened
  }

  /** The real path of `location`. */
  private contained(location: string, what: string): string {
    const outside = (): StudioError =>
      new StudioError(
        'outside-folder',
        `${what}: its data is said to be in "${location}", which is outside of the model's folder; only files beside the model are read`,
        { location },
      )
    const normal = location.replaceAll('\\', '/')
    const isPlain =
      location !== '' && !location.includes('\0') && !path.isAbsolute(location) && !/^[A-Za-z]:/.test(location)
    if (!isPlain || normal.startsWith('/') || normal.split('/').includes('..')) throw outside()
    try {
      const folder = fs.realpathSync(this.folder)
      const file = fs.realpathSync(path.join(folder, location))
      if (!file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)) throw outside()
      return file
    } catch (error) {
      if (error instanceof StudioError) throw error
      throw fileError(error, location, what)
    }
  }
}

/** Not blocking: a named pipe would wait for a writer for ever. */
function openFile(file: string, location: string, what: string): number {
  try {
    return fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
  } catch (error) {
    throw fileError(error, location, what)
  }
}

function fileError(error: unknown, location: string, what: string): StudioError {
  const { code } = error as NodeJS.ErrnoException
  const isMissing = code === 'ENOENT' || code === 'ENOTDIR'
  const hint = isMissing ? 'is missing; put it beside the model' : `cannot be read (${code ?? 'unknown reason'})`
  const message = `${what}: its data file "${location}" ${hint}`
  return new StudioError(isMissing ? 'file-not-found' : 'file-unreadable', message, { location }, error)
}
