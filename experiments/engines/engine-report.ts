/** What an engine says of itself on this machine, as every client of the studio sees it. */
import { z } from 'zod'

/**
 * How a device computes what mixed precision wants in float16: by kernels for it; in float32, rounded in between, which is slower than float32
 * and for trying out; or not at all.
 */
export const float16Support = z.enum(['kernels', 'rounded', 'none'])
export type Float16Support = z.infer<typeof float16Support>

export const deviceReport = z.object({
  /** What jobs name: `cpu`, `webgpu`, `cuda:1`. */
  id: z.string(),
  title: z.string(),
  /** Of its own, as a whole; null where it is not known, and for the processor. */
  memoryBytes: z.number().nullable(),
  /** Of the processor; null for other devices. */
  threads: z.int().nullable(),
  /** Null where it cannot be used. */
  float16: float16Support.nullable(),
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
  /** Can be installed into the home folder, and whether it is. Null for engines that are part of the studio. */
  install: z.object({ installed: z.boolean() }).nullable(),
})
export type EngineReport = z.infer<typeof engineReport>

/** Ids of the engines that can be installed on demand. */
export const installableEngine = z.enum(['onnxruntime-cuda', 'tensorflow'])
export type InstallableEngine = z.infer<typeof installableEngine>

export const engineInstallProgress = z.object({
  engine: installableEngine,
  /** Packages from npm, the library itself, unpacking it, compiling the binding, a look whether it works. */
  step: z.enum(['packages', 'library', 'unpack', 'build', 'check']),
  /** Of the step; null when it is not known. */
  share: z.number().nullable(),
})
export type EngineInstallProgress = z.infer<typeof engineInstallProgress>
