/** Sets of rows as one parameter: the statement is the same for one and for ten thousand, and prepared once. */
import { sql, type RawBuilder } from 'kysely'

/** For `where('id', 'in', oneOf(ids))`. */
export function oneOf<Value extends number | string>(values: readonly Value[]): RawBuilder<Value> {
  return sql<Value>`(SELECT value FROM json_each(${JSON.stringify(values)}))`
}

/** Rows to select from, in an order given by `given.key`; `ofRow` reads their values. */
export function givenRows(rows: readonly (readonly (number | string | null)[])[]) {
  return sql<{ key: number; value: string }>`json_each(${JSON.stringify(rows)})`.as('given')
}

/** The value at `index` of a row of `givenRows`. */
export function ofRow<Value>(index: number): RawBuilder<Value> {
  return sql<Value>`given.value ->> ${sql.lit(index)}`
}
