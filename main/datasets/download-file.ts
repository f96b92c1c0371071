/** Fetches one file of known size and SHA-256 over HTTP into a new file. Tries each address in turn, from its beginning. */
import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { formatBytes, throwIfCancelled, writeFault } from './dataset-errors.ts'

export interface FileRequest {
  /** Addresses of the same file, in the order in which they are tried. */
  readonly urls: readonly string[]
  /** Where to write; overwritten. */
  readonly target: string
  readonly bytes: number
  readonly sha256: string
  readonly signal?: AbortSignal | undefined
  /** A server that sends nothing for so long is given up. */
  readonly idleTimeoutMs: number
  /** Bytes of this file so far; falls back to 0 when another address is tried. */
  readonly onBytes?: ((done: number) => void) | undefined
}

export interface FailedAttempt {
  readonly url: string
  readonly reason: string
}

/** Returns the failed attempts when no address had the file, else null. Throws `cancelled` and faults of writing. */
export async function downloadFile(request: FileRequest): Promise<readonly FailedAttempt[] | null> {
  const failed: FailedAttempt[] = []
  for (const url of request.urls) {
    throwIfCancelled(request.signal, 'the download')
    const reason = await attempt(url, request)
    if (reason === null) return null
    failed.push({ url, reason })
  }
  return failed
}

/** Null when the whole, right file was written; else why not. */
async function attempt(url: string, request: FileRequest): Promise<string | null> {
  const { target, bytes, sha256, signal, idleTimeoutMs, onBytes } = request
  const idle = new AbortController()
  const timer = setTimeout(() => idle.abort(), idleTimeoutMs)
  const hash = createHash('sha256')
  let file: FileHandle | undefined
  let done = 0
  try {
    const opened = await writing(target, () => open(target, 'w'))
    file = opened
    onBytes?.(0)
    const response = await fetch(url, {
      signal: signal ? AbortSignal.any([signal, idle.signal]) : idle.signal,
      // The checksum is that of the compressed file: the server must not pack or unpack it on the way.
      headers: { 'accept-encoding': 'identity' },
    })
    if (!response.ok) return `HTTP status ${response.status}`
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      timer.refresh()
      done += chunk.length
      if (done > bytes) return `more than the expected ${bytes} bytes`
      hash.update(chunk)
      await writing(target, () => opened.writeFile(chunk))
      onBytes?.(done)
    }
    if (done < bytes) return `ended after ${done} of ${bytes} bytes`
    const received = hash.digest('hex')
    if (received !== sha256) return `SHA-256 is ${received}, expected ${sha256}`
    await writing(target, () => opened.sync())
    return null
  } catch (error) {
    throwIfCancelled(signal, 'the download')
    if (error instanceof WriteFailure) throw error.fault
    if (idle.signal.aborted) return `nothing came for ${idleTimeoutMs / 1000} s after ${formatBytes(done)}`
    return networkReason(error, done)
  } finally {
    clearTimeout(timer)
    await file?.close()
  }
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
