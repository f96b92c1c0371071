/** Every error of this folder, one function each: where, what was expected, what came, what to do. */
import type { WayToData } from '../../experiments/data/way-to-data.ts'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { formatBytes } from '../../experiments/text/format-bytes.ts'
import { nearestName } from '../../experiments/text/nearest-name.ts'

export function unknownDataset(name: string, known: readonly string[]): StudioError {
  const nearest = nearestName(name, known)
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`
  return new StudioError('unknown-dataset', `no dataset is named "${name}".${hint} Known: ${known.join(', ')}`, {
    name,
    known: [...known],
    ...(nearest === undefined ? {} : { nearest }),
  })
}

export function datasetMissing(
  name: string,
  what: string,
  places: readonly string[],
  ways: readonly WayToData[],
): StudioError {
  const message = `${name} is not on this machine: ${what}. Looked in ${places.join(', ')}. Do one of these: ${numbered(ways)}.`
  return new StudioError('dataset-missing', message, { name, places: [...places], ways })
}

const numbered = (ways: readonly WayToData[]): string =>
  ways.map((way, i) => `(${i + 1}) ${describeWay(way)}`).join('; ')

function describeWay(way: WayToData): string {
  switch (way.way) {
    case 'download':
      return `download it (${formatBytes(way.bytes)}) in the Data view or with: strata data download ${way.name}`
    case 'retry':
      return 'check the connection and try again: what has come is kept'
    case 'another-computer':
      return `fetch ${way.files.join(', ')} from ${way.from} on another computer, and take what you fetched in: "Use a file" in the Data view, or strata data download ${way.name} --from PATH`
    case 'mirror':
      return `give the address of a mirror that has ${way.name}/${way.file}: in Settings, by --mirror, or by STRATA_DATASET_MIRROR`
    case 'debian-package':
      return `on Debian or Ubuntu run: sudo apt-get install ${way.package}`
    case 'put-files':
      return `put ${way.files.join(', ')} (or the same unpacked) into ${way.folder}`
    case 'unpack':
      return `unpack ${way.file} into ${way.folder}, or into a folder that STRATA_DATASETS names`
    case 'import-again':
      return 'remove it and import it again'
    case 'put-back':
      return `put ${way.file} back into ${way.folder} from a copy`
  }
}

export function fileDamaged(file: string, expected: string, received: string, todo: string): StudioError {
  return new StudioError('file-damaged', `${file}: expected ${expected}, got ${received}. ${todo}`, {
    file,
    expected,
    received,
    todo,
  })
}

export function fileTooLarge(file: string, bytes: number, limit: number): StudioError {
  const message = `${file}: ${formatBytes(bytes)} of pixels are over the limit of ${formatBytes(limit)} for one dataset`
  return new StudioError('too-large', message, { file, bytes, limit })
}

export function notAFile(file: string, kind: string): StudioError {
  return new StudioError(
    'file-unreadable',
    `${file}: expected a regular file, got ${kind}. Put the file itself there.`,
    {
      file,
      received: kind,
    },
  )
}

export function downloadFailed(
  name: string,
  file: string,
  attempts: readonly { readonly url: string; readonly reason: string }[],
  ways: readonly WayToData[],
): StudioError {
  const tried = attempts.map(({ url, reason }) => `${url}: ${reason}`).join('; ')
  const what = `${file} could not be downloaded (${tried})`
  return new StudioError('download-failed', `${name}: ${what}. Do one of these: ${numbered(ways)}.`, {
    ...{ name, file, what, ways },
    attempts: attempts.map((attempt) => ({ ...attempt })),
  })
}

export function notDownloadable(name: string): StudioError {
  return new StudioError('download-failed', `${name} has no address to download it from`, { name })
}
