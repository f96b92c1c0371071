/** The person's choices for this window: kept in a small file of the home folder, defaults where it is absent or damaged. */
import { preferences, type Preferences } from '../ipc/desktop-contract.ts'
import { readJsonFile, writeJsonFile } from './json-file.ts'

export class PreferencesStore {
  readonly #file: string
  readonly #onChange: (preferences: Preferences) => void
  #current: Preferences

  constructor(file: string, onChange: (preferences: Preferences) => void) {
    this.#file = file
    this.#onChange = onChange
    this.#current = readJsonFile(file, preferences) ?? preferences.parse({})
  }

  get current(): Preferences {
    return this.#current
  }

  change(change: { readonly [K in keyof Preferences]?: Preferences[K] | undefined }): Preferences {
    this.#current = preferences.parse({ ...this.#current, ...change })
    writeJsonFile(this.#file, this.#current)
    this.#onChange(this.#current)
    return this.#current
  }
}
