/** Time windows as words of the command line: `22:00-07:00`, `mon-fri 22:00-07:00`, `sat,sun 00:00-24:00`. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { TimeWindow } from '../../experiments/queue/queue-settings.ts'

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const everyDay = [1, 2, 3, 4, 5, 6, 7]

/** @throws StudioError `usage` that names the word */
export function parseWindow(words: readonly string[]): TimeWindow[] {
  const windows: TimeWindow[] = []
  let chosen: number[] | undefined
  for (const word of words.flatMap((part) => part.trim().split(/\s+/))) {
    const hours = /^(\d{1,2}:\d\d)-(\d{1,2}:\d\d)$/.exec(word)
    if (!hours) {
      chosen = parseDays(word)
      continue
    }
    windows.push({ days: chosen ?? everyDay, from: time(hours[1] ?? '', word), to: time(hours[2] ?? '', word) })
    chosen = undefined
  }
  if (chosen !== undefined) throw new StudioError('usage', 'days need hours behind them, such as mon-fri 22:00-07:00')
  return windows
}

export function formatWindow({ days: chosen, from, to }: TimeWindow): string {
  const names = chosen.length === 7 ? '' : `${chosen.map((day) => days[day - 1]).join(',')} `
  return `${names}${from}-${to}`
}

function parseDays(word: string): number[] {
  const chosen = word
    .toLowerCase()
    .split(',')
    .flatMap((part) => {
      const [first = '', last = first] = part.split('-')
      const [from, to] = [dayNumber(first, word), dayNumber(last, word)]
      // sat-mon goes around the end of the week
      return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, index) => ((from - 1 + index) % 7) + 1)
    })
  return [...new Set(chosen)].toSorted((a, b) => a - b)
}

function dayNumber(name: string, word: string): number {
  const at = days.findIndex((day) => name.startsWith(day))
  if (at < 0) {
    throw new StudioError('usage', `${word}: expected days (${days.join(', ')}) or hours such as 22:00-07:00`)
  }
  return at + 1
}

function time(text: string, word: string): string {
  const padded = text.padStart(5, '0')
  const normal = padded === '24:00' ? '00:00' : padded
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(normal)) throw new StudioError('usage', `${word}: ${text} is not a time of day`)
  return normal
}
