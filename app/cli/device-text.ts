/** The devices of an engine as the terminal shows them: each with the id that `--device` takes, what it does of mixed precision, and why one cannot be used. */
import type { DeviceReport } from '../../experiments/engines/engine-report.ts'
import { float16Words } from '../../experiments/engines/float16-words.ts'

export function deviceText(devices: readonly DeviceReport[]): string {
  return devices
    .map(({ id, title, available, reason, float16 }) => {
      const details = [
        title.toLowerCase() === id ? [] : [id],
        float16 === null ? [] : [float16Words.en[float16]],
      ].flat()
      const named = details.length === 0 ? title : `${title} (${details.join(', ')})`
      return available ? named : `${named}: not available, ${reason ?? 'no reason given'}`
    })
    .join(', ')
}
