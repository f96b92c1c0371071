/**
 * Parameters as people type them, and back: `3`, `3 x 5`, `same`, `1 1 2 2`, or an expression such as `2*width`. Documents hold expressions with a
 * `=` in front; in fields it is not needed.
 */
import { evaluateExpression } from '../../../../experiments/expressions/evaluate-expression.ts'
import { isExpression } from '../../../../experiments/network/apply-variables.ts'
import type { JsonValue } from '../../../../experiments/errors/studio-error.ts'
import type { ParamForm, ParamKind } from '../../../../experiments/layers/params/param-kind.ts'

export type TypedParam =
  | {
      readonly ok: true
      readonly json: JsonValue
      /** What expressions in it amount to; undefined when there are none. */
      readonly amounts: string | undefined
    }
  | { readonly ok: false; readonly message: string }

export function paramText(json: JsonValue): string {
  if (Array.isArray(json)) {
    const parts = (json as readonly JsonValue[]).map((part) => paramText(part))
    return parts.join(parts.length === 2 ? ' × ' : ' ')
  }
  if (isExpression(json)) return json.slice(1)
  return typeof json === 'string' || typeof json === 'number' ? String(json) : JSON.stringify(json)
}

export function readParamText(text: string, kind: ParamKind, variables: Readonly<Record<string, number>>): TypedParam {
  const parts = splitParts(text.trim(), kind.form)
  const values = parts.map((part) => readPart(part, kind.form, variables))
  const failed = values.find((value): value is Refused => !value.ok)
  if (failed) return failed
  const sound = values.flatMap((value) => (value.ok ? [value] : []))
  const whole = (items: readonly JsonValue[]): JsonValue => (items.length === 1 ? (items[0] ?? '') : items)
  const read = kind.read(whole(sound.map(({ value }) => value)))
  if (!read.ok) return { ok: false, message: read.problem.message }
  const hasExpression = sound.some(({ json }) => isExpression(json))
  const json = hasExpression ? whole(sound.map((part) => part.json)) : kind.write(read.value)
  return { ok: true, json, amounts: hasExpression ? paramText(kind.write(read.value)) : undefined }
}

/** Where a field takes several numbers, spaces, commas and crosses part them; inside of parentheses they do not. */
function splitParts(text: string, form: ParamForm): readonly string[] {
  if (form.kind !== 'size2d' && form.kind !== 'padding' && form.kind !== 'edges') return [text]
  const separated = text.replace(/\s*[×]\s*/g, ' ').replace(/(\d)\s*x\s*(\d)/gi, '$1 $2')
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const sign of separated) {
    if (sign === '(') depth += 1
    if (sign === ')') depth -= 1
    if (depth === 0 && /[\s,]/.test(sign)) {
      if (part !== '') parts.push(part)
      part = ''
    } else part += sign
  }
  if (part !== '' || parts.length === 0) parts.push(part)
  // `2 * width` is one expression, not three numbers.
  return parts.some((piece) => /^[-+*/%^]|[-+*/%^]$/.test(piece) && !/^-\d/.test(piece)) ? [text] : parts
}

interface Refused {
  readonly ok: false
  readonly message: string
}
type Part = { readonly ok: true; readonly json: JsonValue; readonly value: JsonValue } | Refused

function readPart(text: string, form: ParamForm, variables: Readonly<Record<string, number>>): Part {
  if (text === '') return { ok: false, message: 'a value is needed' }
  const number = Number(text)
  if (Number.isFinite(number)) return { ok: true, json: number, value: number }
  if (form.kind === 'padding' && (text === 'same' || text === 'valid')) return { ok: true, json: text, value: text }
  const bare = text.replace(/^=/, '')
  const evaluated = evaluateExpression(bare, variables)
  if (!evaluated.ok) return { ok: false, message: `"${bare}" ${evaluated.message}` }
  return { ok: true, json: `=${bare}`, value: evaluated.value }
}
