/**
 * What can be counted from predictions and labels: loss, accuracy, precision and recall of each class, the confusion matrix, how well
 * confidence and accuracy agree (expected calibration error, Guo et al., On Calibration of Modern Neural Networks, ICML 2017), and the
 * errors that the network was surest of.
 */
import { leastProbability } from './combine-predictions.ts'
import type { CalibrationBin, ClassResult, ConfidentError, EvaluationResult } from './evaluation-record.ts'
import { predictedClasses, type PredictionSet } from './prediction-set.ts'

const calibrationBins = 15
const mostErrors = 60

/** @param labels the class of each example */
export function evaluatePredictions(predictions: PredictionSet, labels: ArrayLike<number>): EvaluationResult {
  const { classes, probabilities } = predictions
  const predicted = predictedClasses(predictions)
  const confusion = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0))
  let loss = 0
  let top5 = 0
  predicted.forEach((choice, example) => {
    const label = labels[example] as number
    confusion[label]![choice]! += 1
    const right = probabilities[example * classes + label] as number
    loss -= Math.log(Math.max(right, leastProbability))
    if (rankOf(probabilities, example * classes, classes, label) < 5) top5++
  })
  const examples = predicted.length
  const correct = confusion.reduce((sum, row, label) => sum + (row[label] as number), 0)
  const bins = calibrate(predictions, predicted, labels)
  return {
    examples,
    loss: loss / Math.max(examples, 1),
    accuracy: correct / Math.max(examples, 1),
    top5: classes > 5 ? top5 / Math.max(examples, 1) : null,
    classes: classResults(confusion),
    confusion,
    calibration: { bins, error: calibrationError(bins, examples) },
    errors: confidentErrors(predictions, predicted, labels),
  }
}

/** How many classes come before it: more probable, or as probable and named earlier, as the one that is predicted is chosen. */
function rankOf(probabilities: Float32Array, row: number, classes: number, label: number): number {
  const own = probabilities[row + label] as number
  let rank = 0
  for (let i = 0; i < classes; i++) {
    const other = probabilities[row + i] as number
    if (other > own || (other === own && i < label)) rank++
  }
  return rank
}

function classResults(confusion: readonly (readonly number[])[]): ClassResult[] {
  return confusion.map((row, label) => {
    const right = row[label] as number
    const support = row.reduce((sum, count) => sum + count, 0)
    const predicted = confusion.reduce((sum, other) => sum + (other[label] as number), 0)
    const precision = predicted === 0 ? null : right / predicted
    const recall = support === 0 ? null : right / support
    const f1 = support + predicted === 0 ? null : (2 * right) / (support + predicted)
    return { label, support, predicted, precision, recall, f1 }
  })
}

/** Examples in bins of equal width of the confidence in the predicted class. */
function calibrate(
  { classes, probabilities }: PredictionSet,
  predicted: Int32Array,
  labels: ArrayLike<number>,
): CalibrationBin[] {
  const bins = Array.from({ length: calibrationBins }, () => ({ count: 0, confidence: 0, correct: 0 }))
  predicted.forEach((choice, example) => {
    const confidence = probabilities[example * classes + choice] as number
    const bin = bins[Math.min(calibrationBins - 1, Math.floor(confidence * calibrationBins))]
    if (!bin) return
    bin.count++
    bin.confidence += confidence
    if (choice === labels[example]) bin.correct++
  })
  return bins.map(({ count, confidence, correct }, i) => ({
    from: i / calibrationBins,
    to: (i + 1) / calibrationBins,
    count,
    confidence: count === 0 ? null : confidence / count,
    accuracy: count === 0 ? null : correct / count,
  }))
}

/** Mean distance between confidence and accuracy, each bin by its examples. */
function calibrationError(bins: readonly CalibrationBin[], examples: number): number {
  const sum = bins.reduce(
    (total, { count, confidence, accuracy }) => total + count * Math.abs((confidence ?? 0) - (accuracy ?? 0)),
    0,
  )
  return sum / Math.max(examples, 1)
}

function confidentErrors(
  { classes, probabilities }: PredictionSet,
  predicted: Int32Array,
  labels: ArrayLike<number>,
): ConfidentError[] {
  const errors: ConfidentError[] = []
  predicted.forEach((choice, example) => {
    const label = labels[example] as number
    if (choice === label) return
    const row = example * classes
    errors.push({
      example,
      label,
      predicted: choice,
      confidence: probabilities[row + choice] as number,
      right: probabilities[row + label] as number,
    })
  })
  return errors.sort((a, b) => b.confidence - a.confidence || a.example - b.example).slice(0, mostErrors)
}
