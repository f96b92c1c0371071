/**
 * Files of a folder, a zip or a tar archive, or of a table of labels, in an order that stays: nothing is unpacked to disk, so nothing can be written outside of a folder.
 * What must not be read (links, devices, names that lead outside, bombs) comes as refused, with the reason.
 */
import { createReadStream } from 'node:fs'
import { lstat, open, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { formatBytes } from '../../../experiments/text/format-bytes.ts'
import { readFault } from '../../files/file-faults.ts'
import { fileDamaged, notAFile } from '../dataset-errors.ts'
import { importLimits } from './import-options.ts'
import { readLabelFile } from './label-files.ts'

export interface SourceFile {
  /** Within the source, with slashes. */
  readonly path: string
  /** Why it is not read. */
  readonly refused?: string
  /** Its bytes; while the walk stands at this file. */
  read(): Promise<Buffer>
}

export interface ImageSource {
  /** The file that was chosen as the source because it labels the images beside it; found by its name elsewhere. */
  readonly labelFile?: string
  /** Walks all files from the beginning; may be called again. */
  files(): AsyncGenerator<SourceFile>
}

export async function openImageSource(path: string): Promise<ImageSource> {
  const found = await stat(path).catch((cause: unknown) => {
    throw readFault(path, cause)
  })
  if (found.isDirectory()) return { files: () => walkFolder(path, '') }
  if (!found.isFile()) throw notAFile(path, 'a device, pipe or socket')
  if (isLabelTable(path)) return openListedSource(path, found.size)
  const begin = await firstBytes(path)
  if (begin.subarray(0, 2).toString('latin1') === 'PK') return { files: () => walkZip(path) }
  const isGzip = begin[0] === 0x1f && begin[1] === 0x8b
  if (isGzip || begin.subarray(257, 262).toString('latin1') === 'ustar') return { files: () => walkTar(path, isGzip) }
  throw fileDamaged(
    path,
    'a folder, a zip or a tar archive (plain or gzip), or a table of labels (csv, tsv, json)',
    'another kind of file',
    'Choose the folder with the images, an archive of it, or the table that labels them.',
  )
}

async function firstBytes(path: string): Promise<Buffer> {
  const handle = await open(path).catch((cause: unknown) => {
    throw readFault(path, cause)
  })
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

const unread = (): Promise<Buffer> => Promise.reject(new Error('a refused file is not read'))
const refusedFile = (path: string, refused: string): SourceFile => ({ path, refused, read: unread })

async function* walkFolder(root: string, below: string): AsyncGenerator<SourceFile> {
  const folder = join(root, below)
  let entries
  try {
    entries = await readdir(folder, { withFileTypes: true })
  } catch (cause) {
    if (below === '') throw readFault(folder, cause)
    yield refusedFile(below, 'the folder cannot be read')
    return
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (isHidden(entry.name)) continue
    if (entry.isSymbolicLink()) yield refusedFile(path, 'a symbolic link')
    else if (entry.isDirectory()) yield* walkFolder(root, path)
    else if (!entry.isFile()) yield refusedFile(path, 'neither a file nor a folder')
    else yield { path, read: () => readWhole(join(root, path)) }
  }
}

const isLabelTable = (path: string): boolean => /\.(csv|tsv|json)$/i.test(path)

/** A table of labels: nothing but the images that it names is looked at, wherever the table lies. */
async function openListedSource(path: string, bytes: number): Promise<ImageSource> {
  const name = basename(path)
  if (bytes > importLimits.fileBytes) throw new StudioError('too-large', `${path}: ${tooLarge()}`, { file: path })
  let listed: readonly string[]
  try {
    listed = [...readLabelFile(name.toLowerCase(), await readFile(path, 'utf8')).keys()]
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== undefined) throw readFault(path, cause)
    throw new StudioError(
      'file-damaged',
      `${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      {},
      cause,
    )
  }
  return { labelFile: name, files: () => walkListed(path, listed) }
}

async function* walkListed(table: string, listed: readonly string[]): AsyncGenerator<SourceFile> {
  const root = await realpath(dirname(table))
  yield { path: basename(table), read: () => readFile(table) }
  for (const path of listed) {
    const file = join(root, path)
    const reason = outsideReason(path) ?? (await listedReason(root, file))
    // What is not there is told of by whoever compares labels and files.
    if (reason === 'missing') continue
    yield reason === undefined ? { path, read: () => readWhole(file) } : refusedFile(path, reason)
  }
}

async function listedReason(root: string, file: string): Promise<string | undefined> {
  try {
    const found = await lstat(file)
    if (found.isSymbolicLink()) return 'a symbolic link'
    if (!found.isFile()) return 'neither a file nor a folder'
    // A folder on the way may be a link as well.
    return (await realpath(file)).startsWith(root + sep) ? undefined : 'a name that leads outside of the folder'
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'no permission to read it'
  }
}

async function readWhole(file: string): Promise<Buffer> {
  // lstat: it may have become a link since it was listed.
  const found = await lstat(file)
  if (!found.isFile()) throw new Error('no longer a file')
  checkBytes(found.size)
  return readFile(file)
}

/** Notes of operating systems and version control, not part of the data. */
function isHidden(name: string): boolean {
  return name.startsWith('.') || name === '__MACOSX' || name === 'Thumbs.db' || name === 'desktop.ini'
}

async function* walkZip(path: string): AsyncGenerator<SourceFile> {
  let zip: ZipFile
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false })
  } catch (cause) {
    throw damagedArchive(path, cause)
  }
  const total = new TotalBytes(path)
  try {
    for await (const entry of zip.eachEntry()) {
      // As bytes: yauzl would refuse the whole archive for one hostile name.
      const name = plainName(Buffer.from(entry.fileName as unknown as Uint8Array).toString('utf8'))
      if (name.endsWith('/') || (name.split('/').some(isHidden) && outsideReason(name) === undefined)) continue
      const reason = outsideReason(name) ?? zipReason(entry)
      if (reason !== undefined) yield refusedFile(name, reason)
      else {
        total.add(entry.uncompressedSize)
        yield { path: name, read: () => readZipEntry(zip, entry) }
      }
    }
  } catch (cause) {
    throw cause instanceof StudioError ? cause : damagedArchive(path, cause)
  } finally {
    zip.close()
  }
}

function zipReason(entry: Entry): string | undefined {
  const mode = (entry.externalFileAttributes >>> 16) & 0o170000
  if (mode === 0o120000) return 'a symbolic link'
  if (entry.generalPurposeBitFlag & 1) return 'encrypted'
  const { uncompressedSize: size, compressedSize } = entry
  if (size > importLimits.fileBytes) return `larger than ${formatBytes(importLimits.fileBytes)} when unpacked`
  const isBomb = size > 2 ** 20 && size > importLimits.ratio * compressedSize
  return isBomb ? `it unpacks to more than ${importLimits.ratio} times its size` : undefined
}

async function readZipEntry(zip: ZipFile, entry: Entry): Promise<Buffer> {
  // yauzl ends the stream with an error when more or fewer bytes come than the entry declares.
  const stream = await zip.openReadStreamPromise(entry)
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

async function* walkTar(path: string, isGzip: boolean): AsyncGenerator<SourceFile> {
  const input = createReadStream(path)
  const unpacked = isGzip ? input.pipe(createGunzip()) : input
  const tar = extract()
  const fail = (cause: Error): void => {
    tar.destroy(cause)
  }
  input.on('error', fail)
  unpacked.on('error', fail)
  const total = new TotalBytes(path)
  try {
    for await (const entry of unpacked.pipe(tar)) {
      const { type, size } = entry.header
      const name = plainName(entry.header.name)
      const inside = outsideReason(name)
      if (type === 'directory' || (inside === undefined && name.split('/').some(isHidden))) entry.resume()
      else if (inside !== undefined || type === 'symlink' || type === 'link' || type !== 'file') {
        entry.resume()
        yield refusedFile(
          name,
          inside ?? (type === 'symlink' || type === 'link' ? 'a link' : 'neither a file nor a folder'),
        )
      } else if (size > importLimits.fileBytes) {
        entry.resume()
        yield refusedFile(name, `larger than ${formatBytes(importLimits.fileBytes)}`)
      } else {
        total.add(size)
        yield {
          path: name,
          read: async () => {
            const pieces: Buffer[] = []
            for await (const piece of entry) pieces.push(piece as Buffer)
            return Buffer.concat(pieces)
          },
        }
        // What was not read is skipped; of what was, nothing is left.
        entry.resume()
      }
    }
  } catch (cause) {
    throw cause instanceof StudioError ? cause : damagedArchive(path, cause)
  } finally {
    input.destroy()
    tar.destroy()
  }
}

/** `tar -cf x.tar .` puts `./` before every name. */
function plainName(name: string): string {
  return name.replace(/^(\.\/+)+/, '')
}

/** Names of archives are data: one that would lead outside of a folder is never used as a path, and told of. */
function outsideReason(name: string): string | undefined {
  if (name.includes('\0')) return 'a name with a zero byte'
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name) || name.includes('\\')) return 'a name that is an absolute path'
  return name.split('/').includes('..') ? 'a name that leads outside of the archive' : undefined
}

class TotalBytes {
  readonly #path: string
  #sum = 0

  constructor(path: string) {
    this.#path = path
  }

  add(bytes: number): void {
    this.#sum += bytes
    if (this.#sum <= importLimits.totalBytes) return
    const limit = formatBytes(importLimits.totalBytes)
    throw new StudioError('too-large', `${this.#path}: it unpacks to more than ${limit}`, { file: this.#path })
  }
}

const tooLarge = (): string => `larger than ${formatBytes(importLimits.fileBytes)}`

function checkBytes(bytes: number): void {
  if (bytes > importLimits.fileBytes) throw new Error(tooLarge())
}

function damagedArchive(path: string, cause: unknown): StudioError {
  const message = cause instanceof Error ? cause.message : String(cause)
  return fileDamaged(path, 'a whole archive', message, 'Unpack it by hand, or make it again.')
}
