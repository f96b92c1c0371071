import { availableParallelism, cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import {
  compareTraining,
  type BenchRow,
  type Ratio,
  type SideResult,
} from '../../../main/engines/bench/compare-training.ts'
import { findPyTorch, howToGetPyTorch, pytorchScript } from '../../../main/engines/bench/find-pytorch.ts'
import { sessionOf } from '../session.ts'
import { formatTable } from '../table.ts'

interface BenchOptions {
  readonly peer?: string
  readonly engine: readonly string[]
  readonly threads: number
  readonly rounds: number
  readonly seconds: number
}

interface BenchReport {
  readonly engines: readonly string[]
  readonly processor: string
  readonly threads: number
  readonly rounds: number
  /** Load average of the last minute, before and after: above the number of cores, times say little and ratios less than usual. */
  readonly load: readonly [before: number, after: number]
  readonly peer: { readonly name: string; readonly version: string } | null
  /** Why there is no peer. */
  readonly note: string
  readonly rows: readonly BenchRow[]
}

export function addBenchCommand(program: Command): void {
  program
    .command('bench')
    .description('training throughput per network, and its ratio to a peer that trains in turn')
    .argument('[networks...]', 'ids of the benchmark; all when left out')
    .option('--peer <name>', 'pytorch', onlyPyTorch)
    .option('--engine <ids...>', 'engines to measure, see "strata engine list"; later ones also against the first', [
      'onnxruntime',
    ])
    .option('--threads <count>', 'threads of either side', positive, availableParallelism())
    .option('--rounds <count>', 'rounds in which both sides take turns', positive, 7)
    .option('--seconds <duration>', 'how long one side trains per round', positive, 1)
    .action(async (networks: readonly string[], options: BenchOptions, command: Command) => {
      const session = sessionOf(command)
      session.print(await runBench(networks, options, session.home), formatReport)
    })
}

async function runBench(networks: readonly string[], options: BenchOptions, home: string): Promise<BenchReport> {
  const { threads, rounds } = options
  const pytorch = options.peer === undefined ? undefined : await findPyTorch()
  const script = pytorchScript()
  const isMissing = options.peer !== undefined && !(pytorch && script)
  const note = isMissing ? (script ? howToGetPyTorch : 'the peer needs a checkout of the project') : ''
  const before = loadavg()[0] ?? 0
  const rows: BenchRow[] = []
  const training = compareTraining({
    networks,
    engines: options.engine,
    home,
    threads,
    rounds,
    secondsPerRound: options.seconds,
    worker: [process.execPath, workerEntry()],
    ...(pytorch && script && { peer: [pytorch.python, script] }),
  })
  for await (const row of training) {
    rows.push(row)
    if (process.stderr.isTTY)
      process.stderr.write(`${row.network}, ${row.engine}: ${Math.round(row.ours.imagesPerSecond)} images/s\n`)
  }
  return {
    engines: options.engine,
    processor: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    threads,
    rounds,
    load: [before, loadavg()[0] ?? 0],
    peer: pytorch && script ? { name: 'PyTorch', version: pytorch.version } : null,
    note,
    rows,
  }
}

/** In a build a bundle beside this one, from sources TypeScript. */
function workerEntry(): string {
  return import.meta.filename.endsWith('.ts')
    ? join(import.meta.dirname, '..', 'bench-worker-entry.ts')
    : join(import.meta.dirname, 'bench-worker.mjs')
}

function formatReport({ engines, processor, threads, rounds, load, peer, note, rows }: BenchReport): string {
  const version = rows[0]?.ours.version ?? ''
  const isMatrix = engines.length > 1
  const hasTransfers = rows.some(({ ours }) => ours.transfers !== undefined)
  const lines = [
    `${processor}, ${threads} threads, load ${load.map((value) => value.toFixed(1)).join(' to ')}, ${engines.join(', ')} ${version}` +
      (peer ? `, ${peer.name} ${peer.version}, ${rounds} rounds: median (least to most)` : ''),
    '',
    formatTable(
      [
        'network',
        ...(isMatrix ? ['engine'] : []),
        'batch',
        'images/s',
        ...(isMatrix ? [`through ${engines[0] ?? ''}`] : []),
        ...(peer ? [peer.name, 'ratio', 'by processor time'] : []),
        'between runs',
        ...(hasTransfers ? ['transfers alone'] : []),
        'start',
        'peak memory',
      ],
      rows.map((row) => [
        row.network,
        ...(isMatrix ? [row.engine] : []),
        row.batchSize,
        Math.round(row.ours.imagesPerSecond),
        ...(isMatrix ? [ratio(row.speedOfFirst)] : []),
        ...(row.peer ? [Math.round(row.peer.imagesPerSecond), ratio(row.speed), ratio(row.cpuSpeed)] : []),
        share(row.ours.betweenRuns),
        ...(hasTransfers ? [share(row.ours.transfers)] : []),
        both(row, ({ compileSeconds }) => `${compileSeconds.toFixed(1)} s`),
        both(row, ({ peakBytes }) => `${Math.round(peakBytes / 2 ** 20)} MiB`),
      ]),
    ),
  ]
  return [...lines, ...(note ? ['', note] : [])].join('\n')
}

function both({ ours, peer }: BenchRow, text: (side: SideResult) => string): string {
  return peer ? `${text(ours)} / ${text(peer)}` : text(ours)
}

function ratio(value: Ratio | undefined): string {
  return value ? `${value.median.toFixed(2)} (${value.min.toFixed(2)} to ${value.max.toFixed(2)})` : ''
}

/** Of the time of a step. */
function share(value: number | undefined): string {
  return value === undefined ? '' : `${(100 * value).toFixed(1)} %`
}

function onlyPyTorch(name: string): string {
  if (name !== 'pytorch') throw new InvalidArgumentError('the only peer is pytorch')
  return name
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('expected a number above 0')
  return value
}
