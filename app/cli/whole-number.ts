/** A number without fraction or sign on the command line. */
import { InvalidArgumentError } from 'commander'

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('a whole number is needed.')
  return value
}

/** As `wholeNumber`, of things that are counted from one. */
export function countingNumber(text: string): number {
  const value = wholeNumber(text)
  if (value < 1) throw new InvalidArgumentError('a whole number from 1 is needed.')
  return value
}
