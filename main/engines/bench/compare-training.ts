/**
 * Trains each network of the benchmark on our engine and on a peer, in turn within one run: other work on the machine then hurts both. The
 * ratio is taken per round, its median and range are told.
 */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { WorkerTask } from './bench-worker.ts'
import { describeNetwork } from './network-description.ts'
import { benchNetworks, type BenchNetwork } from './networks.ts'
import { PeerProcess, type PeerMeasurement, type PeerReady } from './peer-process.ts'

export interface BenchSettings {
  /** Ids of networks; all when left out. */
  readonly networks?: readonly string[]
  readonly engine: string
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
}

export interface Ratio {
  readonly median: number
  readonly min: number
  readonly max: number
}

export interface BenchRow {
  readonly network: string
  readonly title: string
  readonly batchSize: number
  readonly parameters: number
  readonly ours: SideResult
  readonly peer?: SideResult
  /** Ours through the peer's: images per second, images per second of processor time, peak memory. */
  readonly speed?: Ratio
  readonly cpuSpeed?: Ratio
  readonly memory?: number
}

/** @throws StudioError `unknown-network`, `engine-failed` */
export async function* compareTraining(settings: BenchSettings): AsyncGenerator<BenchRow> {
  for (const network of chosenNetworks(settings.networks)) yield await compareNetwork(network, settings)
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

async function compareNetwork(network: BenchNetwork, settings: BenchSettings): Promise<BenchRow> {
  const { threads, engine, home, worker, peer } = settings
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
    const ours = await open('the engine', worker, {
      ...{ network: network.id, engine, threads },
      ...(home !== undefined && { home }),
    } satisfies WorkerTask)
    const task = peerTask(network, threads)
    const theirs = peer ? await open('PyTorch', peer, task) : undefined
    for (let round = 0; round < settings.rounds; round++)
      for (const side of round % 2 === 0 ? [ours, theirs] : [theirs, ours])
        side?.rounds.push(await side.process.measure(side.steps))
    return rowOf(network, ours, theirs)
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

function rowOf(network: BenchNetwork, ours: Side, theirs: Side | undefined): BenchRow {
  const { id, title, batchSize } = network
  const row = { network: id, title, batchSize, parameters: ours.ready.parameters, ours: summary(ours, batchSize) }
  if (!theirs) return row
  if (theirs.ready.parameters !== ours.ready.parameters) {
    throw new Error(`${id} has ${ours.ready.parameters} parameters here and ${theirs.ready.parameters} at the peer`)
  }
  const per = (side: Side, key: 'seconds' | 'cpuSeconds') => side.rounds.map((round) => round[key] / side.steps)
  const ratio = (key: 'seconds' | 'cpuSeconds') => {
    const mine = per(ours, key)
    const ratios = per(theirs, key).map((time, i) => time / (mine[i] ?? Number.NaN))
    return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) }
  }
  const peer = summary(theirs, batchSize)
  return {
    ...row,
    peer,
    speed: ratio('seconds'),
    cpuSpeed: ratio('cpuSeconds'),
    memory: row.ours.peakBytes / peer.peakBytes,
  }
}

function summary({ ready, rounds, steps }: Side, batchSize: number): SideResult {
  const images = steps * batchSize
  return {
    version: ready.version,
    imagesPerSecond: median(rounds.map(({ seconds }) => images / seconds)),
    cpuMillisecondsPerImage: median(rounds.map(({ cpuSeconds }) => (1000 * cpuSeconds) / images)),
    compileSeconds: ready.compileSeconds,
    peakBytes: Math.max(...rounds.map(({ peakBytes }) => peakBytes)),
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = Number.NaN, high = low] =
    sorted.length % 2 === 0 ? sorted.slice(middle - 1, middle + 1) : [sorted[middle]]
  return (low + high) / 2
}
