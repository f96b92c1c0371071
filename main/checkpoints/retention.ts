/** Which checkpoints of a run stay: the last two (the newest may turn out damaged), the best one, and pinned ones. */
import type { FileOperations } from '../files/file-operations.ts'
import { isUnfinished } from '../files/write-whole-file.ts'
import path from 'node:path'

const keptLast = 2

export interface RetainedCheckpoint {
  readonly id: number
  readonly step: number
  /** Whether its epoch was the best one so far; the newest such one is the best of all. */
  readonly best: boolean
  readonly pinned: boolean
}

export function checkpointsToRemove<C extends RetainedCheckpoint>(checkpoints: readonly C[]): C[] {
  const newestFirst = checkpoints.toSorted((a, b) => b.step - a.step)
  const best = newestFirst.find((checkpoint) => checkpoint.best)
  return newestFirst.slice(keptLast).filter((checkpoint) => checkpoint !== best && !checkpoint.pinned)
}

/** Removes what a killed process left in a run's folder: unfinished files and files that never got their row. */
export function removeStrays(files: FileOperations, folder: string, known: ReadonlySet<string>): void {
  for (const name of files.list(folder)) {
    const isStray = isUnfinished(name) || (name.endsWith('.safetensors') && !known.has(name))
    if (isStray) files.remove(path.join(folder, name))
  }
}
