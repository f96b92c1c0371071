/**
 * Fetches one file of known size and SHA-256 over HTTP. Tries each address in turn. What came before a connection broke, or before a
 * cancellation, stays in the target: the next attempt asks for the rest only (RFC 9110, range requests) and hashes the whole.
 */
import { createHash, type Hash } from 'node:crypto'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { formatBytes, throwIfCancelled, writeFault } from './dataset-errors.ts'

export interface ReceivedFileRequest {
  /** Where to write; what it holds already is taken for the beginning of the file. */
  readonly target: string
  readonly bytes: number
  readonly sha256: string
  readonly signal?: AbortSignal | undefined
  /** Bytes of this file so far; falls back to 0 when it is begun again. */
  readonly onBytes?: ((done: number) => void) | undefined
}

export interface FileRequest extends ReceivedFileRequest {
  /** Addresses of the same file, in the order in which they are tried. */
  readonly urls: readonly string[]
  /** A server that sends nothing for so long is given up. */
  readonly idleTimeoutMs: number
}

export interface FailedAttempt {
  readonly url: string
  readonly reason: string
}

/** Returns the failed attempts when no address had the file, else null. Throws `cancelled` and faults of writing. */
export async function downloadFile(request: FileRequest): Promise<readonly FailedAttempt[] | null> {
  const failed: FailedAttempt[] = []
  for (const url of request.urls) {
    let outcome = await attempt(url, request)
    // The beginning that was kept may be what is wrong.
    if (outcome === 'begin again') outcome = await attempt(url, request)
    if (outcome === null) return null
    failed.push({ url, reason: outcome })
  }
  return failed
}

/** Null when the whole, right file was written; else why not. A target of wrong content is emptied. */
async function attempt(url: string, request: FileRequest): Promise<string | null> {
  const { bytes, signal, idleTimeoutMs } = request
  throwIfCancelled(signal, 'the download')
  const idle = new AbortController()
  const timer = setTimeout(() => idle.abort(), idleTimeoutMs)
  const received = await ReceivedFile.open(request)
  let isResumed = received.bytes > 0
  try {
    if (received.bytes < bytes) {
      const response = await fetch(url, {
        signal: signal ? AbortSignal.any([signal, idle.signal]) : idle.signal,
        // The checksum is that of the compressed file: the server must not pack or unpack it on the way.
        headers: { 'accept-encoding': 'identity', ...(isResumed && { range: `bytes=${received.bytes}-` }) },
      })
      if (isResumed && response.status === 416) return await received.refuse('HTTP status 416', isResumed)
      if (!response.ok) return `HTTP status ${response.status}`
      if (isResumed && !continuesAt(response, received.bytes)) {
        await received.empty()
        isResumed = false
      }
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        timer.refresh()
        if (received.bytes + chunk.length > bytes) {
          return await received.refuse(`more than the expected ${bytes} bytes`, isResumed)
        }
        await received.add(chunk)
      }
      if (received.bytes < bytes) return `ended after ${received.bytes} of ${bytes} bytes`
    }
    const problem = await received.finish()
    return problem === null ? null : await received.refuse(problem, isResumed)
  } catch (error) {
    throwIfCancelled(signal, 'the download')
    if (error instanceof WriteFailure) throw error.fault
    if (idle.signal.aborted) return `nothing came for ${idleTimeoutMs / 1000} s after ${formatBytes(received.bytes)}`
    return networkReason(error, received.bytes)
  } finally {
    clearTimeout(timer)
    await received.close()
  }
}

/** Whether the server sends the rest from there, and not the whole file. */
function continuesAt(response: Response, bytes: number): boolean {
  return response.status === 206 && (response.headers.get('content-range') ?? '').startsWith(`bytes ${bytes}-`)
}

/** What is written of a file, as it grows, with its hash. */
export class ReceivedFile {
  bytes = 0
  #hash: Hash = createHash('sha256')
  readonly #file: FileHandle
  readonly #request: ReceivedFileRequest

  private constructor(file: FileHandle, request: ReceivedFileRequest) {
    this.#file = file
    this.#request = request
  }

  /** Reads and hashes what is there. */
  static async open(request: ReceivedFileRequest): Promise<ReceivedFile> {
    const { target, bytes } = request
    const kept = await keptBytes(target)
    const file = await writing(target, () => open(target, kept > 0 ? 'r+' : 'w')).catch((error: unknown) => {
      throw error instanceof WriteFailure ? error.fault : error
    })
    const received = new ReceivedFile(file, request)
    try {
      if (kept > bytes) await received.empty()
      else if (kept > 0) await received.#readKept()
      request.onBytes?.(received.bytes)
      return received
    } catch (error) {
      await file.close()
      throw error instanceof WriteFailure ? error.fault : error
    }
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
    this.#request.onBytes?.(this.bytes)
  }

  async empty(): Promise<void> {
    await writing(this.#request.target, () => this.#file.truncate(0))
    this.bytes = 0
    this.#hash = createHash('sha256')
    this.#request.onBytes?.(0)
  }

  /** Of wrong content nothing is kept. */
  async refuse(reason: string, isResumed: boolean): Promise<string> {
    await this.empty()
    return isResumed ? 'begin again' : reason
  }

  /** Null when it is the file that was wanted. */
  async finish(): Promise<string | null> {
    const { sha256, target } = this.#request
    const digest = this.#hash.digest('hex')
    if (digest !== sha256) return `SHA-256 is ${digest}, expected ${sha256}`
    await writing(target, () => this.#file.sync())
    return null
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
class WriteFailure extends Error {
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

/** `fetch` hides the system's reason in the cause of a plain "fetch failed". */
function networkReason(error: unknown, done: number): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = (cause as NodeJS.ErrnoException).code
  const text = cause instanceof Error ? cause.message : String(cause)
  const reason = code !== undefined && !text.includes(code) ? `${text} (${code})` : text
  return done > 0 ? `${reason} after ${formatBytes(done)}` : reason
}
