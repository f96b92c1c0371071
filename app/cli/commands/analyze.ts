import { InvalidArgumentError, type Command } from 'commander'
import { analyzeNetwork, type NetworkAnalysis } from '../../../experiments/analysis/analyze-network.ts'
import type { BlockAnalysis } from '../../../experiments/analysis/sum-blocks.ts'
import { issuesError } from '../../../experiments/errors/studio-error.ts'
import type { ImageSize } from '../../../experiments/network/lower-network.ts'
import { imageSize } from '../image-size.ts'
import { readNetwork } from '../read-network.ts'
import { sessionOf } from '../session.ts'
import { formatCount, formatTable } from '../table.ts'

interface AnalyzeOptions {
  readonly input?: ImageSize
  readonly classes?: number
  readonly unfold?: boolean
}

export function addAnalyzeCommand(program: Command): void {
  program
    .command('analyze')
    .description('shapes, parameters, multiply-adds and receptive fields, layer by layer')
    .argument('<network>', 'a zoo id, a *.network.json or an *.onnx file')
    .option('--input <HxWxC>', 'for images of this size', imageSize)
    .option('--classes <n>', 'for this many classes', classCount)
    .option('--unfold', 'list the layers inside of blocks (JSON always does)')
    .action((network: string, options: AnalyzeOptions, command: Command) => {
      const analysis = analyze(network, options)
      const { issues: _warnings, ...result } = analysis
      sessionOf(command).print(result, (shown) => formatAnalysis(shown, options.unfold === true))
    })
}

function analyze(name: string, options: AnalyzeOptions): NetworkAnalysis {
  const analysis = analyzeNetwork(readNetwork(name, options), options)
  if (analysis.issues.some((issue) => issue.severity !== 'warning')) throw issuesError(name, analysis.issues)
  return analysis
}

function classCount(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('a number of classes is needed.')
  return Number(text)
}

/** A layer, or a block with the sums of its layers. */
type Row = Pick<BlockAnalysis, 'name' | 'type' | 'times' | 'outputShape' | 'params' | 'macs' | 'receptiveField'>

function formatAnalysis(analysis: Omit<NetworkAnalysis, 'issues'>, unfold: boolean): string {
  const { params, macs, activationBytes, receptiveField, layers } = analysis
  const rows: readonly Row[] = unfold ? layers : foldedRows(analysis)
  const table = formatTable(
    ['layer', 'type', 'output', 'parameters', 'multiply-adds', 'field', 'stride'],
    rows.map((row) => [
      row.name,
      row.times === undefined ? row.type : `${row.times} x ${row.type}`,
      row.outputShape.join('x'),
      row.params,
      row.macs,
      row.receptiveField.size,
      row.receptiveField.stride,
    ]),
  )
  const totals = [
    `${formatCount(params)} parameters`,
    `${formatCount(macs)} multiply-adds`,
    `${formatCount(activationBytes)} bytes of activations`,
    `receptive field ${receptiveField.size}, stride ${receptiveField.stride}`,
  ]
  return `${table}\n\n${totals.join(', ')}`
}

/** The nodes of the document, in the order of data flow: a block stands for its layers. */
function foldedRows({ layers, blocks }: Pick<NetworkAnalysis, 'layers' | 'blocks'>): readonly Row[] {
  const byId = new Map(blocks.map((block) => [block.id, block]))
  const seen = new Set<string>()
  return layers.flatMap((layer): readonly Row[] => {
    const [outer = ''] = layer.id.split('/')
    const block = byId.get(outer)
    if (!block || outer === layer.id) return [layer]
    if (seen.has(outer)) return []
    seen.add(outer)
    return [block]
  })
}
