import Database from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, it } from 'vitest'
import { blockSteps } from './extreme-blocks.ts'
import { applicationId, migrate, newestSchema } from './migrate.ts'
import { allMigrations } from './migrations/all-migrations.ts'
import { databaseName, openStore, type Store } from './open-store.ts'
import { exampleRun } from './run.fixture.ts'
import type { NewRun } from './run-table.ts'
import { SqlConnection } from './sql-connection.ts'
import { alignedBuckets, logarithmicBuckets } from './thin-series.ts'

const folders: string[] = []
const stores: Store[] = []

function newHome(): string {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-store-'))
  folders.push(home)
  return home
}

function open(home: string): Store {
  const store = openStore(home)
  stores.push(store)
  return store
}

afterEach(() => {
  for (const store of stores.splice(0)) store.close()
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true })
})

/** Names and contents of everything in a folder. */
function contents(folder: string): Record<string, string> {
  const hash = (name: string) =>
    createHash('sha256')
      .update(fs.readFileSync(path.join(folder, name)))
      .digest('hex')
  return Object.fromEntries(fs.readdirSync(folder).map((name) => [name, hash(name)]))
}

const refusal = (code: string) => expect.objectContaining({ code }) as Error

describe('openStore', () => {
  it('creates the newest schema and keeps it when opened again', () => {
    const home = newHome()
    const info = open(home).info()
    expect(info).toMatchObject({ schemaVersion: newestSchema, runs: 0 })
    stores.pop()?.close()
    expect(open(home).info().schemaVersion).toBe(newestSchema)
  })

  it('makes only STRICT tables with enforced foreign keys', () => {
    const home = newHome()
    const store = open(home)
    const reader = new Database(path.join(home, databaseName), { readonly: true })
    const tables = reader.prepare("SELECT name, strict FROM pragma_table_list WHERE type = 'table'").all() as {
      name: string
      strict: number
    }[]
    reader.close()
    expect(tables.filter(({ name, strict }) => strict === 0 && !name.startsWith('sqlite_'))).toEqual([])
    expect(() => store.jobs.enqueue(99)).toThrow(/FOREIGN KEY/)
  })

  it.each(['full', 'normal'] as const)('asserts synchronous=%s on the first and on every later open', (durability) => {
    const home = newHome()
    for (let i = 0; i < 3; i++) {
      const connection = new SqlConnection(path.join(home, databaseName), durability)
      expect(connection.pragma('synchronous')).toBe(durability === 'full' ? 2 : 1)
      expect(connection.pragma('journal_mode')).toBe('wal')
      connection.close()
    }
  })

  it('refuses a database of a newer schema and changes no byte', () => {
    const home = newHome()
    open(home)
    stores.pop()?.close()
    const database = new Database(path.join(home, databaseName))
    database.pragma(`user_version = ${newestSchema + 1}`)
    database.close()
    const before = contents(home)
    expect(() => openStore(home)).toThrow(refusal('database-newer'))
    expect(contents(home)).toEqual(before)
  })

  it('sees a newer schema that a killed studio left in the write-ahead log only', async () => {
    const home = newHome()
    open(home)
    stores.pop()?.close()
    const script = `
      const { default: Database } = await import('better-sqlite3')
      const database = new Database(process.argv[1])
      database.pragma('user_version = 77')
      process.kill(process.pid, 'SIGKILL')`
    const file = path.join(home, databaseName)
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, file], {
      cwd: import.meta.dirname,
      stdio: 'inherit',
    })
    await once(child, 'exit')
    expect(fs.readFileSync(file).readInt32BE(60)).toBe(newestSchema)
    const before = contents(home)
    expect(() => openStore(home)).toThrow(refusal('database-newer'))
    expect(contents(home)).toEqual(before)
  })

  it('leaves the database of another program alone', () => {
    const home = newHome()
    const database = new Database(path.join(home, databaseName))
    database.pragma('application_id = 1196444487')
    database.exec('CREATE TABLE t (a)')
    database.close()
    const before = contents(home)
    expect(() => openStore(home)).toThrow(refusal('database-damaged'))
    expect(contents(home)).toEqual(before)
  })

  it.each([
    [
      'text in its place',
      (file: string) => fs.writeFileSync(file, 'this is not a database, but long enough '.repeat(9)),
    ],
    ['half of the file', (file: string) => fs.truncateSync(file, fs.statSync(file).size / 2)],
    ['noise in the middle', (file: string) => overwrite(file, fs.statSync(file).size / 2, 6000)],
    ['noise in the first page', (file: string) => overwrite(file, 100, 2000)],
  ])('says what to do about a damaged database: %s', (_, damage) => {
    const home = newHome()
    const store = open(home)
    for (let i = 0; i < 50; i++) store.runs.add(exampleRun(`run ${i}`))
    stores.pop()?.close()
    damage(path.join(home, databaseName))
    expect(() => openStore(home)).toThrow(refusal('database-damaged'))
    expect(() => openStore(home)).toThrow(/move .* away/i)
  })
})

