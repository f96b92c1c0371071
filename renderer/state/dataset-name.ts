/** Names for datasets: what experiments write, so lower-case letters, digits and hyphens. */

const longest = 64
export const datasetNamePattern = /^[a-z0-9][a-z0-9-]{0,63}$/

/** From the name of a folder or file; a number is added where it is taken. */
export function proposeDatasetName(fileName: string, taken: ReadonlySet<string>): string {
  const slug = baseOf(fileName)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  const base = slug.slice(0, longest - 4).replace(/-+$/, '') || 'images'
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`
    if (!taken.has(name)) return name
  }
}

/** Without the endings of archives and tables. */
export function baseOf(fileName: string): string {
  return fileName.replace(/\.(zip|tar|tgz|tar\.gz|csv|tsv|json)$/i, '')
}

export type DatasetNameProblem = 'required' | 'pattern' | 'taken'

export function checkDatasetName(name: string, taken: ReadonlySet<string>): DatasetNameProblem | undefined {
  if (name === '') return 'required'
  if (!datasetNamePattern.test(name)) return 'pattern'
  return taken.has(name) ? 'taken' : undefined
}
