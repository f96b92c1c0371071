/** What can be done with jobs in the window: each is one question to the service, one undoable action, and its words. */
import type { QueueAction, QueueJob, QueueUndo } from '../../experiments/queue/job-record.ts'
import { i18n } from '../i18n/i18n.svelte.ts'
import type { QueueState } from './queue.svelte.ts'
import type { Studio } from './studio.svelte.ts'

type Turnable = QueueUndo['undo']

export class QueueActions {
  readonly #studio: Studio
  readonly #queue: QueueState

  constructor(studio: Studio, queue: QueueState) {
    this.#studio = studio
    this.#queue = queue
  }

  pause(runs: readonly number[]): void {
    this.#ask(runs, (ids) => this.#studio.bridge.call('queue.pause', { runs: ids }))
  }

  resume(runs: readonly number[]): void {
    this.#ask(runs, (ids) => this.#studio.bridge.call('queue.resume', { runs: ids }))
  }

  /** Pauses all when any of them waits or trains, else resumes them. */
  pauseOrResume(jobs: readonly QueueJob[]): void {
    const open = jobs.filter(({ state }) => state !== 'paused')
    if (open.length > 0) this.pause(open.map(({ run }) => run))
    else this.resume(jobs.map(({ run }) => run))
  }

  cancel(runs: readonly number[]): void {
    this.#ask(runs, (ids) => this.#studio.bridge.call('queue.cancel', { runs: ids }))
  }

  retry(runs: readonly number[]): void {
    this.#ask(runs, (ids) => this.#studio.bridge.call('queue.retry', { runs: ids }))
  }

  duplicate(runs: readonly number[]): void {
    this.#ask(runs, (ids) => this.#studio.bridge.call('queue.duplicate', { runs: ids }))
  }

  /** Pauses by itself when the epoch is finished that it trains now. */
  pauseAfterEpoch(run: number): void {
    this.#ask([run], () => this.#studio.bridge.call('queue.edit', { run, pauseAfterEpoch: 'current' }))
  }

  /** Finishes, with its test result, when the epoch is done that it trains now. */
  stopAfterEpoch(run: number): void {
    this.#ask([run], () => this.#studio.bridge.call('queue.edit', { run, stopAfterEpoch: 'current' }))
  }

  move(runs: readonly number[], before: number | null): Promise<void> {
    return this.#studio.attempt(() => this.#studio.bridge.call('queue.move', { runs: [...runs], before }))
  }

  hold(held: boolean): void {
    void this.#studio.attempt(() => this.#studio.bridge.call('queue.hold', { held }))
  }

  /** The queue with what trains; both go on together. */
  pauseAll(): void {
    void this.#studio.attempt(() => this.#studio.bridge.call('queue.hold', { held: true, running: 'pause' }))
  }

  async undo(direction: 'undo' | 'redo'): Promise<void> {
    const entry = this.#queue.overview?.[direction]
    if (!entry) return
    const text = actionText(entry)
    await this.#studio.attempt(async () => {
      await this.#studio.bridge.call(`queue.${direction}`, {})
      this.#studio.toasts.show(direction === 'undo' ? i18n.t.queue.undone(text) : i18n.t.queue.redone(text))
    })
  }

  #ask(runs: readonly number[], call: (runs: number[]) => Promise<unknown>): void {
    if (runs.length > 0) void this.#studio.attempt(() => call([...runs]))
  }
}

export function actionText({ action, runs }: NonNullable<Turnable>): string {
  const texts: Readonly<Record<QueueAction, (count: number) => string>> = i18n.t.queue.actions
  return texts[action](runs.length)
}