function overwrite(file: string, position: number, length: number): void {
  const descriptor = fs.openSync(file, 'r+')
  fs.writeSync(descriptor, new Uint8Array(length).fill(0xa5), 0, length, Math.floor(position))
  fs.closeSync(descriptor)
}

describe('migrate', () => {
  const second = { version: newestSchema + 1, name: 'second', sql: 'CREATE TABLE later (a INTEGER) STRICT' }

  it('applies what is missing, once, and records it', () => {
    const connection = new SqlConnection(path.join(newHome(), databaseName), 'full')
    migrate(connection)
    migrate(connection, [...allMigrations, second])
    migrate(connection, [...allMigrations, second])
    const applied = connection.all(connection.build.selectFrom('migrations').select(['version', 'name']))
    expect(applied).toEqual([...allMigrations, second].map(({ version, name }) => ({ version, name })))
    expect(connection.pragma('application_id')).toBe(applicationId)
    connection.close()
  })

  it('leaves the old schema whole when a migration fails half way', () => {
    const connection = new SqlConnection(path.join(newHome(), databaseName), 'full')
    migrate(connection)
    const broken = { ...second, sql: 'CREATE TABLE later (a INTEGER) STRICT; INSERT INTO nowhere VALUES (1)' }
    expect(() => migrate(connection, [...allMigrations, broken])).toThrow(/nowhere/)
    expect(connection.pragma('user_version')).toBe(newestSchema)
    migrate(connection, [...allMigrations, second])
    expect(connection.pragma('user_version')).toBe(newestSchema + 1)
    connection.close()
  })
})

describe('the migration to the night queue', () => {
  it('builds runs anew without losing what refers to them', () => {
    const connection = new SqlConnection(path.join(newHome(), databaseName), 'full')
    migrate(connection, allMigrations.slice(0, 3))
    connection.script(`
      INSERT INTO experiments VALUES (1, 'h', '{}', '{}', 'LeNet-5', 5);
      INSERT INTO runs (id, experiment_id, name, status, dataset, seed, engine, created_at, epochs, steps) VALUES
        (3, 1, 'a', 'finished', 'shapes', 1, 'onnx', 7, 2, 20), (4, 1, 'b', 'queued', 'shapes', 1, 'onnx', 8, 2, 20);
      INSERT INTO epochs VALUES (3, 1, 10, 0.5, 0.5, NULL, NULL, 1, 100);
      INSERT INTO checkpoints (run_id, epoch, step, file, bytes, sha256, best, created_at) VALUES (3, 1, 10, 'f', 1, 'x', 1, 9);
      INSERT INTO jobs (run_id, state, position, queued_at) VALUES (3, 'done', 1, 7), (4, 'waiting', 2, 8);
      INSERT INTO events (at, run_id, type, data) VALUES (7, 3, 'run.queued', '{}');`)
    migrate(connection)
    const count = (table: 'epochs' | 'checkpoints' | 'events' | 'runs') =>
      connection.all(connection.build.selectFrom(table).selectAll()).length
    expect([count('runs'), count('epochs'), count('checkpoints'), count('events')]).toEqual([2, 1, 1, 1])
    expect(connection.all(connection.build.selectFrom('jobs').select(['run_id', 'state', 'intent']))).toEqual([
      { run_id: 3, state: 'done', intent: 'end' },
      { run_id: 4, state: 'waiting', intent: 'go' },
    ])
    expect(connection.pragma('foreign_keys')).toBe(1)
    connection.close()
  })
})

