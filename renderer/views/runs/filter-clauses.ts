/** Clauses that chips put behind a filter and take out again: joined by `and`, whatever else the filter says. */

const separator = ' and '

export function hasClause(query: string, clause: string): boolean {
  return clausesOf(query).includes(clause)
}

export function withClause(query: string, clause: string): string {
  const rest = query.trim()
  if (rest === '') return clause
  // `a or b` is one thing to what comes behind it; brackets too many do no harm.
  const isOneThing = !/\sor\s/i.test(rest) || /^\([^()]*\)( and (?!.*\sor\s)[^()]*)?$/i.test(rest)
  return `${isOneThing ? rest : `(${rest})`}${separator}${clause}`
}

export function withoutClause(query: string, clause: string): string {
  const rest = clausesOf(query).filter((one) => one !== clause)
  const [only] = rest
  // Brackets that were put around it are not needed any more.
  const bare = rest.length === 1 ? /^\(([^()]*)\)$/.exec(only ?? '')?.[1] : undefined
  return bare ?? rest.join(separator)
}

function clausesOf(query: string): readonly string[] {
  return query
    .split(separator)
    .map((part) => part.trim())
    .filter(Boolean)
}
