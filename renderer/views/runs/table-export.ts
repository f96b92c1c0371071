/** The table of runs as a file: every field of the runs, in full precision. CSV by RFC 4180. */
import type { FieldValue } from '../../../experiments/review/run-fields.ts'

export interface ExportedTable {
  readonly ids: readonly number[]
  readonly fields: readonly string[]
  readonly value: (run: number, field: string) => FieldValue
}

export function tableAsCsv({ ids, fields, value }: ExportedTable): string {
  const rows = [fields, ...ids.map((id) => fields.map((field) => cellText(value(id, field))))]
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('')
}

export function tableAsJson({ ids, fields, value }: ExportedTable): string {
  const rows = ids.map((id) => Object.fromEntries(fields.map((field) => [field, value(id, field)])))
  return `${JSON.stringify(rows, null, 2)}\n`
}

function cellText(value: FieldValue): string {
  if (value === null) return ''
  return Array.isArray(value) ? value.join('; ') : String(value)
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