describe('runs', () => {
  it('lists newest first, with the last epoch of each', () => {
    const store = open(newHome())
    const first = store.runs.add(exampleRun('first'))
    const second = store.runs.add(exampleRun('second'))
    const epoch = (number: number) => ({
      epoch: number,
      step: number * 10,
      train: { loss: 1 / number, accuracy: 0.5 },
      validation: number === 2 ? { loss: 0.1 + 0.2, accuracy: 0.75 } : null,
      seconds: 1,
      imagesPerSecond: 100,
    })
    store.runs.addEpoch(first, epoch(1), null)
    store.runs.addEpoch(first, epoch(2), { epoch: 2, accuracy: 0.75 })
    const listed = store.runs.list()
    expect(listed.map((run) => run.id)).toEqual([second, first])
    expect(listed[1]).toMatchObject({ lastEpoch: epoch(2), best: { epoch: 2, accuracy: 0.75 } })
    expect(listed[0]).toMatchObject({ lastEpoch: null, best: null, status: 'queued' })
    expect(store.runs.epochs(first)).toEqual([epoch(1), epoch(2)])
  })

  it('deletes softly and restores everything; an active run is refused and then nothing is deleted', () => {
    const store = open(newHome())
    const done = store.runs.add(exampleRun('done'))
    const waiting = store.runs.add(exampleRun('waiting'))
    store.runs.change(done, { status: 'finished', endedAt: 1 }, 'run.finished')
    store.metrics.append(done, [{ split: 'train', name: 'loss', step: 1, value: 0.5, at: 1 }])
    expect(() => store.runs.delete([done, waiting])).toThrow(refusal('run-state'))
    expect(store.runs.list()).toHaveLength(2)
    store.runs.delete([done])
    expect(store.runs.list().map((run) => run.id)).toEqual([waiting])
    expect(() => store.runs.get(done)).toThrow(refusal('run-not-found'))
    store.runs.restore([done])
    expect(store.runs.get(done).status).toBe('finished')
    expect(store.metrics.series(done)[0]?.values).toEqual([0.5])
    expect(store.events.ofRun(done).map((event) => event.type)).toEqual([
      'run.queued',
      'run.finished',
      'run.deleted',
      'run.restored',
    ])
    expect(() => store.runs.restore([12345])).toThrow(refusal('run-not-found'))
  })

  it('keeps the event log append-only', () => {
    const home = newHome()
    open(home).runs.add(exampleRun())
    const database = new Database(path.join(home, databaseName))
    expect(() => database.exec('DELETE FROM events')).toThrow(/append-only/)
    expect(() => database.exec("UPDATE events SET type = 'x'")).toThrow(/append-only/)
    database.close()
  })
})

describe('the table of runs', () => {
  const seeded = (seed: number, learningRate = 0.05): NewRun => {
    const run = exampleRun(`seed ${seed}`)
    return { ...run, spec: { ...run.spec, seed, train: { ...run.spec.train, learningRate } } }
  }

  it('knows the best of all epochs, those of the best one, and runs of one configuration', () => {
    const { runs } = open(newHome())
    const ids = [runs.add(seeded(1)), runs.add(seeded(2)), runs.add(seeded(3, 0.1))]
    const run = ids[0] as number
    for (const [epoch, accuracy, loss] of [
      [1, 0.5, 1],
      [2, 0.8, 0.5],
      [3, 0.7, 0.4],
    ] as const) {
      const measured = { loss, accuracy }
      const result = { epoch, step: epoch, seconds: 1, imagesPerSecond: 1, train: measured, validation: measured }
      runs.addEpoch(run, result, { epoch: 2, accuracy: 0.8 })
    }
    const page = runs.reviewPage(undefined, 10)
    expect(page.map((one) => one.run.id)).toEqual(ids.toReversed())
    expect(page[2]).toMatchObject({
      extremes: { 'train.loss': 0.4, 'train.accuracy': 0.8, 'validation.loss': 0.4, 'validation.accuracy': 0.8 },
      atBest: { 'train.loss': 0.5, 'validation.accuracy': 0.8 },
      spec: { seed: 1 },
    })
    expect(page[0]).toMatchObject({ extremes: null, atBest: null })
    expect(page[1]?.configuration).toBe(page[2]?.configuration)
    expect(page[0]?.configuration).not.toBe(page[1]?.configuration)
    expect(runs.ofSameConfiguration(run).map(({ id }) => id)).toEqual([ids[1], ids[0]])
    expect(runs.reviewPage(ids[2], 1).map((one) => one.run.id)).toEqual([ids[1]])
  })

  it('works the configuration of experiments out that were stored before there was one', () => {
    const home = newHome()
    const store = open(home)
    const ids = [store.runs.add(seeded(1)), store.runs.add(seeded(2))]
    const [before] = store.runs.reviewPage(undefined, 1)
    const old = new Database(path.join(home, databaseName))
    old.exec('UPDATE experiments SET configuration = NULL')
    old.close()
    expect(store.runs.ofSameConfiguration(ids[0] as number).map(({ id }) => id)).toEqual(ids.toReversed())
    expect(store.runs.reviewPage(undefined, 1)[0]?.configuration).toBe(before?.configuration)
  })
})

