/** How busy the machine was at a time, and few such samples in the place of many. */
import { z } from 'zod'
import { machineUsage, type MachineUsage } from './job-record.ts'

export const machineSample = machineUsage.extend({
  /** Milliseconds since 1970. */
  at: z.number(),
})
export type MachineSample = z.infer<typeof machineSample>

/** Means over equal stretches of time, in order. @param samples in order of time @param most at least 1 */
export function thinSamples(samples: readonly MachineSample[], most: number): MachineSample[] {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || samples.length <= most) return [...samples]
  const stretches = Array.from({ length: most }, (): MachineSample[] => [])
  for (const sample of samples) {
    const stretch = Math.floor(((sample.at - first.at) / (last.at - first.at)) * most)
    stretches[Math.min(most - 1, stretch)]?.push(sample)
  }
  return stretches.filter(({ length }) => length > 0).map(meanOf)
}

function meanOf(samples: readonly MachineSample[]): MachineSample {
  const { gpus, memory } = samples.at(-1) as MachineSample
  const used = samples.flatMap((sample) => sample.memory?.usedBytes ?? [])
  return {
    at: mean(samples.map(({ at }) => at)) ?? 0,
    cpu: mean(samples.flatMap(({ cpu }) => cpu ?? [])),
    memory: memory && { ...memory, usedBytes: mean(used) ?? memory.usedBytes },
    gpus: gpus.map((gpu, index): MachineUsage['gpus'][number] => ({
      ...gpu,
      load: mean(samples.flatMap((sample) => sample.gpus[index]?.load ?? [])),
    })),
  }
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
