/**
 * What tests saw when things broke, as tables of docs/reliability.md. Each file of tests has its own table there; with STRATA_UPDATE_DOCS=1 it is
 * written anew, otherwise the last test of the file fails where it does not hold any more.
 */
import fs from 'node:fs'
import path from 'node:path'

const document = path.join(import.meta.dirname, '..', '..', 'docs', 'reliability.md')
const columns = ['fault', 'where', 'observed outcome'] as const

export class ObservedFaults {
  private readonly source: string
  private readonly rows: (readonly string[])[] = []

  /** @param source the file of tests, as the document names it */
  constructor(source: string) {
    this.source = source
  }

  /** Called where the test has seen it. */
  saw(fault: string, where: string, outcome: string): void {
    this.rows.push([fault, where, outcome])
  }

  /** The document as it is, and as it should be. */
  compare(): { readonly written: string; readonly observed: string } {
    const written = fs.readFileSync(document, 'utf8')
    const begin = `<!-- observed by ${this.source} -->`
    const [before, rest] = written.split(begin)
    const end = rest?.indexOf('<!-- end -->') ?? -1
    if (before === undefined || rest === undefined || end < 0) throw new Error(`${document} has no "${begin}"`)
    const observed = `${before}${begin}\n\n${this.table()}\n\n${rest.slice(end)}`
    if (process.env['STRATA_UPDATE_DOCS'] === '1') fs.writeFileSync(document, observed)
    return { written: process.env['STRATA_UPDATE_DOCS'] === '1' ? observed : written, observed }
  }

  private table(): string {
    const widths = columns.map((title, at) => Math.max(title.length, ...this.rows.map((row) => row[at]?.length ?? 0)))
    const line = (cells: readonly string[]): string =>
      `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
    return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...this.rows.map(line)].join('\n')
  }
}
