/** A file from the network: streamed to disk, with progress, a hash on the way, and an end when nothing arrives any more. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/**
 * @param {string} url
 * @param {string} file
 * @param {{ stallMs?: number, onProgress?: (received: number, total: number | null) => void }} [options]
 * @returns {Promise<string>} the content's hash in the form of npm's integrity field
 */
export async function download(url, file, { stallMs = 30_000, onProgress } = {}) {
  const stalled = new AbortController()
  const stall = () => stalled.abort(new Error(`nothing received for ${stallMs / 1000} s from ${url}`))
  let timer = setTimeout(stall, stallMs)
  try {
    const response = await fetch(url, { signal: stalled.signal })
    if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status} ${response.statusText}`)
    const total = Number(response.headers.get('content-length')) || null
    const hash = createHash('sha512')
    let received = 0
    await pipeline(
      Readable.fromWeb(/** @type {import('node:stream/web').ReadableStream} */ (response.body)),
      async function* (/** @type {AsyncIterable<Uint8Array>} */ chunks) {
        for await (const chunk of chunks) {
          clearTimeout(timer)
          timer = setTimeout(stall, stallMs)
          received += chunk.length
          hash.update(chunk)
          onProgress?.(received, total)
          yield chunk
        }
      },
      createWriteStream(file),
    )
    return `sha512-${hash.digest('base64')}`
  } catch (error) {
    throw describe(error, url)
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Whether a server answers at all, asked before a long download is tried.
 * @param {string} url @param {number} [timeoutMs]
 * @returns {Promise<string | null>} why not, or null
 */
export async function unreachable(url, timeoutMs = 8000) {
  try {
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
    return null
  } catch (error) {
    return describe(error, url).message
  }
}

/** fetch hides the reason in `cause`. @param {unknown} error @param {string} url */
function describe(error, url) {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const message = cause instanceof Error ? cause.message : String(cause)
  return message.includes(url) ? new Error(message) : new Error(`${new URL(url).host}: ${message}`)
}
