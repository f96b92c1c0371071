/** Reads a bundle from front to back, checking every byte against the table of contents; the first thing that is wrong is named with its place. */
import { createHash, type Hash } from 'node:crypto'
import fs from 'node:fs'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { parseOrThrow } from '../../experiments/schema/parse.ts'
import { parseJson } from '../../experiments/schema/parse-json.ts'
import {
  bundleFormat,
  bundleLimits,
  bundleManifest,
  bundlePaths,
  bundleVersion,
  type BundleFile,
  type BundleManifest,
} from './bundle-manifest.ts'
import { readTarHeader, tarBlock, tarEnd, tarPadding } from './tar-header.ts'

const blockBytes = 4 * 2 ** 20

export class BundleReader {
  readonly file: string
  private readonly handle: fs.promises.FileHandle
  private offset = 0

  private constructor(file: string, handle: fs.promises.FileHandle) {
    this.file = file
    this.handle = handle
  }

  /** @throws StudioError `file-not-found` or `file-unreadable` */
  static async open(file: string): Promise<BundleReader> {
    try {
      const handle = await fs.promises.open(file, 'r')
      if ((await handle.stat()).isFile()) return new BundleReader(file, handle)
      await handle.close()
      throw new StudioError('file-unreadable', `${file} is not a file`, { file })
    } catch (error) {
      if (error instanceof StudioError) throw error
      const { code, message } = error as NodeJS.ErrnoException
      throw new StudioError(
        code === 'ENOENT' ? 'file-not-found' : 'file-unreadable',
        `${file}: ${message}`,
        { file },
        error,
      )
    }
  }

  close(): Promise<void> {
    return this.handle.close()
  }

  /** @throws StudioError `file-damaged`, `too-large`, or `unsupported-version` for one of a newer studio */
  async readManifest(): Promise<BundleManifest> {
    const table = await this.readSmall('bundle.json', bundleLimits.manifestBytes)
    const seal = await this.readSmall('seal.txt', 200)
    const found = createHash('sha256').update(table).digest('hex')
    if (new TextDecoder().decode(seal).trim() !== found) {
      throw this.damaged('bundle.json', 'it is not what the seal says')
    }
    const json = parseJson(new TextDecoder().decode(table), this.file) as { format?: unknown; version?: unknown } | null
    if (json?.format !== bundleFormat) throw this.damaged('bundle.json', 'it is not the table of a Strata bundle')
    if (json.version !== bundleVersion) {
      const message = `${this.file}: bundle of version ${String(json.version)}; this studio reads version ${bundleVersion}`
      throw new StudioError('unsupported-version', message, { file: this.file })
    }
    const manifest = parseOrThrow(bundleManifest, json, `${this.file}: bundle.json`)
    this.checkTable(manifest)
    return manifest
  }

  /** The next file of the table, as it comes; at its end its size and hash were right. */
  async *readFile(expected: BundleFile): AsyncGenerator<Uint8Array> {
    await this.readHeader(expected.path, expected.bytes)
    const hash = createHash('sha256')
    yield* this.readBytes(expected.path, expected.bytes, hash)
    const found = hash.digest('hex')
    if (found !== expected.sha256) {
      throw this.damaged(expected.path, `its checksum is ${found}, expected ${expected.sha256}`)
    }
    await this.skipPadding(expected.path, expected.bytes)
  }

  /** @throws StudioError `file-damaged` when anything but the end follows */
  async expectEnd(): Promise<void> {
    const rest = await this.read('the end', tarEnd.length)
    const more = await this.handle.read(new Uint8Array(1), 0, 1, this.offset)
    if (rest.some((byte) => byte !== 0) || more.bytesRead > 0)
      throw this.damaged('the end', 'something follows the last file')
  }

  private checkTable({ runs, files }: BundleManifest): void {
    const paths = new Set(files.map((file) => file.path))
    if (paths.size !== files.length) throw this.damaged('bundle.json', 'a file is named twice')
    const ids = new Set(runs.map(({ id }) => String(id)))
    if (ids.size !== runs.length) throw this.damaged('bundle.json', 'a run is named twice')
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
    const large = files.find(({ path, bytes }) => {
      const isWeights = bundlePaths.checkpoint.test(path) || bundlePaths.weights.test(path)
      return bytes > (isWeights ? bundleLimits.weightBytes : bundleLimits.tableBytes)
    })
    if (large ?? total > bundleLimits.totalBytes) {
      const message = `${this.file}: ${large ? `${large.path} has ${large.bytes} bytes` : `${total} bytes in all`}, more than a bundle may hold`
      throw new StudioError('too-large', message, { file: this.file })
    }
    for (const { id, checkpoints } of runs) {
      for (const { file, bytes, sha256 } of checkpoints) {
        const entry = files.find(({ path }) => path === `runs/${id}/checkpoints/${file}`)
        if (entry?.sha256 !== sha256 || entry.bytes !== bytes) {
          throw this.damaged('bundle.json', `checkpoint ${file} of run ${id} is not among its files`)
        }
      }
    }
    for (const { path } of files) {
      const [, id] = /^runs\/(\d+)\//.exec(path) ?? []
      if (id !== undefined && !ids.has(id)) throw this.damaged('bundle.json', `${path} belongs to no run of it`)
    }
  }

  private async readSmall(name: string, most: number): Promise<Uint8Array> {
    const bytes = await this.readHeader(name)
    if (bytes > most) {
      throw new StudioError('too-large', `${this.file}: ${name} has ${bytes} bytes, at most ${most} are read`, {
        file: this.file,
      })
    }
    const content = await this.read(name, bytes)
    await this.skipPadding(name, bytes)
    return content
  }

  /** Returns the size. */
  private async readHeader(name: string, bytes?: number): Promise<number> {
    const entry = readTarHeader(await this.read(name, tarBlock))
    if (!entry) throw this.damaged(name, 'there is no whole header of a file', tarBlock)
    if (entry.name !== name) throw this.damaged(name, `"${entry.name.slice(0, 100)}" stands in its place`, tarBlock)
    if (bytes !== undefined && entry.bytes !== bytes) {
      throw this.damaged(name, `it has ${entry.bytes} bytes, expected ${bytes}`, tarBlock)
    }
    return entry.bytes
  }

  private async *readBytes(name: string, bytes: number, hash: Hash): AsyncGenerator<Uint8Array> {
    for (let left = bytes; left > 0;) {
      const block = await this.read(name, Math.min(left, blockBytes))
      hash.update(block)
      left -= block.length
      yield block
    }
  }

  private async skipPadding(name: string, bytes: number): Promise<void> {
    const padding = tarPadding(bytes)
    if ((await this.read(name, padding)).some((byte) => byte !== 0)) {
      throw this.damaged(name, 'what fills its last block is not empty', padding)
    }
  }

  private async read(name: string, bytes: number): Promise<Uint8Array> {
    const block = new Uint8Array(bytes)
    let done = 0
    while (done < bytes) {
      const { bytesRead } = await this.handle.read(block, done, bytes - done, this.offset + done)
      if (bytesRead === 0) {
        this.offset += done
        throw this.damaged(name, 'the file ends here')
      }
      done += bytesRead
    }
    this.offset += bytes
    return block
  }

  /** @param back bytes before the present place */
  private damaged(name: string, what: string, back = 0): StudioError {
    const at = this.offset - back
    const message = `${this.file}: ${name}, at byte ${at}: ${what}`
    return new StudioError('file-damaged', message, { file: this.file, entry: name, offset: at })
  }
}
