/** Does what the user wants done when a run has ended, and when nothing is left to train; remembers what went wrong with it the last time. */
import type { EndHook } from '../../experiments/queue/queue-settings.ts'
import type { Store } from '../store/open-store.ts'
import { runEndHook, type EndNews } from './end-hooks.ts'
import type { StoredSettings } from './stored-settings.ts'

export interface EndTellerParts {
  readonly store: Store
  readonly settings: StoredSettings
  /** Runs that wait or train. */
  readonly activeRuns: () => number
  /** Called when a problem came or went. */
  readonly changed: () => void
  /** Writes as soon as the database is not locked by others. */
  readonly whenFree: (action: () => void) => void
}

export class EndTeller {
  /** Of the last end of a run and of the queue: one that went well says nothing about the other. */
  private readonly problems = new Map<EndNews['event'], string>()
  private readonly parts: EndTellerParts
  private isClosed = false

  constructor(parts: EndTellerParts) {
    this.parts = parts
  }

  /** In words; null when all went well the last time. */
  get problem(): string | null {
    return [...this.problems.values()].join('; ') || null
  }

  /** A run has no process any more. Where that was its end, this is told; it holds nothing up. */
  left(run: number): void {
    const { store, settings, activeRuns } = this.parts
    const { atRunEnd, atQueueEnd } = settings.current
    const { name, status, best, endedAt } = store.runs.get(run, 'allow')
    if (endedAt === null || this.isClosed) return
    const news = { run, name, status, accuracy: best?.accuracy ?? null }
    void this.tell(atRunEnd, { event: 'run-ended', ...news })
    if (activeRuns() === 0) void this.tell(atQueueEnd, { event: 'queue-ended' })
  }

  close(): void {
    this.isClosed = true
  }

  private async tell(hook: EndHook, news: EndNews): Promise<void> {
    if (hook.command === null && hook.webhook === null) return void this.problems.delete(news.event)
    const reason = await runEndHook(hook, news)
    if (this.isClosed) return
    const { store, whenFree, changed } = this.parts
    if (reason === null) this.problems.delete(news.event)
    else {
      this.problems.set(news.event, reason)
      whenFree(() => store.events.append(news.run ?? null, 'queue.hookFailed', { reason }))
    }
    changed()
  }
}
