/**
 * Fetches a large file over HTTP. What came of a try that broke off lies beside the target and is gone on with; a whole file that does not have
 * its checksum is thrown away, and fetched once more where its beginning was of an earlier try.
 */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { StudioError } from '../../../experiments/errors/studio-error.ts'

export interface Checksum {
  readonly algorithm: 'sha256' | 'sha512'
  /** In hexadecimal digits. */
  readonly digest: string
}

export interface DownloadRequest {
  readonly url: string
  /** Overwritten. */
  readonly target: string
  /** Default: the file is taken as it comes. */
  readonly checksum?: Checksum | undefined
  readonly signal?: AbortSignal | undefined
  /** Of the whole file; null while its size is not known. */
  readonly onShare: (share: number | null) => void
}

/** A server that sends nothing for so long is given up. */
const idleMs = 60_000

/** Returns the checksum, SHA-256 where none was wanted. @throws StudioError `download-failed`, `cancelled` or `disk-full` */
export async function resumableDownload(request: DownloadRequest): Promise<Checksum> {
  const { url, target, checksum } = request
  const part = `${target}.part`
  for (;;) {
    const begun = sizeOf(part)
    await fetchRest(request, part, begun)
    const algorithm = checksum?.algorithm ?? 'sha256'
    const digest = await digestOf(part, algorithm)
    if (checksum === undefined || digest === checksum.digest.toLowerCase()) {
      fs.renameSync(part, target)
      return { algorithm, digest }
    }
    fs.rmSync(part)
    if (begun > 0) continue
    const name = algorithm === 'sha256' ? 'SHA-256' : 'SHA-512'
    const text = `${url} is damaged: its ${name} is ${digest}, expected ${checksum.digest}; nothing of it was kept`
    throw new StudioError('download-failed', text, { url })
  }
}

async function fetchRest(request: DownloadRequest, part: string, begun: number): Promise<void> {
  const { url, signal, onShare } = request
  const idle = new AbortController()
  const timer = setTimeout(() => idle.abort(), idleMs)
  let done = begun
  const failed = (reason: string, cause?: unknown): StudioError => {
    const kept = done > 0 ? '; what came is kept, and the next try goes on from there' : ''
    return new StudioError('download-failed', `${url} could not be downloaded: ${reason}${kept}`, { url }, cause)
  }
  try {
    const headers = { 'accept-encoding': 'identity', ...(begun > 0 && { range: `bytes=${begun}-` }) }
    const both = signal ? AbortSignal.any([signal, idle.signal]) : idle.signal
    const response = await fetch(url, { headers, signal: both })
    if (response.status === 416) {
      // There is nothing behind what was kept: its checksum tells whether it is the whole file.
      await response.body?.cancel()
      return
    }
    if (!response.ok || !response.body) throw failed(`HTTP status ${response.status}`)
    // A server may send all of the file whatever it is asked for.
    if (response.status !== 206) done = 0
    const length = Number(response.headers.get('content-length') ?? 0)
    const total = length > 0 ? done + length : 0
    const count = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        timer.refresh()
        done += chunk.length
        onShare(total > 0 ? done / total : null)
        next(null, chunk)
      },
    })
    await pipeline(response.body, count, fs.createWriteStream(part, { flags: done > 0 ? 'a' : 'w' }))
    if (total > 0 && done < total) throw failed(`it ended after ${done} of ${total} bytes`)
  } catch (error) {
    if (error instanceof StudioError) throw error
    if (signal?.aborted) throw new StudioError('cancelled', 'the download was stopped', { url }, error)
    const reason = reasonOf(error)
    if (reason.code === 'ENOSPC') {
      const text = `no space is left for ${url}; free some, and the next try goes on from there`
      throw new StudioError('disk-full', text, { url }, error)
    }
    throw failed(idle.signal.aborted ? `nothing came for ${idleMs / 1000} seconds` : reason.text, error)
  } finally {
    clearTimeout(timer)
  }
}

/** `fetch` hides what happened in the cause. */
function reasonOf(error: unknown): { readonly code: string | undefined; readonly text: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const { code, message } = cause as NodeJS.ErrnoException
  return { code, text: message || String(cause) }
}

function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

async function digestOf(file: string, algorithm: Checksum['algorithm']): Promise<string> {
  const hash = createHash(algorithm)
  await pipeline(fs.createReadStream(file), hash)
  return hash.digest('hex')
}
