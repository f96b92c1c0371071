/** JSON text from outside: size and nesting are bounded before anything is built from it. */
import { StudioError } from '../errors/studio-error.ts'

export interface JsonLimits {
  /** Characters. Default 64 Mi. */
  readonly maxLength?: number
  /** Levels of nested arrays and objects. Default 100. */
  readonly maxDepth?: number
}

/** Parses `text`; `what` names the file or message in the error. Throws `too-large` or `invalid-json`. */
export function parseJson(text: string, what: string, limits: JsonLimits = {}): unknown {
  const maxLength = limits.maxLength ?? 64 * 2 ** 20
  const maxDepth = limits.maxDepth ?? 100
  if (text.length > maxLength) {
    throw new StudioError('too-large', `${what}: ${text.length} characters; at most ${maxLength} are read`, {
      maxLength,
    })
  }
  const depth = nestingDepth(text, maxDepth)
  if (depth > maxDepth) {
    throw new StudioError('invalid-json', `${what}: nests deeper than ${maxDepth} levels`, { maxDepth })
  }
  try {
    return JSON.parse(text, dropPrototypeKey) as unknown
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StudioError('invalid-json', `${what} is not JSON: ${reason}`, {}, cause)
  }
}

/** `__proto__` in hostile JSON becomes an ordinary unknown key's absence, never a prototype. */
function dropPrototypeKey(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value
}

function nestingDepth(text: string, stopAfter: number): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (inString) {
      if (c === 0x5c) i++
      else if (c === 0x22) inString = false
    } else if (c === 0x22) inString = true
    else if (c === 0x7b || c === 0x5b) {
      deepest = Math.max(deepest, ++depth)
      if (deepest > stopAfter) return deepest
    } else if (c === 0x7d || c === 0x5d) depth--
  }
  return deepest
}
