/** A field of a run as a cell shows it. */
import type { FieldValue } from '../../../experiments/review/run-fields.ts'
import type { Format } from '../../i18n/format.ts'

export function fieldText(format: Format, field: string, value: FieldValue): string {
  if (value === null || value === '') return '–'
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.join(', ')
  if (typeof value === 'boolean') return value ? '✓' : '–'
  if (typeof value === 'string') return value
  if (['created', 'started', 'ended'].includes(field)) return format.dateTime(value)
  if (field === 'seconds') return format.duration(value)
  if (/accuracy/.test(field)) return format.percent(value)
  if (/loss/.test(field)) return format.loss(value)
  return Number.isInteger(value) ? format.integer(value) : format.plain(Number(value.toPrecision(6)))
}
