/**
 * `npm run bench -- soak`: jobs train side by side, as fast as they can, until the service has recorded a million metric rows of theirs. Says how many
 * rows a second each job reported in its slowest stretch, whether each of them is in the store once, and what the service's memory did meanwhile.
 * Options: --rows N (default 1000000), --jobs N (default 4).
 */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openDataset } from '../../datasets/open-dataset.ts'
import { databaseName } from '../../store/open-store.ts'

export interface SoakOrder {
  readonly home: string
  readonly jobs: number
  /** Of each job. */
  readonly steps: number
  readonly spec: object
}
export interface SoakSample {
  readonly seconds: number
  /** Metric points recorded so far, of all jobs. */
  readonly rows: number
  /** Bytes of the whole process; of JavaScript's objects and buffers after a collection. */
  readonly rss: number
  readonly heap: number
}
export type SoakReport =
  | ({ readonly type: 'sample' } & SoakSample)
  | { readonly type: 'end'; readonly problems: readonly string[]; readonly sentBytes: number }

/** Loss, learning rate and norm of the gradient of each step; what comes once an epoch or dispatch is on top. */
const rowsOfStep = 3
const batchSize = 8
const examples = 8000
const stepsOfEpoch = Math.floor(examples / batchSize)

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, jobs: { type: 'string', default: '4' } },
})
const rows = Number(values.rows)
const jobs = Number(values.jobs)
const epochs = Math.ceil(rows / jobs / rowsOfStep / stepsOfEpoch)

const nodes = ['input', 'flatten', 'dense', 'classifier']
const document = {
  ...{ format: 'strata.network', version: 1, name: 'linear' },
  nodes: [
    { id: 'input', type: 'input', params: { height: 32, width: 32, channels: 3 } },
    { id: 'flatten', type: 'flatten' },
    { id: 'dense', type: 'dense', params: { units: 10 } },
    { id: 'classifier', type: 'classifier' },
  ],
  edges: nodes.slice(1).map((target, index) => ({ source: nodes[index], target })),
}
/** Hardly anything to compute, so that there is much to report. */
const spec = {
  ...{ version: 1, name: 'soak', network: { document }, seed: 1 },
  data: { dataset: 'shapes', limit: examples, validation: 0 },
  train: { epochs, batchSize, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.0001 },
}

const home = mkdtempSync(join(os.tmpdir(), 'strata-soak-'))
try {
  await openDataset('shapes', { home })
  const order: SoakOrder = { home, jobs, steps: epochs * stepsOfEpoch, spec }
  const { samples, end } = await soak(order)
  print(samples, end)
  if (end.problems.length > 0) process.exitCode = 1
} finally {
  rmSync(home, { recursive: true })
}

interface Soaked {
  readonly samples: readonly SoakSample[]
  readonly end: Extract<SoakReport, { type: 'end' }>
}

function soak(order: SoakOrder): Promise<Soaked> {
  return new Promise((resolve, reject) => {
    const samples: SoakSample[] = []
    let shown = 0
    const service = fork(join(import.meta.dirname, 'soak-service.ts'), { execArgv: ['--expose-gc'] })
    service.on('message', (report: SoakReport) => {
      if (report.type === 'end') return resolve({ samples, end: report })
      samples.push(report)
      if (!process.stderr.isTTY || report.rows - shown < rows / 20) return
      shown = report.rows
      process.stderr.write(`${report.rows.toLocaleString('en')} rows, ${mebibytes(report.rss)} MiB\n`)
    })
    service.once('exit', (code, signal) => reject(new Error(`the service ended with ${signal ?? `exit code ${code}`}`)))
    service.send(order)
  })
}

function print(samples: readonly SoakSample[], { problems, sentBytes }: Soaked['end']): void {
  const first = samples.find((sample) => sample.rows > 0)
  const last = samples.at(-1)
  if (!first || !last) throw new Error('nothing was recorded')
  const rate = (from: SoakSample, to: SoakSample): number => (to.rows - from.rows) / (to.seconds - from.seconds) / jobs
  // While all of them train: from the first tenth of the rows to the ninth.
  const busy = samples.filter(({ rows: done }) => done > rows / 10 && done < 0.9 * rows)
  const stretches = busy.slice(10).map((sample, index) => rate(busy[index] as SoakSample, sample))
  const slowest = stretches.length > 0 ? Math.min(...stretches) : rate(first, last)
  const lines = [0.1, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = samples.find((sample) => sample.rows >= share * last.rows) ?? last
    return `| ${at.rows.toLocaleString('en').padStart(9)} | ${mebibytes(at.rss).padStart(17)} | ${mebibytes(at.heap).padStart(14)} |`
  })
  process.stdout.write(
    [
      `${jobs} jobs, ${last.rows.toLocaleString('en')} metric rows in ${Math.round(last.seconds - first.seconds)} s on ${os.cpus().length} x ${os.cpus()[0]?.model.trim() ?? '?'}, load ${os.loadavg()[0]?.toFixed(1)}`,
      `rows a second of each job: ${Math.round(rate(first, last))} on average, ${Math.round(slowest)} in its slowest ten seconds`,
      problems.length === 0 ? 'every row is in the store, once' : `LOST: ${problems.join('; ')}`,
      `sent to a client: ${mebibytes(sentBytes)} MiB; store: ${mebibytes(statSync(join(home, databaseName)).size)} MiB`,
      '',
      '| rows      | service, MiB (RSS) | objects, MiB   |',
      '| --------: | -----------------: | -------------: |',
      ...lines,
      '',
    ].join('\n'),
  )
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0)
}
