/** The settings of the queue as the store holds them; what does not fit any more counts as never set. */
import { defaultQueueSettings, queueSettings, type QueueSettings } from '../../experiments/queue/queue-settings.ts'
import type { JsonValue } from '../../experiments/errors/studio-error.ts'
import type { Store } from '../store/open-store.ts'

const settingsName = 'queue'

export class StoredSettings {
  private readonly store: Store

  constructor(store: Store) {
    this.store = store
  }

  get current(): QueueSettings {
    const stored = queueSettings.safeParse(this.store.settings.get(settingsName) ?? {})
    return stored.success ? stored.data : defaultQueueSettings
  }

  write(settings: QueueSettings | JsonValue): void {
    this.store.settings.set(settingsName, settings)
  }
}
