/** Runs on the same test images, image by image, as `runs diff --paired` prints them. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { compareOnExamples, type PairedComparison } from '../../experiments/statistics/mcnemar.ts'
import type { ServiceClient } from '../ipc/service-client.ts'

export interface ComparedPair extends PairedComparison {
  /** The run that was compared with the first one. */
  readonly run: number
}

/** @throws StudioError `different-datasets`, or what an evaluation throws */
export async function comparePairs(
  service: ServiceClient,
  first: number,
  others: readonly number[],
): Promise<readonly ComparedPair[]> {
  const ask = (run: number) => service.call('evaluation.predictions', { run, crops: 1 })
  const baseline = await ask(first)
  const hits = ({ predicted, labels }: typeof baseline): boolean[] => predicted.map((guess, i) => guess === labels[i])
  const pairs: ComparedPair[] = []
  for (const run of others) {
    const other = await ask(run)
    if (other.dataset.fingerprint !== baseline.dataset.fingerprint) {
      throw new StudioError(
        'different-datasets',
        `run ${first} on "${baseline.dataset.name}" and run ${run} on "${other.dataset.name}" have no test images in common`,
        { runs: [first, run] },
      )
    }
    pairs.push({ run, ...compareOnExamples(hits(baseline), hits(other)) })
  }
  return pairs
}

export function formatPairs(pairs: readonly ComparedPair[], first: number): string {
  const lines = pairs.map(({ run, examples, onlyA, onlyB, difference, low, high, pValue }) => {
    const p = pValue < 0.0001 ? 'p < 0.0001' : `p = ${pValue.toPrecision(2)}`
    const word = pValue < 0.05 ? 'they differ' : 'can be chance'
    return `  run ${first} -> run ${run}: of ${examples} images ${onlyA} right in the first only, ${onlyB} in the second only; ${points(difference)} (95 % interval ${points(low)} to ${points(high)}), ${p}: ${word}`
  })
  return ['the same test images', ...lines].join('\n')
}

function points(share: number): string {
  return `${share >= 0 ? '+' : ''}${(share * 100).toFixed(2)} points`
}
