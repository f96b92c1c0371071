/** The words and formats of the language in use. Every view reads them from here, so a change of language redraws at once. */
import { en, type Messages } from './en.ts'
import { createFormat, type Format, type Language } from './format.ts'
import { ko } from './ko.ts'

const messages: Readonly<Record<Language, Messages>> = { en, ko }

export class Translation {
  language: Language = $state.raw('en')
  readonly t: Messages = $derived(messages[this.language])
  readonly format: Format = $derived(createFormat(this.language))

  /** `system` follows the locale that the desktop reports. */
  choose(preference: 'system' | Language, systemLocale: string): void {
    this.language = preference === 'system' ? (systemLocale.toLowerCase().startsWith('ko') ? 'ko' : 'en') : preference
  }
}

export const i18n = new Translation()
