/**
 * A kind of layer parameter. One description of a parameter yields its TypeScript type, its validation, its JSON form, and what the
 * inspector shows. Values are plain data; `read` also accepts the short forms that people write.
 */
import type { JsonValue } from '../../errors/studio-error.ts'

export interface ParamText {
  /** What the inspector calls it. */
  readonly label: string
  /** One sentence for the tooltip and the documentation. */
  readonly help: string
  /** Shown after the value, as in `px`. */
  readonly unit?: string
  /** Whether it counts features, so that a wider network has more of it. Default: no. */
  readonly isWidth?: boolean
}

export type ReadParam<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ParamProblem }

export interface ParamProblem {
  readonly code: 'wrong-type' | 'out-of-range'
  /** Says what is expected and what came. */
  readonly message: string
}

/** What kind of field the inspector shows. */
export type ParamForm =
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'real'; readonly min: number; readonly max: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly choices: readonly ParamChoice[] }
  | { readonly kind: 'size2d'; readonly min: number; readonly max: number }
  | { readonly kind: 'padding'; readonly max: number }
  | { readonly kind: 'edges'; readonly max: number }

export interface ParamChoice {
  readonly value: string
  readonly label: string
}

export interface ParamKind<T extends JsonValue = JsonValue> extends ParamText {
  readonly form: ParamForm
  readonly default: T
  read(json: unknown): ReadParam<T>
  /** The shortest JSON that reads back as the same value. */
  write(value: T): JsonValue
}

export type ParamTable = Readonly<Record<string, ParamKind>>
export type ParamsOf<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends ParamKind<infer T> ? T : never
}

export function readOk<T>(value: T): ReadParam<T> {
  return { ok: true, value }
}

export function wrongType(expected: string, received: unknown): { readonly ok: false; readonly problem: ParamProblem } {
  return { ok: false, problem: { code: 'wrong-type', message: `expected ${expected}, got ${show(received)}` } }
}

export function outOfRange(
  expected: string,
  received: unknown,
): { readonly ok: false; readonly problem: ParamProblem } {
  return { ok: false, problem: { code: 'out-of-range', message: `expected ${expected}, got ${show(received)}` } }
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
