/**
 * The examples of one run in the order in which it sees them. An epoch's order is a permutation of (seed, `shuffle`, epoch); the last
 * examples that do not fill a batch are left out of that epoch's training (another few in each epoch). Validation and test see every
 * example exactly once, in order, the last batch being smaller.
 */
import { permutation } from '../../experiments/random/counter-random.ts'
import type { ExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { BatchReader } from '../datasets/batch-reader.ts'
import type { BatchFiller } from '../datasets/batch-filler.ts'
import { FillerThread } from '../datasets/filler-thread.ts'
import { inputShape, type ImageShape } from '../datasets/input-size.ts'
import { openDataset, type Dataset } from '../datasets/open-dataset.ts'
import { splitTrain } from '../datasets/split-train.ts'

/** Examples of a split that are evaluated. */
export interface HeldOut {
  readonly reader: BatchReader
  readonly examples: Uint32Array
}

export interface TrainingData {
  readonly dataset: Dataset
  /** What the network sees. */
  readonly input: ImageShape
  readonly stepsPerEpoch: number
  /** Fills batches of training examples, augmented as the experiment says. */
  readonly filler: BatchFiller
  /** Null when nothing is held out. */
  readonly validation: HeldOut | null
  readonly test: HeldOut
  /** Positions in the training split in the order of this epoch; epochs count from 1. */
  order(epoch: number): Uint32Array
}

/** Throws what `openDataset` and `splitTrain` throw. */
export async function openTrainingData(spec: ExperimentSpec, home: string): Promise<TrainingData> {
  const dataset = await openDataset(spec.data.dataset, { home })
  const { batchSize } = spec.train
  const { train, validation } = splitTrain({
    labels: dataset.train.labels,
    validationShare: spec.data.validation,
    limit: spec.data.limit,
    seed: spec.seed,
    batchSize,
  })
  const input = inputShape(spec.data, dataset)
  const reader = new BatchReader(dataset, dataset.train, input)
  return {
    dataset,
    input,
    filler: new FillerThread(
      { dataset, input, augment: spec.data.augment ?? [], seed: spec.seed },
      { threads: spec.data.threads },
    ),
    stepsPerEpoch: Math.floor(train.length / batchSize),
    validation: validation.length === 0 ? null : { reader, examples: validation },
    test: {
      reader: new BatchReader(dataset, dataset.test, input),
      examples: Uint32Array.from({ length: dataset.test.count }, (_, index) => index),
    },
    order: (epoch) => permutation(spec.seed, 'shuffle', epoch, train.length).map((at) => train[at] as number),
  }
}
