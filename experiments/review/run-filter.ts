/**
 * A small language to choose runs, the same in the command line and in the window:
 *
 *   validation.accuracy > 90% and (tag = night or name ~ resnet) and not archived
 *
 * Compared are fields of a run (run-fields.ts) with = != < <= > >=, ~ (contains), !~ and `in [a, b]`; joined by and, or, not and brackets.
 * A field alone asks whether it is there or true; a text alone looks into names, networks, states, tags and notes. Terms one behind the other
 * mean both; `and` binds tighter than `or`.
 */
import { nearestName } from '../text/nearest-name.ts'
import { filterError, type FilterProblem } from './filter-problem.ts'
import { filterTokens, type Token } from './filter-tokens.ts'
import { runFieldNames, type FieldValue } from './run-fields.ts'

/** Gives the value of a field of the run in question. */
export type FieldLookup = (field: string) => FieldValue | undefined

export interface RunFilter {
  readonly text: string
  /** Fields that the filter asks for. */
  readonly fields: ReadonlySet<string>
  accepts(field: FieldLookup): boolean
}

/**
 * A lookup may know under this name, which no filter can ask for, all that `runWords` makes of a run: a filter by words asks fifty thousand of
 * them at each key.
 */
export const wordsField = '\u0000words'

/** Everything that a text alone looks into, in small letters. */
export function runWords(field: FieldLookup): string {
  return ['name', 'network', 'dataset', 'status', 'tags', 'note'].map((name) => textOf(field(name))).join('\u0000')
}

type Test = (field: FieldLookup) => boolean

const aliases: Readonly<Record<string, string>> = {
  tag: 'tags',
  run: 'id',
  accuracy: 'validation.accuracy.best',
  loss: 'validation.loss',
  best: 'best.accuracy',
  test: 'test.accuracy',
  lr: 'train.learningRate',
  learningRate: 'train.learningRate',
  batchSize: 'train.batchSize',
  optimizer: 'train.optimizer.type',
  star: 'starred',
}

/**
 * @param known names of fields that some run has; a name that is none of them, nor one every run has, is an error. Undefined: any name.
 * @throws StudioError `usage` that points at the place
 */
export function parseRunFilter(text: string, known?: ReadonlySet<string>): RunFilter {
  if (text.trim() === '') return { text, fields: new Set(), accepts: () => true }
  const parser = new Parser(text, known)
  const accepts = parser.parse()
  return { text, fields: parser.fields, accepts }
}

class Parser {
  readonly fields = new Set<string>()
  private readonly text: string
  private readonly known: ReadonlySet<string> | undefined
  private readonly tokens: readonly Token[]
  private place = 0
  private depth = 0

  constructor(text: string, known: ReadonlySet<string> | undefined) {
    this.text = text
    this.known = known
    this.tokens = filterTokens(text)
  }

  parse(): Test {
    const test = this.either()
    if (this.token.kind !== 'end') throw this.error('expected-joint')
    return test
  }

  private either(): Test {
    const tests = [this.both()]
    while (this.takeWord('or')) tests.push(this.both())
    return tests.length === 1 ? (tests[0] as Test) : (field) => tests.some((test) => test(field))
  }

  private both(): Test {
    const tests = [this.negation()]
    while (this.takeWord('and') || this.continues()) tests.push(this.negation())
    return tests.length === 1 ? (tests[0] as Test) : (field) => tests.every((test) => test(field))
  }

  /** Two terms one behind the other mean both. */
  private continues(): boolean {
    const { kind, text } = this.token
    return kind === 'text' || (kind === 'word' && text.toLowerCase() !== 'or') || (kind === 'operator' && text === '(')
  }

  private negation(): Test {
    if (++this.depth > 200) throw this.error('too-deep')
    try {
      if (!this.takeWord('not')) return this.comparison()
      const test = this.negation()
      return (field) => !test(field)
    } finally {
      this.depth -= 1
    }
  }

