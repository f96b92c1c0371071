/** The run behind "Train the demo": the ready-made experiment where its dataset is here, else the same on the built-in shapes. */
import demo from '../../experiments/recipes/demo.experiment.json' with { type: 'json' }
import type { DatasetRecord } from '../../experiments/data/dataset-record.ts'
import type { ExperimentSpecInput } from '../../experiments/spec/experiment-spec.ts'
import { zooEntry } from '../../experiments/zoo/registry.ts'
import type { Messages } from '../i18n/en.ts'
import { datasetTitle } from '../i18n/dataset-text.ts'

export const demoSpec = demo as ExperimentSpecInput

/** Undefined when no dataset at all is ready. */
export function chooseDemo(datasets: readonly DatasetRecord[], t: Messages): ExperimentSpecInput | undefined {
  const dataset = chooseDemoDataset(datasets)
  if (!dataset || !('zoo' in demoSpec.network)) return undefined
  const name = t.welcome.demoName(zooEntry(demoSpec.network.zoo).title, datasetTitle(t, dataset))
  return { ...demoSpec, name, data: { ...demoSpec.data, dataset: dataset.name } }
}

export function chooseDemoDataset(datasets: readonly DatasetRecord[]): DatasetRecord | undefined {
  const ready = datasets.filter(({ problem }) => problem === null)
  return ready.find(({ name }) => name === demoSpec.data.dataset) ?? ready[0]
}
