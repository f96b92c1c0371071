/** Fields of all runs in columns, as the service sends them: 50,000 runs are a few dozen lists. Outside of any reactivity. */
import type { FieldValue } from '../../experiments/review/run-fields.ts'

export interface FieldPage {
  readonly ids: readonly number[]
  readonly columns: Readonly<Record<string, readonly FieldValue[]>>
}

export class RunFieldTable {
  readonly #places = new Map<number, number>()
  readonly #columns = new Map<string, FieldValue[]>()

  get names(): ReadonlySet<string> {
    return new Set(this.#columns.keys())
  }

  clear(): void {
    this.#places.clear()
    this.#columns.clear()
  }

  /** Adds runs, or takes their new values. */
  take({ ids, columns }: FieldPage): void {
    const places = ids.map((id) => {
      const place = this.#places.get(id) ?? this.#places.size
      this.#places.set(id, place)
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
    return place === undefined ? null : (this.#columns.get(field)?.[place] ?? null)
  }

  /** All values that a field has, each once. */
  distinct(field: string): readonly string[] {
    const found = new Set((this.#columns.get(field) ?? []).flatMap((value) => value ?? []).map(String))
    return [...found].sort()
  }
}
