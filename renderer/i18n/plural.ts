/** Counted nouns of English; Korean has one form and needs no help. */
const rules = new Intl.PluralRules('en')

/** `count` picks the form; the number itself is put in by the caller. */
export function plural(count: number, one: string, other: string): string {
  return rules.select(count) === 'one' ? one : other
}
