/**
 * Times of day and dates as people type them, the same in every language and on every system: 24 hours, and year, month, day. Chromium's own
 * fields follow the locale of the system, not the language of the window.
 */

export interface ClockText {
  /** How it is written, shown while the field is empty. */
  readonly pattern: string
  /** The one way to write it; undefined where it is none. */
  readonly parse: (text: string) => string | undefined
  /** A valid one moved by so many steps. */
  readonly step: (value: string, steps: number) => string
}

const minutesOfDay = 24 * 60
const minutesOfStep = 15
const twoDigits = (value: number): string => String(value).padStart(2, '0')

/** `22:30`; also typed as 2230, 22.30, 22 or 8:5. A step is a quarter of an hour, over midnight as well. */
export const timeText: ClockText = {
  pattern: 'hh:mm',
  parse(text) {
    const [, hours, minutes = '0'] =
      /^(\d{1,2})(?:[:.](\d{1,2}))?$/.exec(text.trim()) ?? /^(\d{1,2})(\d{2})$/.exec(text.trim()) ?? []
    if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined
    return `${twoDigits(Number(hours))}:${twoDigits(Number(minutes))}`
  },
  step(value, steps) {
    const [hours = 0, minutes = 0] = value.split(':').map(Number)
    const at = hours * 60 + minutes
    // The next quarter of an hour, also from between two.
    const quarter = (steps > 0 ? Math.floor : Math.ceil)(at / minutesOfStep) + steps
    const moved = (((quarter * minutesOfStep) % minutesOfDay) + minutesOfDay) % minutesOfDay
    return `${twoDigits(Math.floor(moved / 60))}:${twoDigits(moved % 60)}`
  },
}

/** `2026-11-28`, a day that exists. A step is a day. */
export const dateText: ClockText = {
  pattern: 'yyyy-mm-dd',
  parse(text) {
    const [, year, month, day] = /^(\d{4})[-./](\d{1,2})[-./](\d{1,2})$/.exec(text.trim())?.map(Number) ?? []
    if (year === undefined || month === undefined || day === undefined) return undefined
    const date = new Date(year, month - 1, day)
    return date.getMonth() === month - 1 && date.getDate() === day ? dateTextOf(date) : undefined
  },
  step(value, steps) {
    const [year = 0, month = 1, day = 1] = value.split('-').map(Number)
    return dateTextOf(new Date(year, month - 1, day + steps))
  },
}

/** Of this place. */
export function dateTextOf(date: Date): string {
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`
}

/** Of this place. */
export function timeTextOf(date: Date): string {
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`
}
