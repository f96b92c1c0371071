/**
 * How long a series of a million points takes to be answered with a few thousand, beside reading every point into JavaScript: all of it,
 * and parts, as a zoomed chart asks for. The ratio is printed; times depend on the machine.
 */
import Database from 'better-sqlite3'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { databaseName, openStore } from './open-store.ts'
import { exampleRun } from './run.fixture.ts'

const count = 1_000_000

test('a million points', { timeout: 300_000 }, () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-metrics-'))
  const store = openStore(home)
  const run = store.runs.add(exampleRun())
  for (let from = 1; from <= count; from += 50_000) {
    store.metrics.append(
      run,
      Array.from({ length: 50_000 }, (_, i) => ({
        ...({ split: 'train', name: 'loss', step: from + i, at: from + i } as const),
        value: 2 / Math.sqrt(from + i) + Math.sin((from + i) * 12.9898),
      })),
    )
    store.metrics.flush()
  }
  const reader = new Database(path.join(home, databaseName), { readonly: true })
  const points = reader.prepare('SELECT step, value, at FROM metrics ORDER BY series_id, step')
  const scan = best(() => {
    let least = Infinity
    for (const point of points.iterate() as Iterable<{ value: number }>) least = Math.min(least, point.value)
    expect(least).toBeLessThan(0)
  })
  const everything = [0, Number.MAX_SAFE_INTEGER] as const
  const ask = (): void =>
    expect(store.metrics.series(run, 20_000, { range: everything })[0]!.steps.length).toBeGreaterThan(10_000)
  const first = timed(ask)
  const all = best(ask)
  const half = best(() =>
    expect(store.metrics.series(run, 6000, { range: [250_000, 750_000] })[0]!.steps.length).toBeGreaterThan(3000),
  )
  const tenth = best(() =>
    expect(store.metrics.series(run, 6000, { range: [500_000, 590_000] })[0]!.steps.length).toBeGreaterThan(3000),
  )
  const zoomed = best(() =>
    expect(store.metrics.series(run, 6000, { range: [500_000, 510_000] })[0]!.steps.length).toBeGreaterThan(4000),
  )
  const logarithmic = best(() =>
    expect(store.metrics.series(run, 5000, { range: everything, isLog: true })[0]!.steps.length).toBeGreaterThan(3000),
  )
  const line = (name: string, time: number): string =>
    `${name.padEnd(28)}${time.toFixed(1).padStart(9)} ms   1 / ${(scan / time).toFixed(1)} of a scan`
  console.log(
    [
      line('scan in JavaScript', scan),
      line('all, the first time', first),
      line('all, 20,000 points', all),
      line('500,000 steps, 6,000 points', half),
      line('90,000 steps, 6,000 points', tenth),
      line('10,000 steps, 6,000 points', zoomed),
      line('all, logarithmic, 5,000', logarithmic),
    ].join('\n'),
  )
  reader.close()
  store.close()
  fs.rmSync(home, { recursive: true })
})

/** The shortest of five, in milliseconds: the others were disturbed. */
function best(work: () => void): number {
  return Math.min(...Array.from({ length: 5 }, () => timed(work)))
}

function timed(work: () => void): number {
  const started = performance.now()
  work()
  return performance.now() - started
}
