import { describe, expect, it } from 'vitest'
import { lackOfMemory, MachineMemory, type MemoryNeed } from './memory-room.ts'

const gibibyte = 2 ** 30
const memory = (free: number, total: number) => () => ({ freeBytes: free * gibibyte, totalBytes: total * gibibyte })
const job = (gibibytes: number | null) => ({ memoryBytes: gibibytes === null ? null : gibibytes * gibibyte })
const running = (estimate: number, taken: number, device = 'cpu'): MemoryNeed => ({
  ...{ device, memoryBytes: estimate * gibibyte, takenBytes: taken * gibibyte },
})

describe('memory before a start', () => {
  it('is enough, or the job is told what it needs and what is free', () => {
    expect(lackOfMemory(job(3), 'cpu', [], memory(4, 16))).toBeUndefined()
    expect(lackOfMemory(job(4.5), 'cpu', [], memory(4, 16))).toBe(
      'it needs about 4.5 GiB of memory, and 4.0 GiB of cpu are free; it starts when there is room',
    )
    expect(lackOfMemory(job(null), 'cpu', [], memory(0, 16))).toBeUndefined()
    expect(lackOfMemory(job(99), 'webgpu', [], () => undefined)).toBeUndefined()
  })

  it('is kept for what a running job has not taken yet, on its own device', () => {
    expect(lackOfMemory(job(3), 'cpu', [running(2, 0)], memory(4, 16))).toMatch(/and 2.0 GiB of cpu are free/)
    expect(lackOfMemory(job(3), 'cpu', [running(2, 2)], memory(4, 16))).toBeUndefined()
    expect(lackOfMemory(job(3), 'cpu', [running(2, 0, 'cuda:0')], memory(4, 16))).toBeUndefined()
  })

  it('never suffices for what is larger than all of it: that trains alone', () => {
    expect(lackOfMemory(job(20), 'cpu', [running(1, 1)], memory(15, 16))).toMatch(/more than cpu has; it starts when/)
    expect(lackOfMemory(job(20), 'cpu', [], memory(15, 16))).toBeUndefined()
  })

  it('is asked of the machine', () => {
    const { of } = new MachineMemory(() => undefined)
    const processor = of('cpu')
    expect(processor?.freeBytes).toBeGreaterThan(0)
    expect(processor?.freeBytes).toBeLessThanOrEqual(processor?.totalBytes ?? 0)
    expect(of('webgpu')).toBeUndefined()
  })
})