describe('layer statistics', () => {
  it('come in the order of training, thinned with first and last kept, and go when a run goes back', () => {
    const store = open(newHome())
    const id = store.runs.add(exampleRun())
    const at = (step: number, loss: number) => ({
      ...{ epoch: Math.floor(step / 10), step, examples: 4, loss },
      ...{ weights: [], activations: [] },
    })
    for (const step of [20, 0, 10, 30]) store.layerStatistics.put(id, at(step, 1))
    store.layerStatistics.put(id, at(10, 0.5))
    const steps = (most: number) => store.layerStatistics.list(id, most).map(({ step }) => step)
    expect(steps(60)).toEqual([0, 10, 20, 30])
    expect(steps(2)).toEqual([0, 30])
    expect(store.layerStatistics.list(id, 60)[1]).toEqual(at(10, 0.5))
    store.layerStatistics.rewind(id, 10)
    expect(steps(60)).toEqual([0, 10])
  })
})

describe('jobs', () => {
  it('are first in, first out, and one that is put back goes first', () => {
    const store = open(newHome())
    const runs = ['a', 'b', 'c'].map((name) => store.runs.add(exampleRun(name)))
    for (const run of runs) store.jobs.enqueue(run)
    expect(store.jobs.ready().map(({ run }) => run)).toEqual(runs)
    store.jobs.claim(runs[0]!)
    store.jobs.claim(runs[1]!)
    expect(store.jobs.running()).toEqual([runs[0], runs[1]])
    store.jobs.putBack(runs[1]!, null)
    expect(store.jobs.ready()[0]?.run).toBe(runs[1])
    expect([store.jobs.countInterruption(runs[1]!), store.jobs.countInterruption(runs[1]!)]).toEqual([1, 2])
  })
})

/** What thinning promises of a range, said the plain way. */
function extremesOf<Point extends { step: number; value: number }>(
  points: readonly Point[],
  maxPoints: number,
  buckets = alignedBuckets,
): Point[] {
  const [first, last] = [points[0]!, points.at(-1)!]
  const { of } = buckets(first.step, last.step, maxPoints, blockSteps)
  const inner = new Map<number, Point[]>()
  for (const point of points.slice(1, -1)) {
    const bucket = of!(point.step)
    inner.set(bucket, [...(inner.get(bucket) ?? []), point])
  }
  const kept = [...inner.values()].flatMap((bucket) => {
    const values = bucket.map(({ value }) => value)
    const least = bucket[values.indexOf(Math.min(...values))]!
    const greatest = bucket[values.indexOf(Math.max(...values))]!
    return [...new Set([least, greatest])].sort((a, b) => a.step - b.step)
  })
  return [first, ...kept, last]
}

