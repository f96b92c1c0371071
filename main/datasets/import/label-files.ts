/**
 * Which class each file has. `labels.csv`, `labels.tsv` or `labels.json` at the top of the source decide where there is one; else the folder
 * directly above the images, below an optional train, test, val or validation.
 */
import { parseJson } from '../../../experiments/schema/parse-json.ts'

export interface FileLabel {
  readonly className: string
  /** Undefined: by share. */
  readonly split: 'train' | 'test' | undefined
}

export const labelFileNames = ['labels.json', 'labels.csv', 'labels.tsv']
const splits: Readonly<Record<string, FileLabel['split']>> = {
  ...{ train: 'train', training: 'train', test: 'test', testing: 'test' },
  ...{ val: 'test', valid: 'test', validation: 'test' },
}

/** From the folders of a path; undefined for a file that lies in none. */
export function folderLabel(path: string, prefix: string): FileLabel | undefined {
  const folders = path.slice(prefix.length).split('/').slice(0, -1)
  const split = folders.length > 1 ? splits[folders[0]!.toLowerCase()] : undefined
  const className = split === undefined ? folders[0] : folders[1]
  return className === undefined ? undefined : { className, split }
}

/**
 * The folder that everything lies in, with a slash: archives often hold one that is no class. Empty when the top holds more than one, or when
 * the files lie directly in it.
 */
export function commonFolder(paths: readonly string[]): string {
  let prefix = ''
  for (;;) {
    const rest = paths.map((path) => path.slice(prefix.length).split('/'))
    const first = rest[0]?.[0]
    const goesDown = first !== undefined && rest.every((parts) => parts[0] === first && parts.length > 2)
    if (!goesDown) return prefix
    prefix += `${first}/`
  }
}

/** Paths as the file writes them, to labels. Throws Error with place and reason. */
export function readLabelFile(name: string, text: string): ReadonlyMap<string, FileLabel> {
  return name.endsWith('.json') ? readJson(text) : readTable(text, name.endsWith('.tsv') ? '\t' : ',')
}

function readJson(text: string): ReadonlyMap<string, FileLabel> {
  const json = parseJson(text, 'labels.json')
  const labels = new Map<string, FileLabel>()
  const add = (path: unknown, label: unknown, split: unknown): void => {
    if (typeof path !== 'string' || (typeof label !== 'string' && typeof label !== 'number')) {
      throw new Error('expected {"file": "class", ...} or [{"file": ..., "label": ...}, ...]')
    }
    labels.set(asPath(path), {
      className: String(label),
      split: typeof split === 'string' ? splits[split.toLowerCase()] : undefined,
    })
  }
  if (Array.isArray(json)) {
    for (const row of json as Record<string, unknown>[]) {
      add(
        row['file'] ?? row['filename'] ?? row['image'] ?? row['path'],
        row['label'] ?? row['class'] ?? row['category'],
        row['split'],
      )
    }
  } else if (typeof json === 'object' && json !== null) {
    for (const [path, label] of Object.entries(json)) add(path, label, undefined)
  } else add(undefined, undefined, undefined)
  return labels
}

function readTable(text: string, separator: string): ReadonlyMap<string, FileLabel> {
  const [header = [], ...rows] = parseRows(text.replace(/^\uFEFF/, ''), separator)
  const column = (names: readonly string[]): number =>
    header.findIndex((name) => names.includes(name.trim().toLowerCase()))
  const file = column(['file', 'filename', 'file_name', 'image', 'path', 'name', 'id'])
  const label = column(['label', 'class', 'category', 'target'])
  const split = column(['split', 'set', 'subset'])
  if (file < 0 || label < 0)
    throw new Error(`the first line must name the columns file and label; it is ${header.join(separator)}`)
  const labels = new Map<string, FileLabel>()
  rows.forEach((row, i) => {
    if (row.length === 1 && row[0] === '') return
    const [path, className] = [row[file]?.trim(), row[label]?.trim()]
    if (!path || !className) throw new Error(`line ${i + 2}: a file or a label is missing`)
    labels.set(asPath(path), {
      className,
      split: split < 0 ? undefined : splits[row[split]?.trim().toLowerCase() ?? ''],
    })
  })
  return labels
}

/** As the walks of folders and archives write it, whatever system the file was made on. */
function asPath(written: string): string {
  return written.replaceAll('\\', '/').replace(/^\.\//, '')
}

/** RFC 4180: fields may stand in quotes, a quote within is doubled. */
function parseRows(text: string, separator: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i)
    if (quoted) {
      if (character !== '"') field += character
      else if (text[i + 1] === '"') {
        field += '"'
        i += 1
      } else quoted = false
    } else if (character === '"' && field === '') quoted = true
    else if (character === separator) {
      row.push(field)
      field = ''
    } else if (character === '\n') {
      rows.push([...row, field.replace(/\r$/, '')])
      row = []
      field = ''
    } else field += character
  }
  if (field !== '' || row.length > 0) rows.push([...row, field])
  return rows
}
