/** Sets of rows as one parameter: the statement is the same for one and for ten thousand, and prepared once. */
import { sql, type RawBuilder } from 'kysely'

/** For `where('id', 'in', oneOf(ids))`. */
export function oneOf(ids: readonly number[]): RawBuilder<number> {
  return sql<number>`(SELECT value FROM json_each(${JSON.stringify(ids)}))`
}
