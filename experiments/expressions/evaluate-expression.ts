/**
 * Arithmetic in parameters, as in `2*width` or `max(16, width/4)`: numbers, names of variables, + - * / % ^, parentheses and a few functions.
 * A recursive descent of its own, because the window's policy forbids eval and a document must never be able to run anything.
 */

export type Evaluated = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly message: string }

export const expressionFunctions: Readonly<Record<string, (...values: readonly number[]) => number>> = {
  round: (x = NaN) => Math.round(x),
  floor: (x = NaN) => Math.floor(x),
  ceil: (x = NaN) => Math.ceil(x),
  abs: (x = NaN) => Math.abs(x),
  sqrt: (x = NaN) => Math.sqrt(x),
  min: (...values) => Math.min(...values),
  max: (...values) => Math.max(...values),
}

/** Longer ones are refused; nesting is limited by it too. */
const maxLength = 200

export function evaluateExpression(text: string, variables: Readonly<Record<string, number>>): Evaluated {
  if (text.length > maxLength) return { ok: false, message: `is longer than ${maxLength} characters` }
  try {
    const parser = new Parser(tokenize(text), variables)
    const value = parser.whole()
    return Number.isFinite(value) ? { ok: true, value } : { ok: false, message: 'has no finite value' }
  } catch (error) {
    if (error instanceof ExpressionError) return { ok: false, message: error.message }
    throw error
  }
}

/** Names that an expression uses, functions left out. */
export function variablesOf(text: string): readonly string[] {
  const names = text.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []
  return [...new Set(names)].filter((name) => !Object.hasOwn(expressionFunctions, name))
}

class ExpressionError extends Error {}

function tokenize(text: string): readonly string[] {
  const tokens: string[] = []
  const pattern = /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_][A-Za-z0-9_]*)|([-+*/%^(),]))/y
  while (pattern.lastIndex < text.trimEnd().length) {
    const at = pattern.lastIndex
    const match = pattern.exec(text)
    if (!match) throw new ExpressionError(`"${text.slice(at).trim().slice(0, 1)}" is not understood here`)
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '')
  }
  return tokens
}

class Parser {
  private readonly tokens: readonly string[]
  private readonly variables: Readonly<Record<string, number>>
  private at = 0

  constructor(tokens: readonly string[], variables: Readonly<Record<string, number>>) {
    this.tokens = tokens
    this.variables = variables
  }

  whole(): number {
    if (this.tokens.length === 0) throw new ExpressionError('is empty')
    const value = this.sum()
    if (this.at < this.tokens.length) throw new ExpressionError(`"${this.tokens[this.at]}" is not expected here`)
    return value
  }

  private sum(): number {
    let value = this.product()
    for (;;) {
      if (this.take('+')) value += this.product()
      else if (this.take('-')) value -= this.product()
      else return value
    }
  }

  private product(): number {
    let value = this.signed()
    for (;;) {
      if (this.take('*')) value *= this.signed()
      else if (this.take('/')) value /= this.signed()
      else if (this.take('%')) value %= this.signed()
      else return value
    }
  }

  private signed(): number {
    if (this.take('-')) return -this.signed()
    if (this.take('+')) return this.signed()
    return this.power()
  }

  private power(): number {
    const base = this.atom()
    return this.take('^') ? base ** this.signed() : base
  }

  private atom(): number {
    const token = this.tokens[this.at]
    if (token === undefined) throw new ExpressionError('ends too early')
    this.at += 1
    if (token === '(') {
      const value = this.sum()
      this.expect(')')
      return value
    }
    if (/^[\d.]/.test(token)) return Number(token)
    if (/^[A-Za-z_]/.test(token)) return this.take('(') ? this.call(token) : this.variable(token)
    throw new ExpressionError(`"${token}" is not expected here`)
  }

  private call(name: string): number {
    const called = Object.hasOwn(expressionFunctions, name) ? expressionFunctions[name] : undefined
    if (!called) throw new ExpressionError(`there is no function "${name}"`)
    const values = [this.sum()]
    while (this.take(',')) values.push(this.sum())
    this.expect(')')
    return called(...values)
  }

  private variable(name: string): number {
    const value = Object.hasOwn(this.variables, name) ? this.variables[name] : undefined
    if (value === undefined) throw new ExpressionError(`there is no variable "${name}": define it in the document`)
    return value
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false
    this.at += 1
    return true
  }

  private expect(token: string): void {
    if (!this.take(token)) throw new ExpressionError(`"${token}" is missing`)
  }
}
