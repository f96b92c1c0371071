/** The dataset that was used last stays in memory: the next question is mostly about the same one. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { openDataset, type Dataset } from '../datasets/open-dataset.ts'
import type { InspectedRun } from './inspector-protocol.ts'

export class OpenDatasets {
  private last: { readonly key: string; readonly dataset: Promise<Dataset> } | undefined

  /**
   * The dataset that `run` was trained on.
   * @throws StudioError `different-datasets` when it is not the same data any more, and what `openDataset` throws
   */
  async of(
    { run, dataset: name, fingerprint }: Pick<InspectedRun, 'run' | 'dataset' | 'fingerprint'>,
    home: string,
  ): Promise<Dataset> {
    const dataset = await this.open(name, home)
    if (fingerprint === null || dataset.fingerprint === fingerprint) return dataset
    throw new StudioError(
      'different-datasets',
      `run ${run} was trained on "${name}" with the fingerprint ${fingerprint.slice(0, 12)}, but "${name}" now is ${dataset.fingerprint.slice(0, 12)}: the images or labels have changed since`,
      { run, dataset: name, expected: fingerprint, received: dataset.fingerprint },
    )
  }

  private open(name: string, home: string): Promise<Dataset> {
    const key = `${home}\n${name}`
    if (this.last?.key !== key) {
      const dataset = openDataset(name, { home })
      const opened = { key, dataset }
      this.last = opened
      dataset.catch(() => {
        if (this.last === opened) this.last = undefined
      })
    }
    return (this.last as { dataset: Promise<Dataset> }).dataset
  }
}
