/** How many cores nobody uses: what the system counts as idle over a short while. */
import os from 'node:os'
import { setTimeout } from 'node:timers/promises'

export async function measureIdleCores(overMs = 1000): Promise<number> {
  const before = coreTimes()
  await setTimeout(overMs)
  const after = coreTimes()
  const total = after.total - before.total
  return total <= 0 ? 0 : (os.availableParallelism() * (after.idle - before.idle)) / total
}

/** Milliseconds of all cores since the system was started. */
function coreTimes(): { idle: number; total: number } {
  const times = os.cpus().map((core) => core.times)
  const idle = times.reduce((sum, time) => sum + time.idle, 0)
  return { idle, total: times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, idle) }
}
