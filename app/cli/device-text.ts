/** The devices of an engine as the terminal shows them: each with the id that `--device` takes, what it does of mixed precision, and why one cannot be used. */
import type { DeviceReport, Float16Support } from '../../experiments/engines/engine-report.ts'

const float16Words: Record<Float16Support, string> = {
  kernels: 'float16',
  rounded: 'float16 by rounding',
  none: 'no float16',
}

export function deviceText(devices: readonly DeviceReport[]): string {
  return devices
    .map(({ id, title, available, reason, float16 }) => {
      const details = [title.toLowerCase() === id ? [] : [id], float16 === null ? [] : [float16Words[float16]]].flat()
      const named = details.length === 0 ? title : `${title} (${details.join(', ')})`
      return available ? named : `${named}: not available, ${reason ?? 'no reason given'}`
    })
    .join(', ')
}
