/**
 * The one error type of the studio. Its code crosses every process boundary; nobody matches on text.
 * A message says where, what was expected, what came, and what to do.
 */
import type { ErrorCode } from './error-codes.ts'

/** A value that survives JSON and the socket unchanged. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue }
export type JsonObject = { readonly [key: string]: JsonValue }

/** One problem at one place; several are collected before anything is refused. */
export interface Issue {
  readonly code: ErrorCode
  /** Where: `train.learningRate`, `nodes.conv1.params.kernel`, a file name. Empty when it concerns the whole. */
  readonly path: string
  readonly message: string
  /** Node of the network the problem sits on, if any. */
  readonly node?: string
  /** Field of that node, if any. */
  readonly field?: string
  /** A warning does not stop anything. Default: error. */
  readonly severity?: 'error' | 'warning'
}

/** The form in which an error travels over the socket, over IPC and through `--json`. */
export interface ErrorRecord {
  readonly code: string
  readonly message: string
  readonly details: JsonObject
}

export class StudioError extends Error {
  override readonly name = 'StudioError'
  readonly code: ErrorCode
  readonly details: JsonObject

  constructor(code: ErrorCode, message: string, details: JsonObject = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
  }

  toRecord(): ErrorRecord {
    return { code: this.code, message: this.message, details: this.details }
  }
}

/** Turns anything thrown into a record; a bug keeps its own message under the code `internal`. */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  if (thrown instanceof StudioError) return thrown.toRecord()
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'internal', message, details: {} }
}

/** Joins collected issues into one error: the first one leads, all of them are in `details.issues`. */
export function issuesError(what: string, issues: readonly Issue[]): StudioError {
  const errors = issues.filter((issue) => issue.severity !== 'warning')
  const first = errors[0]
  if (!first) throw new Error('issuesError needs at least one error')
  const rest = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  const place = first.path === '' ? what : `${what}: ${first.path}`
  return new StudioError(first.code, `${place}: ${first.message}${rest}`, {
    issues: errors.map((issue) => ({ ...issue })),
  })
}

/** Closes a union: the compiler complains when a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected case: ${JSON.stringify(value)}`)
}
