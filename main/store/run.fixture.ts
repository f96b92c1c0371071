/** A run to fill a store with in tests. */
import { parseExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import type { NewRun } from './run-table.ts'

export function exampleRun(name = 'example'): NewRun {
  return {
    spec: parseExperimentSpec({
      version: 1,
      name,
      network: { zoo: 'lenet5' },
      data: { dataset: 'shapes' },
      train: { epochs: 3, batchSize: 16, learningRate: 0.05 },
    }),
    document: { version: 1, nodes: [] },
    network: 'LeNet-5',
    engine: 'onnx',
    parameters: 61_706,
    steps: 30,
  }
}
