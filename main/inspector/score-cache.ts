/**
 * Scores of every test example, kept in the home folder: an ensemble of ten runs is put together in moments when each of them was evaluated
 * before. A file is named after all that decides its content; one that is damaged is made again. softmax(scores) are the probabilities:
 * for one view the network's own logits, for several the logarithm of their mean probabilities.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { CropCount } from '../../experiments/evaluation/evaluation-record.ts'
import { decodeSafetensors, encodeSafetensors } from '../checkpoints/safetensors.ts'
import { systemFiles } from '../files/file-operations.ts'
import { writeWholeFile } from '../files/write-whole-file.ts'

/** Raised when scores come out otherwise for the same weights and data. */
const format = 'strata-scores 1'

export interface ScoreKey {
  /** SHA-256 of the checkpoint file. */
  readonly checkpoint: string
  /** Of the dataset. */
  readonly fingerprint: string
  readonly crops: CropCount
}

/** [examples, classes]; undefined when they are not there, or not whole. */
export function readScores(home: string, key: ScoreKey, examples: number, classes: number): Float32Array | undefined {
  const file = scoreFile(home, key)
  try {
    const { metadata, tensors } = decodeSafetensors(fs.readFileSync(file), file)
    const [scores] = tensors
    const isOurs = metadata['format'] === format && metadata['key'] === keyText(key)
    if (!isOurs || scores?.shape[0] !== examples || scores.shape[1] !== classes) return undefined
    return scores.data
  } catch {
    return undefined
  }
}

/** Throws `disk-full` or `file-write-failed`. */
export function writeScores(home: string, key: ScoreKey, scores: Float32Array, classes: number): void {
  const metadata = { format, key: keyText(key) }
  const tensors = [{ name: 'scores', shape: [scores.length / classes, classes], data: scores }]
  writeWholeFile(systemFiles, scoreFile(home, key), encodeSafetensors({ metadata, tensors }))
}

function scoreFile(home: string, { checkpoint, fingerprint, crops }: ScoreKey): string {
  const name = `${checkpoint.slice(0, 24)}-${fingerprint.slice(0, 24)}-test-${crops}.safetensors`
  return path.join(home, 'cache', 'scores', name)
}

function keyText({ checkpoint, fingerprint, crops }: ScoreKey): string {
  return `${checkpoint} ${fingerprint} ${crops}`
}
