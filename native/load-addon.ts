/**
 * Finds and loads the compiled addon: in a checkout where set-up built it, in a package where it was put. Without it the studio works the same,
 * slower, in TypeScript; why there is none is said wherever the implementation is shown.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export interface NativePipeline {
  /** Plans as encode-plan.ts writes them and where each begins; resolves when all images are in `images`. */
  fill(plans: Float64Array, offsets: Uint32Array, images: Float32Array): Promise<void>
  /** Ends its threads; what is under way is rejected. */
  close(): void
}

export interface NativePipelineOptions {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly outHeight: number
  readonly outWidth: number
  readonly seed: number
  /** Hash of the noise's purpose. */
  readonly noisePurpose: number
  readonly mean: Float32Array
  readonly std: Float32Array
  /** Mean colour from 0 to 255. */
  readonly fill: Float32Array
  /** Channels x 256: each byte normalised. */
  readonly table: Float32Array
  /** 4096 quantiles of the normal distribution. */
  readonly normals: Float32Array
  readonly threads: number
}

export interface NativeAddon {
  readonly Pipeline: new (options: NativePipelineOptions, pixels: Uint8Array) => NativePipeline
  /** The file's bytes, mapped into memory; changes stay in this process. */
  mapFile(path: string): ArrayBuffer
}

export type NativeState =
  | { readonly available: true; readonly file: string; readonly addon: NativeAddon }
  | { readonly available: false; readonly reason: string }

const fileName = 'strata_native.node'
let known: NativeState | undefined

/** Looks once. STRATA_NATIVE=off leaves the addon alone. */
export function loadNative(): NativeState {
  known ??= load(process.env['STRATA_NATIVE'])
  return known
}

function load(wish: string | undefined): NativeState {
  if (wish === 'off') return { available: false, reason: 'switched off by STRATA_NATIVE=off' }
  const folders = candidateFolders()
  const file = folders.map((folder) => join(folder, fileName)).find((candidate) => existsSync(candidate))
  if (file === undefined) return { available: false, reason: reasonOf(folders) }
  try {
    return { available: true, file, addon: createRequire(import.meta.url)(file) as NativeAddon }
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    return { available: false, reason: `${file} cannot be loaded: ${message}` }
  }
}

/** Beside the sources, or from a bundle in `out/node`. */
function candidateFolders(): string[] {
  const platform = `${process.platform}-${process.arch}`
  const bases = [import.meta.dirname, join(import.meta.dirname, '..', '..', 'native')]
  return bases.flatMap((base) => [join(base, 'build', 'Release'), join(base, 'prebuilds', platform)])
}

/** What set-up wrote down when it could not build. */
function reasonOf(folders: readonly string[]): string {
  for (const folder of folders) {
    try {
      const outcome = JSON.parse(readFileSync(join(folder, '..', 'outcome.json'), 'utf8')) as { reason?: unknown }
      if (typeof outcome.reason === 'string') return outcome.reason
    } catch {
      // Nothing was written there.
    }
  }
  return 'it was not built; any command of the checkout builds it where a C++ compiler is installed'
}
