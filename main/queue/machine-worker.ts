/**
 * The thread that measures the machine. The library waits for programs of the system without giving way, so it has a thread of its own, and the
 * service goes on meanwhile. Each message asks for one measurement; its answer is one as well.
 */
import { parentPort } from 'node:worker_threads'
import { currentLoad, graphics, mem, type Systeminformation } from 'systeminformation'
import type { MachineUsage } from '../../experiments/queue/job-record.ts'

/** Programs must be started to ask a GPU, so it is asked less often. */
const gpuEveryMs = 6000

let hasLoadBefore = false
let gpus: MachineUsage['gpus'] = []
let gpusAskedAt = -Infinity
/** A machine on which no GPU tells anything is not asked again. */
let hasGpu = true

parentPort?.on('message', () => void measure().then((usage) => parentPort?.postMessage(usage)))

async function measure(): Promise<MachineUsage> {
  const [cpu, memory] = await Promise.all([cpuLoad(), memoryUse(), askGpus()])
  return { cpu, memory, gpus }
}

/** The first load is the mean since the machine was started, which is not what it does now. */
async function cpuLoad(): Promise<number | null> {
  const load = await currentLoad().then(
    ({ currentLoad: percent }) => shareOf(percent),
    () => null,
  )
  const isRecent = hasLoadBefore
  hasLoadBefore = true
  return isRecent ? load : null
}

/** Memory that the system only fills with copies of files is free for whoever wants it. */
async function memoryUse(): Promise<MachineUsage['memory']> {
  try {
    const { total, available } = await mem()
    return total > 0 ? { usedBytes: Math.max(0, total - available), totalBytes: total } : null
  } catch {
    return null
  }
}

async function askGpus(): Promise<void> {
  if (!hasGpu || performance.now() - gpusAskedAt < gpuEveryMs) return
  gpusAskedAt = performance.now()
  try {
    const { controllers } = await graphics()
    gpus = controllers.map(gpuUsage).filter(({ load, temperature }) => load !== null || temperature !== null)
  } catch {
    gpus = []
  }
  hasGpu = gpus.length > 0
}

function gpuUsage(gpu: Systeminformation.GraphicsControllerData): MachineUsage['gpus'][number] {
  const { memoryUsed, memoryTotal, temperatureGpu } = gpu
  const isKnown = memoryUsed !== undefined && memoryTotal !== undefined && memoryUsed >= 0 && memoryTotal > 0
  return {
    name: gpu.name ?? gpu.model,
    load: shareOf(gpu.utilizationGpu),
    // Told in mebibytes.
    memory: isKnown ? { usedBytes: memoryUsed * 2 ** 20, totalBytes: memoryTotal * 2 ** 20 } : null,
    temperature: temperatureGpu !== undefined && Number.isFinite(temperatureGpu) ? temperatureGpu : null,
  }
}

function shareOf(percent: number | null | undefined): number | null {
  return typeof percent === 'number' && Number.isFinite(percent) ? Math.min(1, Math.max(0, percent / 100)) : null
}
