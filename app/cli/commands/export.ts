import { resolve } from 'node:path'
import type { Command } from 'commander'
import { describeModel } from '../../../main/onnx-exchange/export/describe-model.ts'
import { inferenceGraph } from '../../../main/onnx-exchange/export/inference-graph.ts'
import { initialWeights } from '../../../main/onnx-exchange/export/initial-weights.ts'
import { writeOnnxFile, type WrittenModel } from '../../../main/onnx-exchange/export/write-onnx-file.ts'
import { systemFiles } from '../../../main/files/file-operations.ts'
import { readWeightsFile } from '../../../main/weights/pinned-weights.ts'
import { studioVersion } from '../../service/studio-version.ts'
import { readNetwork } from '../read-network.ts'
import { sessionOf, withService, type Session } from '../session.ts'
import { formatCount } from '../table.ts'
import { wholeNumber } from '../whole-number.ts'

interface ExportOptions {
  readonly out: string
  readonly softmax?: boolean
  readonly weights?: string
  readonly seed: number
}

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write a run, or a network, as an ONNX file for other tools')
    .argument('<run or network>', 'number of a run (its best weights), a zoo id, or a *.network.json file')
    .requiredOption('--out <file>', 'where the *.onnx file goes')
    .option('--softmax', 'end in probabilities instead of scores')
    .option('--weights <file>', 'weights for a network (*.safetensors); default: initial ones')
    .option('--seed <n>', 'seed of the initial weights', wholeNumber, 1)
    .action(async (name: string, options: ExportOptions, command: Command) => {
      const session = sessionOf(command)
      const written = /^\d+$/.test(name)
        ? await exportRun(session, Number(name), options)
        : exportNetwork(name, options)
      session.print(written, ({ file, bytes, opset, dataFile }) => {
        const beside = dataFile === null ? '' : `, weights in ${dataFile}`
        return `${file}: ${formatCount(bytes)} bytes, opset ${opset}${beside}`
      })
    })
}

function exportRun(session: Session, run: number, { out, softmax = false }: ExportOptions): Promise<WrittenModel> {
  return withService(session, (service) => service.call('runs.exportOnnx', { run, file: resolve(out), softmax }))
}

function exportNetwork(name: string, { out, softmax = false, weights, seed }: ExportOptions): WrittenModel {
  const document = readNetwork(name, {})
  const tensors = weights === undefined ? initialWeights(document, seed) : readWeightsFile(systemFiles, weights)
  const description = describeModel({ studio: studioVersion, network: document.name }, { softmax })
  return writeOnnxFile(out, inferenceGraph(document, tensors, { softmax }), description)
}
