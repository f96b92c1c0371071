/**
 * Two or more runs side by side: networks, settings, data, environment, curves in brief and results. The first run is the one that the others
 * are compared with.
 */
import type { JsonValue } from '../errors/studio-error.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import type { RunDetail, RunSummary } from '../runs/run-record.ts'
import { judge, type Verdict } from '../statistics/verdict.ts'
import { diffNetworks, type NetworkDiff } from './diff-networks.ts'
import { diffSpecs, type SettingDiff } from './diff-specs.ts'

export interface ValueDiff {
  readonly name: string
  readonly values: readonly (JsonValue | undefined)[]
  readonly isDifferent: boolean
}

export interface RunsDiff {
  readonly runs: readonly {
    readonly id: number
    readonly name: string
    readonly network: string
    readonly seed: number
  }[]
  /** One for each run behind the first, compared with the first. */
  readonly networks: readonly NetworkDiff[]
  readonly settings: readonly SettingDiff[]
  readonly environment: readonly ValueDiff[]
  readonly results: readonly ValueDiff[]
  /** Of each run behind the first against the first, by the best accuracy of all seeds of their configurations. */
  readonly verdicts: readonly Verdict[]
  /** Why results cannot be held against each other. */
  readonly warnings: readonly DiffWarning[]
}

export type DiffWarning = 'different-datasets' | 'different-data' | 'different-held-out' | 'unfinished'

/** @param siblings per run, the finished runs of its configuration; see the procedure `review.siblings` */
export function diffRuns(runs: readonly RunDetail[], siblings: readonly (readonly RunSummary[])[] = []): RunsDiff {
  const documents = runs.map(({ networkDocument }) => networkDocument as unknown as NetworkDocument)
  const [first, ...others] = documents
  const best = runs.map((run, i) => bestOfSeeds(siblings[i] ?? [run]))
  return {
    runs: runs.map(({ id, name, network, seed }) => ({ id, name, network, seed })),
    networks: first ? others.map((document) => diffNetworks(first, document)) : [],
    settings: diffSpecs(runs.map(({ spec }) => spec)),
    environment: environmentNames.map((name) =>
      valueDiff(
        name,
        runs.map(({ environment }) => environment?.[name]),
      ),
    ),
    results: resultsOf(runs),
    verdicts: best.slice(1).map((b, i): Verdict => {
      const [baseline, other] = [runs[0], runs[i + 1]]
      if (baseline && other && !isSameData(baseline, other)) return { kind: 'incomparable' }
      if (siblings[0]?.some(({ id }) => id === other?.id)) return { kind: 'seeds' }
      return judge({ a: best[0] ?? [], b })
    }),
    warnings: warningsOf(runs),
  }
}

/** By the contents where they are known of both, else by the name. */
function isSameData(a: RunDetail, b: RunDetail): boolean {
  const [known, other] = [a.environment?.datasetFingerprint, b.environment?.datasetFingerprint]
  return known !== undefined && other !== undefined ? known === other : a.dataset === b.dataset
}

const environmentNames = [
  ...(['engine', 'engineVersion', 'device', 'threads', 'platform', 'node', 'studio', 'commit'] as const),
  'datasetFingerprint',
] as const

function bestOfSeeds(runs: readonly RunSummary[]): readonly number[] {
  return runs.flatMap(({ best }) => (best ? [best.accuracy] : []))
}

function resultsOf(runs: readonly RunDetail[]): readonly ValueDiff[] {
  const result = (name: string, of: (run: RunDetail) => JsonValue | undefined) => valueDiff(name, runs.map(of))
  return [
    result('status', ({ status }) => status),
    result('best.accuracy', ({ best }) => best?.accuracy),
    result('best.epoch', ({ best }) => best?.epoch),
    result('test.accuracy', ({ test }) => test?.accuracy),
    result('test.loss', ({ test }) => test?.loss),
    result('train.loss', ({ lastEpoch }) => lastEpoch?.train.loss),
    result('train.accuracy', ({ lastEpoch }) => lastEpoch?.train.accuracy),
    result('validation.loss', ({ lastEpoch }) => lastEpoch?.validation?.loss),
    result('parameters', ({ parameters }) => parameters ?? undefined),
    result('seconds', ({ startedAt, endedAt }) =>
      startedAt !== null && endedAt !== null ? (endedAt - startedAt) / 1000 : undefined,
    ),
    result('imagesPerSecond', ({ lastEpoch }) => lastEpoch?.imagesPerSecond),
  ]
}

function valueDiff(name: string, values: readonly (JsonValue | undefined)[]): ValueDiff {
  const first = JSON.stringify(values[0])
  return { name, values, isDifferent: values.some((value) => JSON.stringify(value) !== first) }
}

function warningsOf(runs: readonly RunDetail[]): readonly DiffWarning[] {
  const differ = (of: (run: RunDetail) => unknown): boolean =>
    new Set(runs.map((run) => JSON.stringify(of(run)))).size > 1
  const otherDatasets = differ(({ dataset }) => dataset)
  const known = runs.filter(({ environment }) => environment !== null)
  const otherData = new Set(known.map(({ environment }) => environment?.datasetFingerprint)).size > 1
  const otherHeldOut = differ(({ spec: { data } }) => [data.validation, data.limit])
  return [
    ...(otherDatasets ? (['different-datasets'] as const) : otherData ? (['different-data'] as const) : []),
    ...(otherHeldOut ? (['different-held-out'] as const) : []),
    ...(runs.some(({ status }) => status !== 'finished') ? (['unfinished'] as const) : []),
  ]
}
