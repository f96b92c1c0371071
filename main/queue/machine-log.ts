/** Writes down how busy the machine is for as long as there is work, so that a sweep can tell afterwards what it took. */
import type { MachineTable } from '../store/machine-table.ts'
import type { Clock } from './clock.ts'
import type { MachineMeter } from './machine-meter.ts'

export const sampleEveryMs = 15_000
/** Older samples are forgotten: a night has some two thousand. */
export const keptMs = 60 * 24 * 3600 * 1000

export interface MachineLogParts {
  readonly clock: Clock
  readonly meter: Pick<MachineMeter, 'current'>
  readonly table: MachineTable
  readonly isWorking: () => boolean
  readonly onFault: (fault: unknown) => void
}

export class MachineLog {
  private readonly parts: MachineLogParts
  private cancel: (() => void) | undefined
  private isClosed = false

  constructor(parts: MachineLogParts) {
    this.parts = parts
  }

  start(): void {
    const { clock, table, onFault } = this.parts
    try {
      table.forgetBefore(clock.now() - keptMs)
    } catch (fault) {
      onFault(fault)
    }
    this.next()
  }

  close(): void {
    this.isClosed = true
    this.cancel?.()
  }

  private next(): void {
    this.cancel = this.parts.clock.later(sampleEveryMs, () => {
      this.next()
      void this.sample()
    })
  }

  /** A sample that cannot be taken or written is one less. */
  private async sample(): Promise<void> {
    const { clock, meter, table, isWorking, onFault } = this.parts
    try {
      if (!isWorking()) return
      const usage = await meter.current()
      if (!this.isClosed) table.add(clock.now(), usage)
    } catch (fault) {
      onFault(fault)
    }
  }
}
