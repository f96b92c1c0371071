/** What is written of a file, as it grows, with its hash: whoever begins a download again goes on behind what is there. */
import { createHash, type Hash } from 'node:crypto'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { throwIfCancelled, writeFault } from '../files/file-faults.ts'

export interface Checksum {
  readonly algorithm: 'sha256' | 'sha512'
  /** In hexadecimal digits, small letters. */
  readonly digest: string
}

export interface ReceivedFileRequest {
  /** Where to write; what it holds already is taken for the beginning of the file. */
  readonly target: string
  /** Default: whatever comes. */
  readonly bytes?: number | undefined
  /** Default: the file is taken as it comes. */
  readonly checksum?: Checksum | undefined
  readonly signal?: AbortSignal | undefined
  /** Bytes of this file so far, which falls back to 0 when it is begun again, and all of it where that is known. */
  readonly onBytes?: ((done: number, total: number | null) => void) | undefined
}

export class ReceivedFile {
  bytes = 0
  /** Of the whole file, once somebody knows it. */
  total: number | null
  readonly #file: FileHandle
  readonly #request: ReceivedFileRequest
  #hash: Hash

  private constructor(file: FileHandle, request: ReceivedFileRequest) {
    this.#file = file
    this.#request = request
    this.#hash = createHash(this.#algorithm)
    this.total = request.bytes ?? null
  }

  /** Reads and hashes what is there. Throws `cancelled` and faults of writing. */
  static async open(request: ReceivedFileRequest): Promise<ReceivedFile> {
    const { target, bytes = Infinity } = request
    const kept = await keptBytes(target)
    const file = await writing(target, () => open(target, kept > 0 ? 'r+' : 'w')).catch((error: unknown) => {
      throw error instanceof WriteFailure ? error.fault : error
    })
    const received = new ReceivedFile(file, request)
    try {
      if (kept > bytes) await received.empty()
      else if (kept > 0) await received.#readKept()
      received.#report()
      return received
    } catch (error) {
      await file.close()
      throw error instanceof WriteFailure ? error.fault : error
    }
  }

  get #algorithm(): Checksum['algorithm'] {
    return this.#request.checksum?.algorithm ?? 'sha256'
  }

  #report(): void {
    this.#request.onBytes?.(this.bytes, this.total)
  }

  async #readKept(): Promise<void> {
    const piece = Buffer.alloc(2 ** 20)
    for (;;) {
      throwIfCancelled(this.#request.signal, 'the download')
      const { bytesRead } = await this.#file.read(piece, 0, piece.length, this.bytes)
      if (bytesRead === 0) return
      this.#hash.update(piece.subarray(0, bytesRead))
      this.bytes += bytesRead
    }
  }

  async add(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk)
    const at = this.bytes
    await writing(this.#request.target, async () => {
      for (let done = 0; done < chunk.length;) {
        done += (await this.#file.write(chunk, done, chunk.length - done, at + done)).bytesWritten
      }
    })
    this.bytes += chunk.length
    this.#report()
  }

  async empty(): Promise<void> {
    await writing(this.#request.target, () => this.#file.truncate(0))
    this.bytes = 0
    this.#hash = createHash(this.#algorithm)
    this.#report()
  }

  /** What is written is on the disk then. A `problem` says why it is not the file that was wanted. */
  async finish(): Promise<{ readonly checksum: Checksum; readonly problem: string | null }> {
    const { checksum: wanted, target } = this.#request
    const checksum = { algorithm: this.#algorithm, digest: this.#hash.digest('hex') }
    if (wanted !== undefined && checksum.digest !== wanted.digest) {
      const name = checksum.algorithm === 'sha256' ? 'SHA-256' : 'SHA-512'
      return { checksum, problem: `its ${name} is ${checksum.digest}, expected ${wanted.digest}` }
    }
    await writing(target, () => this.#file.sync())
    return { checksum, problem: null }
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** Of a download that was not finished; 0 when there is none. */
export async function keptBytes(target: string): Promise<number> {
  const found = await stat(target).catch(() => undefined)
  return found?.isFile() ? found.size : 0
}

/** Keeps a full disk apart from a broken connection: both carry system codes. */
export class WriteFailure extends Error {
  readonly fault: unknown
  constructor(fault: unknown) {
    super('writing failed')
    this.fault = fault
  }
}

async function writing<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new WriteFailure(writeFault(target, cause))
  }
}
