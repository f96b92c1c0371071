/** What an experiment may ask for as its device, and the words for it that are not ids of devices. */
import { z } from 'zod'

/** The processor: a device that every machine has. */
export const processorDevice = 'cpu'
/** Any graphics card that is free; which one is decided when the run starts. */
export const anyGpu = 'gpu'

export const deviceSpec = z
  .string()
  .min(1)
  .max(100)
  .describe('`cpu`, `gpu` for any graphics card, or a device: `cuda:1`')

export const deviceLossSpec = z.enum(['fail', 'cpu'])
/**
 * What becomes of a run whose device is absent or lost: `fail` ends it with the reason (it can be tried again from its last checkpoint), `cpu`
 * goes on from there with the processor.
 */
export type DeviceLoss = z.infer<typeof deviceLossSpec>
