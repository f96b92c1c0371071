import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { analyzeNetwork } from '../../../experiments/analysis/analyze-network.ts'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { ImageSize } from '../../../experiments/network/lower-network.ts'
import { importOnnxFile, writeWeightsFile } from '../../../main/onnx-exchange/import-onnx-file.ts'
import { imageSize } from '../image-size.ts'
import { sessionOf } from '../session.ts'
import { formatCount } from '../table.ts'

interface ImportOptions {
  readonly out: string
  readonly input?: ImageSize
}

export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('turn an ONNX file into a network and its weights')
    .argument('<file>', 'an *.onnx file')
    .requiredOption('--out <file>', 'where the *.network.json goes; the weights go beside it')
    .option('--input <HxWxC>', 'size of the images, where the file leaves it free', imageSize)
    .action((file: string, options: ImportOptions, command: Command) => {
      const result = importFile(file, options)
      sessionOf(command).print(result, ({ name, layers, parameters, out, weights, warnings }) =>
        [
          `${name}: ${layers} layers, ${formatCount(parameters)} parameters`,
          `network: ${out}`,
          `weights: ${weights}`,
          ...warnings.map(({ path, message }) => `warning: ${path}: ${message}`),
        ].join('\n'),
      )
    })
}

function importFile(file: string, { out, input }: ImportOptions) {
  const imported = importOnnxFile(file, input)
  const { document, ending, warnings } = imported
  const weights = `${out.replace(/(\.network)?\.json$/, '')}.weights.safetensors`
  const { sha256 } = writeWeightsFile(weights, imported, file)
  writeDocument(out, document)
  const { params } = analyzeNetwork(document)
  return {
    name: document.name,
    layers: document.nodes.length,
    parameters: params,
    out,
    weights,
    sha256,
    ending,
    warnings,
  }
}

function writeDocument(file: string, document: unknown): void {
  try {
    writeFileSync(file, `${JSON.stringify(document, null, 1)}\n`)
  } catch (cause) {
    const { message } = cause as Error
    throw new StudioError('file-write-failed', `${file} cannot be written: ${message}`, { file }, cause)
  }
}
