/** The list of all known datasets with their state on this machine, without reading their files. */
import type { DatasetRecord } from '../../experiments/data/dataset-record.ts'
import { toErrorRecord } from '../../experiments/errors/studio-error.ts'
import { unknownDataset } from './dataset-errors.ts'
import type { DatasetPlace, DatasetSource } from './dataset-source.ts'
import { importedNames, importedSource } from './import/imported-note.ts'
import { readNote } from './prepared-note.ts'
import { receivedBytes } from './received-files.ts'
import { datasetSources } from './registry.ts'

/** Never fails because of one dataset: a missing or damaged one carries its `problem`. */
export async function listDatasets(place: DatasetPlace): Promise<DatasetRecord[]> {
  const imported = (await importedNames(place.home)).map((name) => describeImported(name, place))
  return Promise.all([...datasetSources.map((source) => describeDataset(source, place)), ...imported])
}

async function describeImported(name: string, place: DatasetPlace): Promise<DatasetRecord> {
  try {
    const source = importedSource(place.home, name)
    if (source) return await describeDataset(source, place)
    throw unknownDataset(name, [])
  } catch (error) {
    return {
      ...{ name, title: name, summary: '', height: 0, width: 0, channels: 0, classes: [], trainCount: 0, testCount: 0 },
      ...{ location: null, fingerprint: null, download: null, imported: true, problem: toErrorRecord(error) },
    }
  }
}

export async function describeDataset(source: DatasetSource, place: DatasetPlace): Promise<DatasetRecord> {
  const { name, title, summary, height, width, channels, classes, trainCount, testCount } = source
  const record: DatasetRecord = {
    ...{ name, title, summary, height, width, channels, trainCount, testCount },
    classes: [...classes],
    location: null,
    fingerprint: null,
    problem: null,
    download: await describeDownload(source, place),
    ...(source.pixelFile !== undefined && { imported: true }),
  }
  try {
    const located = await source.locate(place)
    if (source.fingerprint !== undefined)
      return { ...record, location: located.location, fingerprint: source.fingerprint }
    const known = await readNote(place.home, name, located.identity)
    return { ...record, location: located.location, ...known }
  } catch (error) {
    return { ...record, problem: toErrorRecord(error) }
  }
}

async function describeDownload(
  { name, download }: DatasetSource,
  { home }: DatasetPlace,
): Promise<DatasetRecord['download']> {
  if (!download) return null
  return {
    files: download.files.map((file) => file.name),
    bytes: download.files.reduce((sum, file) => sum + file.bytes, 0),
    received: await receivedBytes(home, name, download),
  }
}
