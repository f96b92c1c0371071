/** Fields of all runs in columns, as the service sends them: 50,000 runs are a few dozen lists. Outside of any reactivity. */
import type { FieldValue } from '../../experiments/review/run-fields.ts'
import { runWords, wordsField } from '../../experiments/review/run-filter.ts'

export interface FieldPage {
  readonly ids: readonly number[]
  readonly columns: Readonly<Record<string, readonly FieldValue[]>>
}

export class RunFieldTable {
  readonly #places = new Map<number, number>()
  readonly #columns = new Map<string, FieldValue[]>()
  /** What a filter by words looks into, made when it is first asked for. */
  readonly #words: (string | undefined)[] = []

  get names(): ReadonlySet<string> {
    return new Set(this.#columns.keys())
  }

  clear(): void {
    this.#places.clear()
    this.#columns.clear()
    this.#words.length = 0
  }

  /** Adds runs, or takes their new values. */
  take({ ids, columns }: FieldPage): void {
    const places = ids.map((id) => {
      const place = this.#places.get(id) ?? this.#places.size
      this.#places.set(id, place)
      this.#words[place] = undefined
      return place
    })
    for (const [name, values] of Object.entries(columns)) {
      const column = this.#columns.get(name) ?? []
      this.#columns.set(name, column)
      places.forEach((place, i) => (column[place] = values[i] ?? null))
    }
  }

  value(run: number, field: string): FieldValue {
    const place = this.#places.get(run)
    if (place === undefined) return null
    if (field === wordsField) return (this.#words[place] ??= runWords((name) => this.#columns.get(name)?.[place]))
    return this.#columns.get(field)?.[place] ?? null
  }

  /** All values that a field has, each once. */
  distinct(field: string): readonly string[] {
    const found = new Set((this.#columns.get(field) ?? []).flatMap((value) => value ?? []).map(String))
    return [...found].sort()
  }
}
