/**
 * Fetches one file over HTTP, checked against its checksum and size where they are known. Tries each address in turn. What came before a
 * connection broke, or before a cancellation, stays in the target: the next attempt asks for the rest only (RFC 9110, range requests) and hashes
 * the whole. Of wrong content nothing is kept.
 */
import { throwIfCancelled } from '../files/file-faults.ts'
import { formatBytes } from '../../experiments/text/format-bytes.ts'
import { ReceivedFile, WriteFailure, type Checksum, type ReceivedFileRequest } from './received-file.ts'

export interface FileRequest extends ReceivedFileRequest {
  /** Addresses of the same file, in the order in which they are tried. */
  readonly urls: readonly string[]
  /** A server that sends nothing for so long is given up. */
  readonly idleTimeoutMs: number
}

export interface FailedAttempt {
  readonly url: string
  readonly reason: string
  /** What came was whole and wrong. */
  readonly isDamaged: boolean
}

export type DownloadOutcome =
  | { readonly checksum: Checksum; readonly failed?: never }
  /** No address had the file. */
  | { readonly failed: readonly FailedAttempt[]; readonly checksum?: never }

/** Throws `cancelled` and faults of writing. */
export async function downloadFile(request: FileRequest): Promise<DownloadOutcome> {
  const failed: FailedAttempt[] = []
  for (const url of request.urls) {
    let outcome = await attempt(url, request)
    // The beginning that was kept may be what is wrong.
    if (outcome === 'begin again') outcome = await attempt(url, request)
    if (outcome === 'begin again') outcome = { reason: 'it refuses what it was asked for', isDamaged: false }
    if ('digest' in outcome) return { checksum: outcome }
    failed.push({ url, ...outcome })
  }
  return { failed }
}

type Failure = Omit<FailedAttempt, 'url'>
type Outcome = Checksum | Failure | 'begin again'

/** A target of wrong content is emptied. */
async function attempt(url: string, request: FileRequest): Promise<Outcome> {
  const { signal, idleTimeoutMs } = request
  throwIfCancelled(signal, 'the download')
  const idle = new AbortController()
  const timer = setTimeout(() => idle.abort(), idleTimeoutMs)
  const received = await ReceivedFile.open(request)
  try {
    return await receive(url, request, received, { idle: idle.signal, onPiece: () => timer.refresh() })
  } catch (error) {
    throwIfCancelled(signal, 'the download')
    if (error instanceof WriteFailure) throw error.fault
    const text = idle.signal.aborted
      ? `nothing came for ${idleTimeoutMs / 1000} s after ${formatBytes(received.bytes)}`
      : networkReason(error, received.bytes)
    return failure(text)
  } finally {
    clearTimeout(timer)
    await received.close()
  }
}

async function receive(
  url: string,
  { bytes = Infinity, signal }: FileRequest,
  received: ReceivedFile,
  { idle, onPiece }: { readonly idle: AbortSignal; readonly onPiece: () => void },
): Promise<Outcome> {
  let isResumed = received.bytes > 0
  const refuse = async (text: string): Promise<Outcome> => {
    await received.empty()
    return isResumed ? 'begin again' : { reason: text, isDamaged: true }
  }
  if (received.bytes < bytes) {
    const response = await fetch(url, {
      signal: signal ? AbortSignal.any([signal, idle]) : idle,
      // The checksum is that of the compressed file: the server must not pack or unpack it on the way.
      headers: { 'accept-encoding': 'identity', ...(isResumed && { range: `bytes=${received.bytes}-` }) },
    })
    // Nothing lies behind what was kept: it may be the whole file, whose size nobody knew.
    if (isResumed && response.status === 416 && bytes === Infinity && endsAt(response, received.bytes)) {
      await response.body?.cancel()
    } else {
      if (isResumed && response.status === 416) return refuse('HTTP status 416')
      if (!response.ok) return failure(`HTTP status ${response.status}`)
      if (isResumed && !continuesAt(response, received.bytes)) {
        await received.empty()
        isResumed = false
      }
      const length = Number(response.headers.get('content-length') ?? 0)
      received.total ??= length > 0 ? received.bytes + length : null
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        onPiece()
        if (received.bytes + chunk.length > bytes) return refuse(`more than the expected ${bytes} bytes`)
        await received.add(chunk)
      }
      const { total } = received
      if (total !== null && received.bytes < total) return failure(`ended after ${received.bytes} of ${total} bytes`)
    }
  }
  const { checksum, problem } = await received.finish()
  return problem === null ? checksum : refuse(problem)
}

function failure(reason: string): Failure {
  return { reason, isDamaged: false }
}

/** Whether the server sends the rest from there, and not the whole file. */
function continuesAt(response: Response, bytes: number): boolean {
  return response.status === 206 && (response.headers.get('content-range') ?? '').startsWith(`bytes ${bytes}-`)
}

/** Whether the server says that the file has so many bytes. */
function endsAt(response: Response, bytes: number): boolean {
  return response.headers.get('content-range') === `bytes */${bytes}`
}

/** `fetch` hides the system's reason in the cause of a plain "fetch failed". */
function networkReason(error: unknown, done: number): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = (cause as NodeJS.ErrnoException).code
  const text = cause instanceof Error ? cause.message : String(cause)
  const reason = code !== undefined && !text.includes(code) ? `${text} (${code})` : text
  return done > 0 ? `${reason} after ${formatBytes(done)}` : reason
}
