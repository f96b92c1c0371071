import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { datasetRecord } from '../../experiments/data/dataset-record.ts'
import { packed, tinyFiles, tinySource, writeFiles } from './idx.fixture.ts'
import { describeDataset, listDatasets } from './list-datasets.ts'
import { openSource } from './open-dataset.ts'
import { datasetSources } from './registry.ts'
import { temporaryPlace } from './temporary-folder.fixture.ts'

describe('listDatasets', () => {
  it('lists every dataset, ready or with what to do, and writes nothing', async () => {
    const place = await temporaryPlace()
    const records = await listDatasets(place)
    expect(records.map((record) => record.name)).toEqual(datasetSources.map((source) => source.name))
    for (const record of records) expect(datasetRecord.parse(record)).toEqual(record)
    const [fashion, , shapes] = records
    expect(fashion).toMatchObject({
      location: null,
      download: { bytes: 26_421_880 + 29_515 + 4_422_102 + 5_148, received: 0 },
      problem: { code: 'dataset-missing' },
    })
    expect(fashion?.problem?.message).toContain('sudo apt-get install dataset-fashion-mnist')
    expect(shapes).toMatchObject({ location: 'built in', download: null, problem: null })
    await expect(readdir(place.home)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('has unique names that are safe in file names', () => {
    const names = datasetSources.map((source) => source.name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  })
})

describe('describeDataset', () => {
  it('knows fingerprint and true counts once the files were read', async () => {
    const place = await temporaryPlace()
    const source = tinySource()
    const folder = join(place.home, 'datasets', 'tiny')
    await writeFiles(folder, packed(tinyFiles()))
    expect(await describeDataset(source, place)).toMatchObject({
      location: folder,
      fingerprint: null,
      trainCount: 60_000,
    })
    const { fingerprint } = await openSource(source, place)
    expect(await describeDataset(source, place)).toMatchObject({
      fingerprint,
      trainCount: 30,
      testCount: 12,
      problem: null,
    })
  })

  it('remembers that the files are damaged until they change', async () => {
    const place = await temporaryPlace()
    const source = tinySource()
    const folder = join(place.home, 'datasets', 'tiny')
    const file = join(folder, 'train-labels-idx1-ubyte')
    await writeFiles(folder, tinyFiles())
    await writeFile(file, 'truncated')
    await expect(openSource(source, place)).rejects.toMatchObject({ code: 'file-damaged' })
    const record = await describeDataset(source, place)
    expect(datasetRecord.parse(record)).toMatchObject({
      fingerprint: null,
      problem: { code: 'file-damaged', details: { file } },
    })
    await writeFiles(folder, tinyFiles())
    expect(await describeDataset(source, place)).toMatchObject({ problem: null })
  })
})
