/** The thread of filler-thread.ts: fills the batches it is asked for, in their order. */
import { parentPort, workerData } from 'node:worker_threads'
import { loadNative } from '../../native/load-addon.ts'
import type { ExampleBatch, FillerDataset } from './batch-filler.ts'
import type { FillerStart, FromFiller, ToFiller } from './filler-thread.ts'
import { createFiller } from './native-filler.ts'

const { options, threads } = workerData as FillerStart
const filler = createFiller({ ...options, dataset: withMappedPixels(options.dataset) }, { threads })
const batches: ExampleBatch[] = []

parentPort?.on('message', (message: ToFiller) => {
  switch (message.type) {
    case 'batch':
      batches.push(message.batch)
      return
    case 'fill':
      void fill(message)
      return
    case 'end':
      void filler.dispose().then(() => parentPort?.close())
  }
})

async function fill({ id, batch, epoch, examples }: ToFiller & { type: 'fill' }): Promise<void> {
  try {
    await filler.fill({ epoch, examples, batch: batches[batch]! })
    parentPort?.postMessage({ id } satisfies FromFiller)
  } catch (fault) {
    parentPort?.postMessage({ id, fault: fault instanceof Error ? fault.message : String(fault) } satisfies FromFiller)
  }
}

/** A map of its own of the same file costs no memory. */
function withMappedPixels(dataset: FillerDataset): FillerDataset {
  const { mapped } = dataset.train
  const native = loadNative()
  if (!mapped || !native.available) return dataset
  const pixels = new Uint8Array(native.addon.mapFile(mapped.file), mapped.offset, mapped.bytes)
  return { ...dataset, train: { ...dataset.train, pixels } }
}
