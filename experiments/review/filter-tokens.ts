/** The words of a filter: `validation.accuracy > 90% and not tag = night`. */
import { filterError } from './filter-problem.ts'

export type TokenKind = 'word' | 'text' | 'number' | 'operator' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** As read: without quotes, numbers as written. */
  readonly text: string
  readonly value?: number
  /** Of the first character. */
  readonly at: number
}

const space = /\s+/y
const operator = /(<=|>=|!=|!~|=|<|>|~|\(|\)|\[|\]|,)/y
// A number ends where a word would go on: 3e-4 and 90% are numbers, 28x28 is a word.
const number = /-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?%?(?![\p{L}\p{N}_.]|-\d)/uy
const word = /[\p{L}\p{N}_@$*/-][\p{L}\p{N}_.@$*/:-]*/uy

/** @throws StudioError `usage` that points at the character */
export function filterTokens(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  while (at < text.length) {
    const blank = take(space)
    if (blank !== undefined) {
      at += blank.length
      continue
    }
    const quote = text[at]
    if (quote === '"' || quote === "'") {
      const end = text.indexOf(quote, at + 1)
      if (end < 0) throw filterError(text, { kind: 'open-text', at, got: quote })
      tokens.push({ kind: 'text', text: text.slice(at + 1, end), at })
      at = end + 1
      continue
    }
    const digits = take(number)
    if (digits !== undefined) {
      const percent = digits.endsWith('%')
      tokens.push({ kind: 'number', text: digits, value: Number.parseFloat(digits) / (percent ? 100 : 1), at })
      at += digits.length
      continue
    }
    const sign = take(operator)
    const kind = sign === undefined ? 'word' : 'operator'
    const found = sign ?? take(word)
    if (found === undefined) {
      throw filterError(text, { kind: 'foreign-sign', at, got: text[at] ?? '' })
    }
    tokens.push({ kind, text: found, at })
    at += found.length
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }]
}
