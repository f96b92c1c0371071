/**
 * Validation at a boundary: a Zod schema in, either the typed value or every problem with its path, in the studio's own words.
 * Zod runs without code generation because the window's content security policy forbids eval.
 */
import { z } from 'zod'
import type { ErrorCode } from '../errors/error-codes.ts'
import { issuesError, type Issue } from '../errors/studio-error.ts'
import { nearestName } from '../text/nearest-name.ts'

z.config({ jitless: true })

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issues: readonly Issue[] }

/** Checks `value` against `schema` and collects all problems. */
export function parseValue<T>(schema: z.ZodType<T>, value: unknown): Parsed<T> {
  const result = schema.safeParse(value)
  if (result.success) return { ok: true, value: result.data }
  const issues = result.error.issues.flatMap((issue) => toIssues(schema, issue, value, []))
  return { ok: false, issues: [...issues.filter(isUnknownKey), ...issues.filter((issue) => !isUnknownKey(issue))] }
}

/** As `parseValue`, but throws one StudioError that names `what` and the first place. */
export function parseOrThrow<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = parseValue(schema, value)
  if (parsed.ok) return parsed.value
  throw issuesError(what, parsed.issues)
}

/** A misspelt key leads: it explains the value that is then missing. */
function isUnknownKey({ code }: Issue): boolean {
  return code === 'unknown-key'
}

type Path = readonly PropertyKey[]

function toIssues(schema: z.ZodType, issue: z.core.$ZodIssue, root: unknown, prefix: Path): Issue[] {
  const path = [...prefix, ...issue.path]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        unknownKey(path, key, knownKeys(variantOf(schemaAt(schema, path), valueAt(root, path)))),
      )
    case 'invalid_union':
      return unionIssues(schema, issue, root, path)
    case 'too_small':
    case 'too_big':
    case 'not_multiple_of':
      return [problem('out-of-range', path, `${issue.message}; got ${show(valueAt(root, path))}`)]
    default:
      return [invalidValue(path, issue, valueAt(root, path))]
  }
}

function invalidValue(path: Path, issue: z.core.$ZodIssue, received: unknown): Issue {
  if (received === undefined) return problem('missing-value', path, 'a value is required here')
  const expected = issue.message.replace(/^Invalid input: /, '').replace(/, received .*$/, '')
  return problem('wrong-type', path, `${expected}; got ${show(received)}`)
}

/** Of a union's branches, the one that came furthest tells most. */
function unionIssues(
  schema: z.ZodType,
  issue: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>,
  root: unknown,
  path: Path,
): Issue[] {
  const discriminator = 'discriminator' in issue ? String(issue.discriminator) : undefined
  if (discriminator !== undefined) {
    const unionPath = path.at(-1) === discriminator ? path.slice(0, -1) : path
    return [unknownVariant(unionOptions(schema, unionPath), discriminator, root, unionPath)]
  }
  const options = unionOptions(schema, path)
  const received = valueAt(root, path)
  const keys = isRecord(received) ? Object.keys(received) : []
  const overlap = (index: number): number =>
    knownKeys(options[index]).filter((key) => keys.includes(key)).length * 100 - (issue.errors[index]?.length ?? 0)
  const best = issue.errors.map((_, index) => index).sort((a, b) => overlap(b) - overlap(a))[0]
  const option = best === undefined ? undefined : options[best]
  if (best === undefined || option === undefined) return [invalidValue(path, issue, received)]
  if (!isRecord(received)) return [invalidValue(path, issue, received)]
  return (issue.errors[best] ?? []).flatMap((inner) =>
    toIssues(option, inner, received, []).map((found) => ({ ...found, path: joinPath(path, found.path) })),
  )
}

function unknownVariant(options: readonly z.ZodType[], discriminator: string, root: unknown, unionPath: Path): Issue {
  const path = [...unionPath, discriminator]
  const choices = options.flatMap((option) => literalValues(schemaAt(option, [discriminator])))
  const given = valueAt(root, path)
  const near = typeof given === 'string' ? nearestName(given, choices.map(String)) : undefined
  const hint = near === undefined ? '' : `; did you mean "${near}"?`
  const listed = choices.map((choice) => JSON.stringify(choice)).join(', ')
  return problem(
    given === undefined ? 'missing-value' : 'wrong-type',
    path,
    `expected one of ${listed}; got ${show(given)}${hint}`,
  )
}

function unionOptions(schema: z.ZodType, path: Path): readonly z.ZodType[] {
  const def = schemaAt(schema, path)?.def
  return def !== undefined && 'options' in def ? (def.options as z.ZodType[]) : []
}

function unknownKey(path: Path, key: string, known: readonly string[]): Issue {
  const near = nearestName(key, known)
  const advice = near === undefined ? `known keys: ${known.join(', ')}` : `did you mean "${near}"?`
  return problem('unknown-key', [...path, key], `unknown key "${key}"; ${advice}`)
}

function problem(code: ErrorCode, path: Path, message: string): Issue {
  return { code, path: path.map(String).join('.'), message }
}

function joinPath(prefix: Path, rest: string): string {
  const start = prefix.map(String).join('.')
  if (start === '' || rest === '') return start + rest
  return `${start}.${rest}`
}

/** Follows a value's path through the schema, seeing through optional, default and nullable wrappers. */
function schemaAt(schema: z.ZodType | undefined, path: Path): z.ZodType | undefined {
  let current = unwrap(schema)
  for (const key of path) {
    if (current === undefined) return undefined
    const def = current.def as { shape?: Record<PropertyKey, z.ZodType>; element?: z.ZodType; valueType?: z.ZodType }
    current = unwrap(def.shape?.[key] ?? def.element ?? def.valueType)
  }
  return current
}

/** Of a discriminated union, the branch that `value` says it is; any other schema as it is. */
function variantOf(schema: z.ZodType | undefined, value: unknown): z.ZodType | undefined {
  const def = schema?.def as { discriminator?: string; options?: z.ZodType[] } | undefined
  const { discriminator, options } = def ?? {}
  if (discriminator === undefined || !isRecord(value)) return schema
  return options?.find((option) => literalValues(schemaAt(option, [discriminator])).includes(value[discriminator]))
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  let current = schema
  while (current !== undefined && 'innerType' in current.def) current = current.def.innerType as z.ZodType
  return current
}

function knownKeys(schema: z.ZodType | undefined): string[] {
  const def = unwrap(schema)?.def as { shape?: Record<string, unknown> } | undefined
  return def?.shape ? Object.keys(def.shape) : []
}

function literalValues(schema: z.ZodType | undefined): unknown[] {
  const def = unwrap(schema)?.def as { values?: unknown[] } | undefined
  return def?.values ?? []
}

function valueAt(root: unknown, path: Path): unknown {
  let current = root
  for (const key of path) {
    if (!isRecord(current) && !Array.isArray(current)) return undefined
    if (!Object.hasOwn(current, key)) return undefined
    current = (current as Record<PropertyKey, unknown>)[key]
  }
  return current
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
