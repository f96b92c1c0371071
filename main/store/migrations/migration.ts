/** One step of the schema. Once released, a migration is never edited: the next change is the next file. */
export interface Migration {
  /** Its place in the order, from 1; becomes the database's `user_version`. */
  readonly version: number
  readonly name: string
  /** Statements that run inside one exclusive transaction; no transaction control and no pragmas in here. */
  readonly sql: string
}