  private comparison(): Test {
    if (this.takeSign('(')) {
      const test = this.either()
      if (!this.takeSign(')')) throw this.error('expected-bracket')
      return test
    }
    const subject = this.token
    if (subject.kind === 'text') {
      this.place += 1
      return mentions(subject.text)
    }
    if (subject.kind !== 'word') {
      throw this.error(subject.kind === 'end' ? 'ends-early' : 'expected-field')
    }
    this.place += 1
    const sign = this.token
    if (this.takeWord('in')) return this.list(this.field(subject))
    if (sign.kind === 'operator' && operators[sign.text]) {
      this.place += 1
      return compare(this.field(subject), sign.text, this.value())
    }
    const name = this.nameOf(subject)
    if (name === undefined) return mentions(subject.text)
    this.fields.add(name)
    return (field) => isPresent(field(name))
  }

  private list(name: string): Test {
    if (!this.takeSign('[')) throw this.error('expected-list')
    const tests: Test[] = []
    do tests.push(compare(name, '=', this.value()))
    while (this.takeSign(','))
    if (!this.takeSign(']')) throw this.error('expected-list-end')
    return (field) => tests.some((test) => test(field))
  }

  private value(): Token {
    const token = this.token
    if (token.kind === 'operator' || token.kind === 'end') {
      throw this.error('expected-value')
    }
    this.place += 1
    return token
  }

  private field(token: Token): string {
    const name = this.nameOf(token)
    if (name === undefined) {
      const names = [...new Set([...runFieldNames, ...Object.keys(aliases), ...(this.known ?? [])])]
      const nearest = nearestName(token.text, names)
      throw filterError(this.text, { kind: 'unknown-field', at: token.at, got: token.text, nearest })
    }
    this.fields.add(name)
    return name
  }

  /** Undefined for a name that no run has. */
  private nameOf({ text }: Token): string | undefined {
    const known = (name: string): boolean =>
      this.known === undefined || this.known.has(name) || (runFieldNames as readonly string[]).includes(name)
    if (this.known?.has(text) || (runFieldNames as readonly string[]).includes(text)) return text
    const alias = Object.hasOwn(aliases, text) ? aliases[text] : undefined
    if (alias !== undefined) return alias
    return known(text) ? text : undefined
  }

  private get token(): Token {
    return this.tokens[this.place] as Token
  }

  private takeWord(word: string): boolean {
    return this.take('word', word)
  }

  private takeSign(sign: string): boolean {
    return this.take('operator', sign)
  }

  private take(kind: Token['kind'], text: string): boolean {
    if (this.token.kind !== kind || this.token.text.toLowerCase() !== text) return false
    this.place += 1
    return true
  }

  private error(kind: FilterProblem): Error {
    return filterError(this.text, { kind, at: this.token.at, got: this.token.text })
  }
}

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '~': () => false,
  '!~': () => false,
}

function compare(name: string, sign: string, token: Token): Test {
  const wanted = token.text.toLowerCase()
  const contains = (value: FieldValue | undefined): boolean => textOf(value).includes(wanted)
  if (sign === '~') return (field) => contains(field(name))
  if (sign === '!~') return (field) => !contains(field(name))
  const decide = operators[sign] as (order: number) => boolean
  const time = token.kind === 'number' ? Number.NaN : Date.parse(token.text)
  return (field) => {
    const value = field(name)
    if (Array.isArray(value)) {
      const has = value.some((item) => item.toLowerCase() === wanted)
      return sign === '!=' ? !has : sign === '=' && has
    }
    // What a run does not have is neither more nor less than anything.
    if (value === null || value === undefined) return sign === '!='
    if (typeof value === 'number') {
      const other = token.value ?? time
      return Number.isNaN(other) ? sign === '!=' : decide(value - other)
    }
    const text = textOf(value)
    return decide(text < wanted ? -1 : text > wanted ? 1 : 0)
  }
}

function mentions(text: string): Test {
  const wanted = text.toLowerCase()
  return (field) => {
    const words = field(wordsField)
    return (typeof words === 'string' ? words : runWords(field)).includes(wanted)
  }
}

function isPresent(value: FieldValue | undefined): boolean {
  if (value === null || value === undefined || value === false || value === '') return false
  return Array.isArray(value) ? value.length > 0 : true
}

function textOf(value: FieldValue | undefined): string {
  if (value === null || value === undefined) return ''
  return (Array.isArray(value) ? value.join(' ') : String(value)).toLowerCase()
}
