/** One step of the schema. Once released, a migration is never edited: the next change is the next file. */
export interface Migration {
  /** Its place in the order, from 1; becomes the database's `user_version`. */
  readonly version: number
  readonly name: string
  /**
   * It drops a table that others refer to and builds it anew: foreign keys are off meanwhile, or dropping would delete what refers to it,
   * and are checked before the commit (sqlite.org/lang_altertable.html, section 7).
   */
  readonly rebuildsTables?: boolean
  /** Statements that run inside one exclusive transaction; no transaction control and no pragmas in here. */
  readonly sql: string
}
