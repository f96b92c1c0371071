/** What has to be done, and is tried again and again while another program has the database locked. Everything at once or nothing: actions are transactions. */
import { isBusy } from '../store/store-errors.ts'
import { retryMs } from './active-run.ts'

export class BusyRetries {
  private readonly timers = new Set<NodeJS.Timeout>()
  private isClosed = false

  /** Does it now where that is possible. Throws what is no lock the first time; later such a fault ends the process, as any bug does. */
  whenFree(action: () => void): void {
    if (this.isClosed) return
    try {
      action()
    } catch (fault) {
      if (!isBusy(fault)) throw fault
      const timer = setTimeout(() => {
        this.timers.delete(timer)
        this.whenFree(action)
      }, retryMs)
      this.timers.add(timer)
    }
  }

  /** Nothing is tried any more. */
  close(): void {
    this.isClosed = true
    for (const timer of this.timers) clearTimeout(timer)
  }
}
