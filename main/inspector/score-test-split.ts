/** Scores of every test example for one network: from the cache, or computed view by view and kept there. */
import { setImmediate } from 'node:timers/promises'
import { cropViews, drawView, type CropView } from '../../experiments/evaluation/crop-views.ts'
import type { CropCount } from '../../experiments/evaluation/evaluation-record.ts'
import { softmaxRows } from '../../experiments/evaluation/prediction-set.ts'
import { leastProbability } from '../../experiments/evaluation/combine-predictions.ts'
import { checkDataset } from '../../experiments/network/check-network.ts'
import { issuesError } from '../../experiments/errors/studio-error.ts'
import { BatchReader } from '../datasets/batch-reader.ts'
import { inputShape, type ImageShape } from '../datasets/input-size.ts'
import type { Dataset } from '../datasets/open-dataset.ts'
import type { ProgramSession } from '../engines/onnx/program-session.ts'
import type { InspectedRun } from './inspector-protocol.ts'
import type { InspectorDesk } from './inspector-process.ts'
import { batchFor, lowerForInference, openProgram, readWeights } from './network-program.ts'
import { readScores, writeScores } from './score-cache.ts'

/** [examples, classes]; softmax(scores) are the probabilities. */
export async function scoreTestSplit(
  run: InspectedRun,
  crops: CropCount,
  dataset: Dataset,
  desk: InspectorDesk,
): Promise<Float32Array> {
  const { home } = desk
  const key = { checkpoint: run.checkpoint.sha256, fingerprint: dataset.fingerprint, crops }
  const classes = dataset.classes.length
  const known = readScores(home, key, dataset.test.count, classes)
  if (known) return known
  const scores = await computeScores(run, cropViews(crops), dataset, desk)
  writeScores(home, key, scores, classes)
  return scores
}

async function computeScores(
  run: InspectedRun,
  views: readonly CropView[],
  dataset: Dataset,
  desk: InspectorDesk,
): Promise<Float32Array> {
  const batch = Math.min(batchFor(run.document), dataset.test.count)
  const network = lowerForInference(run.document, batch)
  const input = inputShape({ inputSize: run.inputSize ?? undefined }, dataset)
  const problems = checkDataset(network, { input, classes: dataset.classes.length })
  if (problems.length > 0) throw issuesError(`run ${run.run}`, problems)
  network.builder.output('logits', 'result', network.logits)
  const session = await openProgram(network, readWeights(run))
  try {
    return await runViews({ run: run.run, session, views, dataset, input, batch }, desk)
  } finally {
    await session.close()
  }
}

interface ViewRun {
  readonly run: number
  readonly session: ProgramSession
  readonly views: readonly CropView[]
  readonly dataset: Dataset
  /** What the network sees of each image. */
  readonly input: ImageShape
  readonly batch: number
}

async function runViews(
  { run, session, views, dataset, input, batch }: ViewRun,
  desk: InspectorDesk,
): Promise<Float32Array> {
  const { count } = dataset.test
  const classes = dataset.classes.length
  const reader = new BatchReader(dataset, dataset.test, input)
  const images = new Float32Array(batch * reader.imageLength)
  const seen = views.length === 1 ? images : new Float32Array(images.length)
  const labels = new Int32Array(batch)
  const examples = Uint32Array.from({ length: count }, (_, example) => example)
  const scores = new Float32Array(count * classes)
  for (let start = 0; start < count; start += batch) {
    const here = Math.min(batch, count - start)
    reader.fill(examples, start, here, images, labels)
    const sums = new Float64Array(here * classes)
    for (const view of views) {
      if (views.length > 1) drawBatch(view, input, images, seen, here * input.channels)
      const logits = (await session.run({ images: seen })).get('logits')?.subarray(0, here * classes) as Float32Array
      if (views.length === 1) scores.set(logits, start * classes)
      else softmaxRows(logits, classes).forEach((probability, i) => (sums[i]! += probability))
    }
    if (views.length > 1) {
      sums.forEach((sum, i) => (scores[start * classes + i] = Math.log(Math.max(sum / views.length, leastProbability))))
    }
    desk.report({ run, done: start + here, total: count })
    await setImmediate()
  }
  return scores
}

/** Every plane of a batch as a view sees it. */
function drawBatch(
  view: CropView,
  size: { readonly height: number; readonly width: number },
  from: Float32Array,
  to: Float32Array,
  planes: number,
): void {
  const pixels = size.height * size.width
  for (let plane = 0; plane < planes; plane++) {
    const at = plane * pixels
    drawView(view, size, from.subarray(at, at + pixels), to.subarray(at, at + pixels))
  }
}