describe('metrics', () => {
  const loss = (step: number, value = 1 / step) => ({ split: 'train', name: 'loss', step, value, at: step }) as const

  it('keep every bit, replace a step that is reported again, and forget what is after a rewind', () => {
    const store = open(newHome())
    const run = store.runs.add(exampleRun())
    const values = [0.1 + 0.2, Math.PI, 5e-324, 1.7976931348623157e308]
    store.metrics.append(
      run,
      values.map((value, index) => loss(index + 1, value)),
    )
    store.metrics.append(run, [{ ...loss(2), split: 'validation' }])
    store.metrics.append(run, [loss(1, 7)])
    expect(store.metrics.series(run).map(({ split, values }) => [split, values])).toEqual([
      ['train', [7, ...values.slice(1)]],
      ['validation', [0.5]],
    ])
    store.metrics.rewind(run, 1)
    expect(store.metrics.series(run).map(({ steps }) => steps)).toEqual([[1]])
  })

  it('are thinned without losing a peak, a dip or an end', () => {
    const store = open(newHome())
    const run = store.runs.add(exampleRun())
    const points = Array.from({ length: 20_000 }, (_, index) => loss(index + 1, Math.sin(index / 300)))
    points[7777] = loss(7778, 50)
    points[12_345] = loss(12_346, -50)
    store.metrics.append(run, points)
    for (const maxPoints of [2, 3, 100, 1001]) {
      const [series] = store.metrics.series(run, maxPoints)
      expect(series!.steps.length).toBeLessThanOrEqual(maxPoints)
      expect([series!.steps[0], series!.steps.at(-1)]).toEqual([1, 20_000])
      expect(series!.steps).toEqual(series!.steps.toSorted((a, b) => a - b))
      if (maxPoints >= 100) {
        expect(series!.steps.length).toBeGreaterThan(maxPoints / 2)
        expect([Math.max(...series!.values), Math.min(...series!.values)]).toEqual([50, -50])
      }
    }
    expect(store.metrics.series(run, 20_000)[0]!.steps).toHaveLength(20_000)
  })

  it('of a long series are read from kept extremes, also by another program, and never from what was', () => {
    const home = newHome()
    const run = open(home).runs.add(exampleRun())
    // A value every sixteen steps, as of a run that tells some of its steps only.
    const points = Array.from({ length: 4400 }, (_, i) => loss(16 * i + 1, ((i * 7919) % 1013) - 500))
    const everything = [0, Number.MAX_SAFE_INTEGER] as const
    const check = (chunks: number): void => {
      const kept = extremesOf(points, 400)
      const { steps, values } = open(home).metrics.series(run, 400, { range: everything })[0]!
      expect({ steps, values }).toEqual({ steps: kept.map(({ step }) => step), values: kept.map(({ value }) => value) })
      const reader = new Database(path.join(home, databaseName), { readonly: true })
      expect(reader.prepare('SELECT count(*) FROM metric_chunks').pluck().get()).toBe(chunks)
      reader.close()
    }
    const store = open(home)
    store.metrics.append(run, points)
    store.metrics.flush()
    check(2)
    const changed = loss(points[2100]!.step, 9000)
    points[2100] = changed
    store.metrics.append(run, [changed])
    store.metrics.flush()
    // Reading makes it again.
    check(2)
    store.metrics.rewind(run, points[2500]!.step)
    points.splice(2501)
    check(1)
  })

  it('for a logarithmic axis are each of the first steps, then the extremes of columns that are even along it', () => {
    const store = open(newHome())
    const run = store.runs.add(exampleRun())
    const points = Array.from({ length: 60_000 }, (_, i) => loss(i + 1, ((i * 7919) % 1013) - 500))
    store.metrics.append(run, points)
    for (const range of [
      [0, 60_000],
      [1, Number.MAX_SAFE_INTEGER],
      [300, 41_000],
    ] as const) {
      const within = points.filter(({ step }) => step >= range[0] && step <= range[1])
      const kept = extremesOf(within, 1200, logarithmicBuckets)
      const { steps, values } = store.metrics.series(run, 1200, { range, isLog: true })[0]!
      expect({ steps, values }).toEqual({ steps: kept.map(({ step }) => step), values: kept.map(({ value }) => value) })
      expect(steps.length).toBeLessThanOrEqual(1200)
    }
    const { steps } = store.metrics.series(run, 1200, { range: [0, 60_000], isLog: true })[0]!
    expect(steps.slice(0, 50)).toEqual(points.slice(0, 50).map(({ step }) => step))
    expect(store.metrics.series(run, 2, { range: [0, 60_000], isLog: true })[0]!.steps).toEqual([1, 60_000])
  })

  it('of a range have its first and last point, the least and greatest of each of its parts, and nothing beyond', () => {
    const store = open(newHome())
    const run = store.runs.add(exampleRun())
    // Steps with gaps, values with many equals: the first of equals is kept.
    const points = Array.from({ length: 6000 }, (_, i) => loss(1 + i * 3 + (i % 2), ((i * 7919) % 101) - 50))
    const check = (): void => {
      for (const [range, maxPoints] of [
        [[0, Number.MAX_SAFE_INTEGER], 200],
        [[500, 9001], 101],
        [[512, 9024], 60],
        [[500, 9001], 6],
        [[4000, 4600], 50],
        [[0, 100_000], undefined],
        [[4000, 4100], 50],
      ] as const) {
        const within = points.filter(({ step }) => step >= range[0] && step <= range[1])
        const kept = within.length <= (maxPoints ?? Infinity) ? within : extremesOf(within, maxPoints ?? 0)
        const { steps, values, at } = store.metrics.series(run, maxPoints, { range })[0]!
        expect({ steps, values, at }).toEqual({
          steps: kept.map(({ step }) => step),
          values: kept.map(({ value }) => value),
          at: kept.map(({ at }) => at),
        })
        expect(steps.length).toBeLessThanOrEqual(maxPoints ?? Infinity)
      }
    }
    store.metrics.append(run, points)
    check()
    expect(store.metrics.series(run, 100, { range: [20_000, 30_000] })).toEqual([])
    expect(store.metrics.series(run, 100, { range: [50, 40] })).toEqual([])
    expect(store.metrics.series(run, 2, { range: [0, 20_000] })[0]!.steps).toEqual([1, points.at(-1)!.step])

    // More points, one told again, and a run that goes back and takes another way: never an answer from what was.
    const more = Array.from({ length: 500 }, (_, i) => loss(18_100 + i, i % 7))
    store.metrics.append(run, more)
    points.push(...more)
    check()
    points[2000] = loss(points[2000]!.step, 900)
    store.metrics.append(run, [points[2000]])
    check()
    store.metrics.rewind(run, points[3000]!.step)
    points.splice(3001)
    const other = Array.from({ length: 2000 }, (_, i) => loss(points[3000]!.step + 1 + i, -60 - (i % 11)))
    store.metrics.append(run, other)
    points.push(...other)
    check()
  })

  it('wait out a locked database and lose nothing', async () => {
    const home = newHome()
    const store = open(home)
    const run = store.runs.add(exampleRun())
    const other = new Database(path.join(home, databaseName))
    other.exec('BEGIN IMMEDIATE')
    store.metrics.append(run, [loss(1)])
    expect(() => store.metrics.flush()).toThrow(refusal('database-busy'))
    expect(() => store.runs.add(exampleRun())).toThrow(refusal('database-busy'))
    other.exec('ROLLBACK')
    other.close()
    expect(store.metrics.series(run)[0]?.steps).toEqual([1])
  }, 20_000)

  it('survive kill -9 of the writer up to the last second', async () => {
    const home = newHome()
    const writer = path.join(import.meta.dirname, 'metric-writer.fixture.ts')
    const child = spawn(process.execPath, [writer, home], { stdio: ['ignore', 'pipe', 'inherit'] })
    const reported: { step: number; at: number }[] = []
    for await (const line of createInterface(child.stdout)) {
      const [step, at] = line.split(' ').map(Number)
      reported.push({ step: step!, at: at! })
      if (reported.length === 200) child.kill('SIGKILL')
    }
    const end = reported.at(-1)!.at
    const due = reported.findLast(({ at }) => at <= end - 1000)!.step
    const [series] = open(home).metrics.series(1)
    expect(due).toBeGreaterThan(200)
    expect(series!.steps.length).toBeGreaterThanOrEqual(due)
    expect(series!.steps).toEqual(Array.from({ length: series!.steps.length }, (_, index) => index + 1))
  }, 20_000)
})
