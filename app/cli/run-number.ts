/** Numbers of runs as arguments of commands. */
import { InvalidArgumentError } from 'commander'

export function runNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('a run is named by its number, see "runs list".')
  return Number(text)
}

/** For an argument that takes several. */
export function runNumbers(text: string, previous: readonly number[] | undefined): readonly number[] {
  return [...(previous ?? []), runNumber(text)]
}
