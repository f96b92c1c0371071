/**
 * Trains each network of the benchmark on our engine and on a peer, in turn within one run: other work on the machine then hurts both. The
 * ratio is taken per round, its median and range are told.
 */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { WorkerTask } from './bench-worker.ts'
import { describeNetwork } from './network-description.ts'
import { benchNetworks, type BenchNetwork } from './networks.ts'
import { PeerProcess, type PeerMeasurement, type PeerReady } from './peer-process.ts'
import { median } from '../../../experiments/statistics/median.ts'

export interface BenchSettings {
  /** Ids of networks; all when left out. */
  readonly networks?: readonly string[]
  /** Ids; they take turns. Later ones are also compared with the first. */
  readonly engines: readonly string[]
  /** Folder of the studio, where optional engines are installed. */
  readonly home?: string
  readonly threads: number
  readonly rounds: number
  /** About how long one side trains per round. */
  readonly secondsPerRound: number
  /** How to start our worker. */
  readonly worker: readonly [command: string, ...args: readonly string[]]
  /** How to start the peer; without one our engine runs alone. */
  readonly peer?: readonly [command: string, ...args: readonly string[]]
}

export interface SideResult {
  readonly version: string
  /** Median over the rounds. */
  readonly imagesPerSecond: number
  /** Median over the rounds: processor time of all threads per image. */
  readonly cpuMillisecondsPerImage: number
  readonly compileSeconds: number
  readonly peakBytes: number
  /** Medians of what `PeerMeasurement` says of them. */
  readonly betweenRuns?: number
  readonly transfers?: number
}

export interface Ratio {
  readonly median: number
  readonly min: number
  readonly max: number
}

export interface BenchRow {
  readonly network: string
  readonly engine: string
  readonly title: string
  readonly batchSize: number
  readonly parameters: number
  readonly ours: SideResult
  readonly peer?: SideResult
  /** Ours through the peer's: images per second, images per second of processor time, peak memory. */
  readonly speed?: Ratio
  readonly cpuSpeed?: Ratio
  readonly memory?: number
  /** Images per second through those of the first engine; absent for the first. */
  readonly speedOfFirst?: Ratio
}

/** One row for each network and engine. @throws StudioError `unknown-network`, `engine-failed` */
export async function* compareTraining(settings: BenchSettings): AsyncGenerator<BenchRow> {
  for (const network of chosenNetworks(settings.networks)) yield* await compareNetwork(network, settings)
}

function chosenNetworks(ids: readonly string[] | undefined): readonly BenchNetwork[] {
  if (!ids || ids.length === 0) return benchNetworks
  return ids.map((id) => {
    const network = benchNetworks.find((candidate) => candidate.id === id)
    const known = benchNetworks.map((candidate) => candidate.id).join(', ')
    if (!network)
      throw new StudioError('unknown-network', `the benchmark has no network "${id}"; it has ${known}`, { id })
    return network
  })
}

interface Side {
  readonly process: PeerProcess
  readonly ready: PeerReady
  readonly steps: number
  readonly rounds: PeerMeasurement[]
}

interface OwnSide extends Side {
  readonly engine: string
}

async function compareNetwork(network: BenchNetwork, settings: BenchSettings): Promise<readonly BenchRow[]> {
  const { threads, engines, home, worker, peer } = settings
  const opened: PeerProcess[] = []
  const open = async (
    title: string,
    [command, ...args]: readonly [string, ...string[]],
    task: object,
  ): Promise<Side> => {
    const process = new PeerProcess(title, command, args)
    opened.push(process)
    const ready = await process.start(task)
    // The first steps are slower: memory is allocated, caches fill.
    const { seconds } = await process.measure(2)
    const steps = Math.max(2, Math.round((settings.secondsPerRound * 2) / seconds))
    return { process, ready, steps, rounds: [] }
  }
  try {
    const ours: OwnSide[] = []
    for (const engine of engines) {
      const task: WorkerTask = { network: network.id, engine, threads, ...(home !== undefined && { home }) }
      ours.push({ engine, ...(await open(engine, worker, task)) })
    }
    const task = peerTask(network, threads)
    const theirs = peer ? await open('PyTorch', peer, task) : undefined
    const sides = [...ours, ...(theirs ? [theirs] : [])]
    for (let round = 0; round < settings.rounds; round++)
      for (const side of round % 2 === 0 ? sides : sides.toReversed())
        side.rounds.push(await side.process.measure(side.steps))
    return ours.map((side) => rowOf(network, side, theirs, ours[0]))
  } finally {
    for (const process of opened) await process.close()
  }
}

function peerTask({ document, batchSize }: BenchNetwork, threads: number): object {
  const layers = describeNetwork(document, batchSize)
  const [, channels, height, width] = layers[0]?.shape ?? []
  const classes = layers.at(-1)?.shape[1] ?? 10
  return { layers, batchSize, threads, classes, input: { channels, height, width } }
}

function rowOf(network: BenchNetwork, ours: OwnSide, theirs: Side | undefined, first: OwnSide | undefined): BenchRow {
  const { id, title, batchSize } = network
  const { engine } = ours
  const { parameters } = ours.ready
  const own = summary(ours, batchSize)
  const row: BenchRow = {
    ...{ network: id, engine, title, batchSize, parameters, ours: own },
    ...(first && first !== ours && { speedOfFirst: ratio(ours, first, 'seconds') }),
  }
  if (!theirs) return row
  if (theirs.ready.parameters !== parameters)
    throw new Error(`${id} has ${parameters} parameters here and ${theirs.ready.parameters} at the peer`)
  const peer = summary(theirs, batchSize)
  return {
    ...row,
    peer,
    speed: ratio(ours, theirs, 'seconds'),
    cpuSpeed: ratio(ours, theirs, 'cpuSeconds'),
    memory: own.peakBytes / peer.peakBytes,
  }
}

/** How many times as fast `side` is as `other`, round by round. */
function ratio(side: Side, other: Side, key: 'seconds' | 'cpuSeconds'): Ratio {
  const perStep = ({ rounds, steps }: Side) => rounds.map((round) => round[key] / steps)
  const mine = perStep(side)
  const ratios = perStep(other).map((time, i) => time / (mine[i] ?? Number.NaN))
  return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) }
}

function summary({ ready, rounds, steps }: Side, batchSize: number): SideResult {
  const images = steps * batchSize
  const share = (key: 'betweenRuns' | 'transfers') => {
    const values = rounds.flatMap((round) => round[key] ?? [])
    return values.length > 0 ? { [key]: median(values) } : {}
  }
  return {
    version: ready.version,
    imagesPerSecond: median(rounds.map(({ seconds }) => images / seconds)),
    cpuMillisecondsPerImage: median(rounds.map(({ cpuSeconds }) => (1000 * cpuSeconds) / images)),
    compileSeconds: ready.compileSeconds,
    peakBytes: Math.max(...rounds.map(({ peakBytes }) => peakBytes)),
    ...share('betweenRuns'),
    ...share('transfers'),
  }
}
