/** The devices of an engine as the terminal shows them: each with the id that `--device` takes, and why one cannot be used. */
import type { DeviceReport } from '../../experiments/engines/engine-report.ts'

export function deviceText(devices: readonly DeviceReport[]): string {
  return devices
    .map(({ id, title, available, reason }) => {
      const named = title.toLowerCase() === id ? title : `${title} (${id})`
      return available ? named : `${named}: not available, ${reason ?? 'no reason given'}`
    })
    .join(', ')
}
