/** Numbers, times and sizes as a language writes them. Widths stay steady where a value streams: fixed digits, tabular figures. */

import { scaledBytes } from '../../experiments/text/format-bytes.ts'

export type Language = 'en' | 'ko'

export interface Format {
  readonly integer: (value: number) => string
  /** 61.7K, 4.09M, 7.8B: three significant digits. */
  readonly compact: (value: number) => string
  /** A loss: four significant digits at usual sizes, scientific far outside. */
  readonly loss: (value: number) => string
  /** A share of one as a percentage with two decimals. */
  readonly percent: (value: number) => string
  /** A share of one as a whole percentage. */
  readonly wholePercent: (value: number) => string
  /** A share of one on an axis: a decimal only where it is needed. */
  readonly axisPercent: (value: number) => string
  /** Any setting: as many digits as it has. */
  readonly plain: (value: number) => string
  /** 1 KiB is 1024 bytes, as in every message of the studio. */
  readonly bytes: (value: number) => string
  /** The two largest units: 45s, 3m 20s, 2h 5m. */
  readonly duration: (seconds: number) => string
  readonly dateTime: (at: number) => string
  readonly time: (at: number) => string
  /** The hour, with its day where that is not today. */
  readonly dayTime: (at: number, now: number) => string
  /** "3 minutes ago" within a week, else the date. */
  readonly ago: (at: number, now: number) => string
  readonly list: (items: readonly string[]) => string
}

const compactUnits = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'K'],
] as const

export function createFormat(language: Language): Format {
  const locale = language === 'ko' ? 'ko-KR' : 'en-GB'
  const integer = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const plain = new Intl.NumberFormat(locale, { maximumSignificantDigits: 12 })
  const significant = new Intl.NumberFormat(locale, { minimumSignificantDigits: 3, maximumSignificantDigits: 3 })
  const oneDigit = fixed(locale, 1, 'decimal')
  const percent = fixed(locale, 2, 'percent')
  const wholePercent = fixed(locale, 0, 'percent')
  const axisPercent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 })
  const lossDigits = [2, 3, 4].map((digits) => fixed(locale, digits, 'decimal'))
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' })
  const hour = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' })
  const dayAndMonth = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  const list = new Intl.ListFormat(locale, { type: 'conjunction' })

  /** Making a formatter costs a hundred times what using it does. */
  const units = new Map<string, Intl.NumberFormat>()
  const unit = (value: number, unitName: string, unitDisplay: 'long' | 'narrow'): string => {
    const key = `${unitName} ${unitDisplay}`
    const known = units.get(key)
    const format =
      known ?? new Intl.NumberFormat(locale, { style: 'unit', unit: unitName, unitDisplay, maximumFractionDigits: 0 })
    if (!known) units.set(key, format)
    return format.format(value)
  }

  return {
    integer: (value) => integer.format(value),
    compact: (value) => {
      const scale = compactUnits.find(([size]) => Math.abs(value) >= size)
      return scale ? `${significant.format(value / scale[0])}${scale[1]}` : integer.format(value)
    },
    loss: (value) => {
      const size = Math.abs(value)
      if (size !== 0 && (size < 0.001 || size >= 10_000)) return value.toExponential(2)
      const formatter = lossDigits[size >= 100 ? 0 : size >= 10 ? 1 : 2]
      return formatter ? formatter.format(value) : String(value)
    },
    percent: (value) => percent.format(value),
    wholePercent: (value) => wholePercent.format(value),
    axisPercent: (value) => axisPercent.format(value),
    plain: (value) => (value !== 0 && Math.abs(value) < 1e-6 ? value.toExponential() : plain.format(value)),
    bytes: (value) => {
      const scaled = scaledBytes(value)
      return scaled ? `${oneDigit.format(scaled.value)} ${scaled.unit}` : unit(value, 'byte', 'long')
    },
    duration: (seconds) =>
      durationParts(seconds)
        .map(([value, name]) => unit(value, name, 'narrow'))
        .join(' '),
    dateTime: (at) => dateTime.format(at),
    time: (at) => time.format(at),
    dayTime: (at, now) => {
      const days = dayNumber(at) - dayNumber(now)
      if (days === 0) return hour.format(at)
      return `${(days > 0 && days < 7 ? weekday : dayAndMonth).format(at)} ${hour.format(at)}`
    },
    ago: (at, now) => {
      const [value, name] = agoParts((now - at) / 1000)
      return name === undefined ? date.format(at) : relative.format(-value, name)
    },
    list: (items) => list.format(items),
  }
}

function fixed(locale: string, digits: number, style: 'decimal' | 'percent'): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, { style, minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** Days as the calendar counts them here, whatever daylight saving does to their length. */
function dayNumber(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000
}

function durationParts(seconds: number): [number, string][] {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return [[whole, 'second']]
  const minutes = Math.floor(whole / 60)
  if (minutes < 60)
    return [
      [minutes, 'minute'],
      [whole % 60, 'second'],
    ]
  const hours = Math.floor(minutes / 60)
  if (hours < 24)
    return [
      [hours, 'hour'],
      [minutes % 60, 'minute'],
    ]
  return [
    [Math.floor(hours / 24), 'day'],
    [hours % 24, 'hour'],
  ]
}

function agoParts(seconds: number): [number, Intl.RelativeTimeFormatUnit | undefined] {
  if (seconds < 45) return [0, 'second']
  if (seconds < 3600) return [Math.max(1, Math.round(seconds / 60)), 'minute']
  if (seconds < 86_400) return [Math.round(seconds / 3600), 'hour']
  if (seconds < 7 * 86_400) return [Math.round(seconds / 86_400), 'day']
  return [0, undefined]
}
