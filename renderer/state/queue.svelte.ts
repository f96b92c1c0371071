/** The night queue as the service tells it: jobs in their order, settings, what can be taken back, and when everything will be done. */
import type { QueueOverview } from '../../app/ipc/contracts/queue-contract.ts'
import type { ProcessUsage, QueueJob } from '../../experiments/queue/job-record.ts'
import { planNight, type JobToPlan, type NightPlan } from '../../experiments/queue/plan-night.ts'
import { inStartOrder } from '../../experiments/queue/start-order.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { clock } from './clock.svelte.ts'
import type { Connection } from './connection.svelte.ts'
import type { RunList } from './runs.svelte.ts'

/** With so many changed jobs the whole queue is one question. */
const manyJobs = 500

export class QueueState {
  overview: QueueOverview | undefined = $state.raw()
  #byRun: ReadonlyMap<number, QueueJob> = $state.raw(new Map())
  #usage: ReadonlyMap<number, ProcessUsage> = $state.raw(new Map())
  /** All jobs in the order in which they start. */
  readonly line: readonly QueueJob[] = $derived(
    inStartOrder([...this.#byRun.values()], this.overview?.settings.order ?? 'manual'),
  )
  readonly running: readonly QueueJob[] = $derived(this.line.filter(({ state }) => state === 'running'))
  /** Waiting and paused ones. */
  readonly open: readonly QueueJob[] = $derived(this.line.filter(({ state }) => state !== 'running'))
  readonly waiting: number = $derived(this.open.filter(({ state }) => state === 'waiting').length)
  readonly plan: NightPlan | undefined = $derived.by(() => this.#planned())
  readonly #bridge: Bridge
  readonly #runs: RunList
  readonly #leave: (() => void)[]
  /** Jobs that changed since they were asked for; null: all of them. */
  #changed: Set<number> | null = new Set()
  #asking = false
  #dirty = false

  constructor(bridge: Bridge, connection: Connection, runs: RunList) {
    this.#bridge = bridge
    this.#runs = runs
    this.#leave = [
      bridge.on('queue.changed', ({ runs }) => void this.#ask(runs)),
      bridge.on('queue.usage', ({ run, memoryBytes, cores }) => {
        this.#usage = new Map(this.#usage).set(run, { memoryBytes, cores })
      }),
      connection.onConnected(() => void this.#ask(null)),
    ]
  }

  close(): void {
    for (const leave of this.#leave) leave()
  }

  get(run: number): QueueJob | undefined {
    return this.#byRun.get(run)
  }

  usageOf(run: number): ProcessUsage | null {
    return this.#usage.get(run) ?? this.#byRun.get(run)?.usage ?? null
  }

  /** One question at a time; what changes meanwhile is the next one. */
  async #ask(runs: readonly number[] | null): Promise<void> {
    if (runs === null) this.#changed = null
    else for (const run of runs) this.#changed?.add(run)
    this.#dirty = true
    if (this.#asking) return
    this.#asking = true
    try {
      while (this.#dirty) await this.#askOnce()
    } catch {
      // The service is away: it is asked for everything as soon as it is back, and the banner says so.
      this.#changed = null
    } finally {
      this.#asking = false
    }
  }

  async #askOnce(): Promise<void> {
    const changed = this.#changed
    this.#changed = new Set()
    this.#dirty = false
    if (changed === null || changed.size > manyJobs) {
      const { jobs, ...overview } = await this.#bridge.call('queue.get', {})
      this.#byRun = new Map(jobs.map((job) => [job.run, job]))
      this.overview = overview
      return
    }
    const { jobs, ...overview } = await this.#bridge.call('queue.jobs', { runs: [...changed] })
    const byRun = new Map(this.#byRun)
    for (const run of changed) byRun.delete(run)
    for (const job of jobs) byRun.set(job.run, job)
    this.#byRun = byRun
    this.overview = overview
  }

  #planned(): NightPlan | undefined {
    if (!this.overview) return undefined
    const jobs = this.line.flatMap((job): JobToPlan | [] => {
      const { run, state, device, slots } = job
      if (state !== 'running' && state !== 'waiting') return []
      // The time left of a running one is measured; it is read with the clock, not with each of its steps.
      const measured = state === 'running' ? this.#runs.peek(run)?.progress.secondsLeft : undefined
      return { run, state, device, slots, seconds: measured ?? job.estimate?.seconds ?? null }
    })
    return planNight(jobs, this.overview.settings, clock.now)
  }
}
