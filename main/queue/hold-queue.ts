/**
 * The queue starts nothing more, and perhaps what trains pauses with it; later both go on together. Which jobs were paused with the queue stands in
 * its settings, so that any client, and the next service, lets just those go on. Each is one action that can be taken back.
 */
import type { JsonValue } from '../../experiments/errors/studio-error.ts'
import type { QueueHold, QueueSettings } from '../../experiments/queue/queue-settings.ts'
import type { Store } from '../store/open-store.ts'
import type { Clock } from './clock.ts'
import type { WishPatch } from './queue-actions.ts'
import type { QueueJournal } from './queue-journal.ts'
import type { StoredSettings } from './stored-settings.ts'

export interface HoldParts {
  readonly store: Store
  readonly journal: QueueJournal
  readonly settings: StoredSettings
  readonly clock: Clock
}

/** Returns the runs whose wishes changed. */
export function holdQueue(parts: HoldParts, running: 'goOn' | 'pause'): number[] {
  const { settings, store, clock } = parts
  const before = settings.current.hold
  const pausing = running === 'pause' ? store.jobs.running() : []
  const paused = [...new Set([...(before?.paused ?? []), ...pausing])]
  const hold: QueueHold = { code: 'user', message: 'paused by the user', since: clock.now(), paused }
  const patches = pausing.map((run): WishPatch => ({ run, after: { intent: 'pause' } }))
  return change(parts, 'paused', patches, { ...settings.current, hold })
}

/** Returns the runs whose wishes changed: those that were paused with the queue and still are. */
export function releaseQueue(parts: HoldParts): number[] {
  const { settings, store } = parts
  const isPaused = (run: number): boolean => {
    const job = store.jobs.get(run)
    return job?.intent === 'pause' && job.state !== 'done'
  }
  const patches = (settings.current.hold?.paused ?? []).filter(isPaused).toReversed()
  return change(
    parts,
    'resumed',
    // The last one first: each goes to the head of its priority.
    patches.map((run, index) => ({
      run,
      after: { intent: 'go', position: store.jobs.firstPosition(store.jobs.get(run)?.priority ?? 0) - index },
    })),
    { ...settings.current, hold: null },
  )
}

function change(
  { journal, settings }: HoldParts,
  action: 'paused' | 'resumed',
  patches: readonly WishPatch[],
  after: QueueSettings,
): number[] {
  const extra = { before: settings.current as JsonValue, after: after as JsonValue }
  journal.act(patches.length > 0 ? action : 'settings', patches, extra, () => settings.write(after))
  return patches.map(({ run }) => run)
}
