/** One large file of an engine. What came of a try that broke off lies beside the target and is gone on with by the next one. */
import { rename, rm } from 'node:fs/promises'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { downloadFile } from '../../download/download-file.ts'
import { keptBytes, type Checksum } from '../../download/received-file.ts'
import { writeFault } from '../../files/file-faults.ts'

export interface PartRequest {
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
const idleTimeoutMs = 60_000

/** Returns the checksum, SHA-256 where none was wanted. @throws StudioError `download-failed`, `cancelled` or `disk-full` */
export async function downloadPart(request: PartRequest): Promise<Checksum> {
  const { url, target, checksum, signal, onShare } = request
  const part = `${target}.part`
  const outcome = await downloadFile({
    ...{ urls: [url], target: part, signal, idleTimeoutMs },
    checksum: checksum && { ...checksum, digest: checksum.digest.toLowerCase() },
    onBytes: (done, total) => onShare(total === null ? null : done / total),
  })
  if (outcome.failed) {
    const [{ reason, isDamaged } = { reason: 'it has no address', isDamaged: false }] = outcome.failed
    if (isDamaged) await rm(part, { force: true })
    const kept = (await keptBytes(part)) > 0 ? '; what came is kept, and the next try goes on from there' : ''
    const text = isDamaged
      ? `${url} is damaged: ${reason}; nothing of it was kept`
      : `${url} could not be downloaded: ${reason}${kept}`
    throw new StudioError('download-failed', text, { url })
  }
  await rename(part, target).catch((cause: unknown) => {
    throw writeFault(target, cause)
  })
  return outcome.checksum
}
