/** Devices of an engine that has several are named by a prefix and their number: `cuda:1`. */
import { StudioError } from '../../experiments/errors/studio-error.ts'

/** Default: the first. @throws StudioError `engine-unavailable` for a device of another kind */
export function indexOfDevice(device: string | undefined, prefix: string, engine: string): number {
  if (device === undefined) return 0
  const index = /^([^:]+):(\d+)$/.exec(device)
  if (index?.[1] === prefix) return Number(index[2])
  const text = `${engine} has no device "${device}"; its devices are ${prefix}:0, ${prefix}:1 and so on`
  throw new StudioError('engine-unavailable', text, { device })
}
