/** What the user decides of the queue as a whole: its settings, whether it is held, and that the last action is taken back. */
import type { JsonValue } from '../../experiments/errors/studio-error.ts'
import { queueSettings, type QueueSettings } from '../../experiments/queue/queue-settings.ts'
import { holdQueue, releaseQueue, type HoldParts } from './hold-queue.ts'
import type { QueueActions } from './queue-actions.ts'
import type { JournalEntry } from './queue-journal.ts'

export interface QueueControlParts extends HoldParts {
  readonly actions: QueueActions
  /** Lets jobs do what is wanted of them; resolves when those that had to stop have done so, and never rejects. */
  readonly follow: (runs: readonly number[]) => Promise<void>
  readonly settingsChanged: () => void
}

export class QueueControl {
  private readonly parts: QueueControlParts

  constructor(parts: QueueControlParts) {
    this.parts = parts
  }

  get settings(): QueueSettings {
    return this.parts.settings.current
  }

  /** Changes settings, as an action that can be taken back. */
  configure(change: Partial<QueueSettings>): QueueSettings {
    const { journal, settings, settingsChanged } = this.parts
    const before = settings.current
    const after = queueSettings.parse({ ...before, ...change })
    journal.act('settings', [], { before: before as JsonValue, after: after as JsonValue }, () => settings.write(after))
    settingsChanged()
    return after
  }

  /** Starts nothing more. Resolves when what trains has paused, where that is asked for. */
  hold(running: 'goOn' | 'pause'): Promise<QueueSettings> {
    return this.holdChanged(holdQueue(this.parts, running))
  }

  /** Starts again, and lets go on what was paused with it. */
  release(): Promise<QueueSettings> {
    return this.holdChanged(releaseQueue(this.parts))
  }

  undo(): Promise<JournalEntry> {
    return this.turn('undo')
  }

  redo(): Promise<JournalEntry> {
    return this.turn('redo')
  }

  private async turn(direction: 'undo' | 'redo'): Promise<JournalEntry> {
    const { actions, settings, settingsChanged } = this.parts
    const entry = await actions.turn(direction, (written) => settings.write(written))
    settingsChanged()
    return entry
  }

  private async holdChanged(runs: readonly number[]): Promise<QueueSettings> {
    const followed = this.parts.follow(runs)
    this.parts.settingsChanged()
    await followed
    return this.settings
  }
}
