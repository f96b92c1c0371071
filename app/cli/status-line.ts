/** One line at the bottom of the terminal that is drawn over; nothing where the output is no terminal. */
import { stripVTControlCharacters } from 'node:util'

const barWidth = 24

export class StatusLine {
  readonly #active: boolean
  #shown = false

  constructor(quiet: boolean) {
    this.#active = !quiet && process.stderr.isTTY
  }

  show(text: string): void {
    if (!this.#active) return
    const width = process.stderr.columns > 0 ? process.stderr.columns - 1 : 79
    process.stderr.write(`\r\u001b[2K${stripVTControlCharacters(text).slice(0, width)}`)
    this.#shown = true
  }

  /** A bar with a percentage; `share` is null while the total is unknown. */
  showShare(text: string, share: number | null, tail = ''): void {
    this.show(share === null ? `${text} ... ${tail}` : `${text} ${bar(share)} ${Math.floor(share * 100)} % ${tail}`)
  }

  clear(): void {
    if (!this.#shown) return
    process.stderr.write('\r\u001b[2K')
    this.#shown = false
  }
}

function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * barWidth)
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled)
}
