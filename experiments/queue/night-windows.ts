/**
 * Time windows of the week as stretches of real time. A window's ends are times on the wall, which `Date` turns into instants: an hour that
 * daylight saving leaves out begins when the next one does, and one that comes twice is taken the first time. What is asked is always "is now
 * inside", never "did a timer fire", so a clock that jumps can neither start a job twice nor skip it.
 */
import type { TimeWindow } from './queue-settings.ts'

/** Milliseconds since 1970, `end` excluded. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

const daysAhead = 8

/** Stretches that end after `now`, for the days to come, in order, those that touch made one. */
export function openStretches(windows: readonly TimeWindow[], now: number, days = daysAhead): Stretch[] {
  const stretches = windows.flatMap((window) => {
    const today = new Date(now)
    return Array.from({ length: days + 2 }, (_, index) => {
      const day = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1 + index)
      return window.days.includes(isoWeekday(day)) ? stretchOf(window, day) : undefined
    })
  })
  const open = stretches.filter((stretch) => stretch !== undefined && stretch.end > now && stretch.end > stretch.start)
  return merged((open as Stretch[]).toSorted((a, b) => a.start - b.start))
}

/** Whether jobs may run now, and when that changes; without windows they always may. */
export function windowState(windows: readonly TimeWindow[], now: number): { open: boolean; changesAt: number | null } {
  if (windows.length === 0) return { open: true, changesAt: null }
  const first = openStretches(windows, now)[0]
  if (first === undefined) return { open: false, changesAt: null }
  return first.start <= now ? { open: true, changesAt: first.end } : { open: false, changesAt: first.start }
}

/** 1 is Monday, 7 is Sunday. */
function isoWeekday(day: Date): number {
  return day.getDay() === 0 ? 7 : day.getDay()
}

function stretchOf({ from, to }: TimeWindow, day: Date): Stretch {
  const end = at(day, to)
  const start = at(day, from)
  if (to > from) return { start, end }
  return { start, end: at(new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1), to) }
}

function at(day: Date, time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), hours, minutes).getTime()
}

function merged(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = []
  for (const stretch of stretches) {
    const last = result.at(-1)
    if (last !== undefined && stretch.start <= last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, stretch.end) }
    } else result.push(stretch)
  }
  return result
}
