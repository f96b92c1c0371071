/** The words of a report in the languages of the studio. What runs, datasets, layers and settings are called stays as it is. */
import type { DiffWarning } from '../../experiments/diff/diff-runs.ts'
import type { NetworkDiff } from '../../experiments/diff/diff-networks.ts'
import type { ReportLanguage } from '../../experiments/review/report-language.ts'
import type { RunStatus } from '../../experiments/runs/run-record.ts'
import { english } from './words-en.ts'
import { korean } from './words-ko.ts'

export interface ReportWords {
  readonly runs: (count: number) => string
  readonly documentTitle: (title: string) => string
  readonly madeBy: (studio: string, at: string) => string
  readonly results: string
  readonly curves: string
  readonly differences: string
  readonly settings: string
  readonly environment: string
  readonly network: string
  readonly classes: string
  readonly confusion: string
  readonly confusionHelp: string
  /** Heads of the tables, and names of facts. */
  readonly names: Readonly<
    Record<
      | 'run'
      | 'network'
      | 'data'
      | 'seed'
      | 'state'
      | 'parameters'
      | 'epochs'
      | 'best'
      | 'test'
      | 'fingerprint'
      | 'created'
      | 'engine'
      | 'platform'
      | 'studio'
      | 'weights'
      | 'branchOf'
      | 'tags'
      | 'error'
      | 'epoch'
      | 'trainLoss'
      | 'trainAccuracy'
      | 'validationLoss'
      | 'validationAccuracy'
      | 'imagesPerSecond'
      | 'seconds'
      | 'class'
      | 'images'
      | 'precision'
      | 'recall'
      | 'f1',
      string
    >
  >
  readonly states: Readonly<Record<RunStatus, string>>
  readonly metrics: Readonly<Record<'loss' | 'accuracy' | 'learningRate' | 'gradientNorm', string>>
  readonly splits: Readonly<Record<'train' | 'validation' | 'test', string>>
  /** By the name of a value of the difference; a name without an entry is shown as it is. */
  readonly values: Readonly<Record<string, string>>
  readonly epoch: string
  readonly atEpoch: (accuracy: string, epoch: number) => string
  readonly comparedWith: (name: string, run: number) => string
  readonly noDifference: string
  readonly sameNetwork: string
  readonly architecture: (counts: NetworkDiff['counts']) => string
  readonly costs: (params: string, macs: string) => string
  readonly moved: string
  readonly through: (ids: string) => string
  readonly engineOf: (engine: string, device: string, threads: number) => string
  readonly branchOf: (run: number, epoch: number) => string
  readonly noEvaluation: (problem: string) => string
  readonly evaluated: (images: string) => string
  readonly evaluation: (result: {
    readonly accuracy: string
    readonly loss: string
    readonly top5: string | null
    readonly calibration: string
    readonly epoch: number
  }) => string
  readonly epochsCount: (count: number) => string
  readonly warnings: Readonly<Record<DiffWarning, string>>
  /** Of a layer or block by its id; undefined for its own title. */
  readonly titleOf: (type: string) => string | undefined
}

export const reportWords: Readonly<Record<ReportLanguage, ReportWords>> = { en: english, ko: korean }
