/**
 * Paths that the page names must not reach the file system. The contract's procedures that take paths are closed to the window; what is left is
 * the file of weights inside of an experiment. It may lie in the home folder, where imports put it, or be named by its checksum, so that
 * no other content is ever taken.
 */
import { realpathSync } from 'node:fs'
import { sep } from 'node:path'
import { StudioError } from '../../experiments/errors/studio-error.ts'

/** @throws StudioError `outside-folder` */
export function checkWindowPaths(spec: unknown, home: string): void {
  const start = member(spec, 'start')
  const weights = member(start, 'weights')
  if (typeof weights !== 'string' || typeof member(start, 'sha256') === 'string') return
  if (isInside(weights, home)) return
  throw new StudioError(
    'outside-folder',
    'experiment: start.weights: the window takes weights from the home folder only; import the file first, or start the run from the command line',
    { path: 'start.weights' },
  )
}

function isInside(file: string, home: string): boolean {
  try {
    return realpathSync(file).startsWith(realpathSync(home) + sep)
  } catch {
    return false
  }
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}
