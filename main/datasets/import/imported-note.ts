/** What lies beside the pixels of an imported dataset: `dataset.json` says what it is, `report.json` what was refused. */
import { readFileSync } from 'node:fs'
import { access, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { parseOrThrow } from '../../../experiments/schema/parse.ts'
import { parseJson } from '../../../experiments/schema/parse-json.ts'
import { readFault } from '../../files/file-faults.ts'
import { datasetMissing, fileDamaged } from '../dataset-errors.ts'
import type { DatasetSource } from '../dataset-source.ts'
import { datasetFolder } from '../idx-source.ts'
import { datasetNamePattern } from './import-options.ts'

const count = z.int().min(0)
export const importedNote = z.strictObject({
  version: z.literal(1),
  name: z.string().regex(datasetNamePattern),
  title: z.string(),
  height: z.int().min(1),
  width: z.int().min(1),
  channels: z.union([z.literal(1), z.literal(3)]),
  classes: z.array(z.string()).min(2),
  trainCount: count,
  testCount: count,
  fingerprint: z.string().length(64),
  /** What was imported. */
  source: z.string(),
  importedAt: z.number(),
  refused: count,
})
export type ImportedNote = z.output<typeof importedNote>

/** Where an unfinished import lies. */
export function importFolder(home: string, name: string): string {
  return join(home, 'cache', 'imports', name)
}

const line = z.object({ path: z.string(), reason: z.string() })
export const importReport = z.object({
  /** Files refused; the list may be shorter. */
  total: count,
  refused: z.array(line),
  /** What was decided without being asked. */
  notes: z.array(line),
})
export type ImportReport = z.output<typeof importReport>

/** The imported dataset `name` as a source; undefined when there is none. Throws `file-damaged` when its note cannot be read. */
export function importedSource(home: string, name: string): DatasetSource | undefined {
  if (!datasetNamePattern.test(name)) return undefined
  const folder = datasetFolder(home, name)
  const file = join(folder, 'dataset.json')
  let note: ImportedNote
  try {
    note = parseOrThrow(importedNote, parseJson(readFileSync(file, 'utf8'), file), file)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw fileDamaged(
      file,
      'the note of an imported dataset',
      'something else',
      'Remove the dataset and import it again.',
    )
  }
  const { title, height, width, channels, classes, trainCount, testCount, fingerprint, source } = note
  return {
    ...{ name, title, height, width, channels, classes, trainCount, testCount, download: null },
    summary: `Imported from ${source}`,
    pixelFile: join(folder, 'data.pixels'),
    fingerprint,
    locate: async () => {
      await access(join(folder, 'data.pixels')).catch(() => {
        throw datasetMissing(
          name,
          'the file of its images is gone',
          [folder],
          [{ way: 'import-again' }, { way: 'put-back', file: 'data.pixels', folder }],
        )
      })
      return { location: folder, identity: fingerprint }
    },
    write: () => Promise.reject(new Error('an imported dataset is its own pixel file')),
  }
}

/** Names of all that is in the folder of imports and has a note. */
export async function importedNames(home: string): Promise<string[]> {
  const entries = await readdir(join(home, 'datasets'), { withFileTypes: true }).catch(() => [])
  const names = entries
    .filter((entry) => entry.isDirectory() && datasetNamePattern.test(entry.name))
    .map(({ name }) => name)
  const known = await Promise.all(
    names.map((name) =>
      readFile(join(home, 'datasets', name, 'dataset.json')).then(
        () => true,
        () => false,
      ),
    ),
  )
  return names.filter((_, i) => known[i]).sort()
}

export async function readReport(home: string, name: string): Promise<ImportReport> {
  const file = join(datasetFolder(home, name), 'report.json')
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw readFault(file, cause)
  })
  return parseOrThrow(importReport, parseJson(text, file), file)
}
