/** Theme, language and the like. Electron's main process keeps them; the theme reaches the styles through the native theme. */
import type { Preferences } from '../../app/ipc/desktop-contract.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Translation } from '../i18n/i18n.svelte.ts'

export class PreferenceState {
  current: Preferences = $state.raw({
    theme: 'system',
    language: 'system',
    quitWhileTraining: 'ask',
    datasetMirror: '',
  })
  readonly #bridge: Bridge
  readonly #translation: Translation

  constructor(bridge: Bridge, translation: Translation) {
    this.#bridge = bridge
    this.#translation = translation
    bridge.on('desktop.preferencesChanged', (preferences) => this.#take(preferences))
  }

  async start(): Promise<void> {
    this.#take(await this.#bridge.call('desktop.preferences', {}))
  }

  async change(change: Partial<Preferences>): Promise<void> {
    this.#take(await this.#bridge.call('desktop.setPreferences', change))
  }

  /** Between dark and light, from what is seen now. */
  async toggleTheme(): Promise<void> {
    const dark = matchMedia('(prefers-color-scheme: dark)').matches
    await this.change({ theme: dark ? 'light' : 'dark' })
  }

  #take(preferences: Preferences): void {
    this.current = preferences
    this.#translation.choose(preferences.language, navigator.language)
  }
}
