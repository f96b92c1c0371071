/** The process of one import: image decoders meet files of strangers, so they run apart from the service and end with their work. */
import { toErrorRecord } from '../../../experiments/errors/studio-error.ts'
import { parseOrThrow } from '../../../experiments/schema/parse.ts'
import { importDataset } from './import-dataset.ts'
import { importJob, type FromImporter } from './importer-protocol.ts'

/** Takes its job as the first message; any later one cancels. Ends with the channel as well, and can go on another time. */
export function runImporterProcess(): void {
  if (process.send === undefined) {
    console.error('an importer is started by the studio service, not by hand; use "strata data import"')
    process.exit(64)
  }
  const cancel = new AbortController()
  let hasJob = false
  process.once('disconnect', () => process.exit(0))
  process.on('message', (raw) => {
    if (hasJob) return cancel.abort()
    hasJob = true
    void work(raw, cancel.signal)
  })
}

async function work(raw: unknown, signal: AbortSignal): Promise<void> {
  const tell = (message: FromImporter): void => void process.send?.(message)
  let last: FromImporter = { type: 'done' }
  try {
    const job = parseOrThrow(importJob, raw, 'import job')
    await importDataset({ ...job, signal, onProgress: (done, total) => tell({ type: 'progress', done, total }) })
  } catch (error) {
    last = { type: 'failed', error: toErrorRecord(error) }
  }
  process.send?.(last, () => process.exit(0))
}
