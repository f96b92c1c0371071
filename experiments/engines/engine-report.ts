/** What an engine says of itself on this machine, as every client of the studio sees it. */
import { z } from 'zod'

export const deviceReport = z.object({
  /** What jobs name: `cpu`, `webgpu`. */
  id: z.string(),
  title: z.string(),
  /** Of the processor; null for other devices. */
  threads: z.int().nullable(),
  available: z.boolean(),
  /** Why it cannot be used; null when it can. */
  reason: z.string().nullable(),
})
export type DeviceReport = z.infer<typeof deviceReport>

export const engineReport = z.object({
  id: z.string(),
  title: z.string(),
  version: z.string().nullable(),
  available: z.boolean(),
  /** Why it cannot be used, and what would make it usable. */
  reason: z.string().nullable(),
  devices: z.array(deviceReport),
})
export type EngineReport = z.infer<typeof engineReport>
