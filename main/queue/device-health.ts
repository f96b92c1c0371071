/**
 * Which devices can be relied on. A graphics card whose driver lets runs down twice in a row is set aside: its jobs wait, with the reason, in
 * place of failing one after the other through the night. The processor is never set aside: what fails there is the run.
 */

/** Faults in a row after which nothing more is started on a device. */
const mostFaults = 2
/** What a driver does to a run, as opposed to the run itself going wrong. */
const deviceFaults: ReadonlySet<string> = new Set(['engine-failed', 'engine-unavailable', 'trainer-crashed'])

/** Whether another device might do better: also where even the smallest part of a batch was too much for this one's memory. */
export function isDeviceFault(code: string): boolean {
  return deviceFaults.has(code) || code === 'out-of-memory'
}

export class DeviceHealth {
  readonly #faults = new Map<string, { readonly count: number; readonly reason: string }>()

  failed(device: string, error: { readonly code: string; readonly message: string }): void {
    if (device === 'cpu' || !deviceFaults.has(error.code)) return
    const count = (this.#faults.get(device)?.count ?? 0) + 1
    this.#faults.set(device, { count, reason: error.message })
  }

  /** A run came through an epoch there. */
  worked(device: string): void {
    this.#faults.delete(device)
  }

  /** Why nothing is started there; undefined for a device in use. */
  setAside(device: string): string | undefined {
    const faults = this.#faults.get(device)
    if (faults === undefined || faults.count < mostFaults) return undefined
    return `${device} is set aside: it failed ${faults.count} times in a row, the last time because ${faults.reason}`
  }

  /** Of every device that is set aside. */
  get reasons(): readonly string[] {
    return [...this.#faults.keys()].flatMap((device) => this.setAside(device) ?? [])
  }

  /** Somebody looked at the devices again; each gets another chance. */
  forget(): void {
    this.#faults.clear()
  }
}
