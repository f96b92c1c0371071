/**
 * The test images that activate the units of a layer most, each with the part of the image that the unit sees at its strongest place, and the
 * units that nothing activates. One pass over the images answers for all units of a layer, and is kept until another layer is asked for.
 */
import { setImmediate } from 'node:timers/promises'
import { analyzeNetwork, type LayerField } from '../../experiments/analysis/analyze-network.ts'
import type { UnitExamples } from '../../experiments/inspection/inspection-record.ts'
import { parseNetworkDocumentOrThrow } from '../../experiments/network/parse-network-document.ts'
import { BatchReader } from '../datasets/batch-reader.ts'
import { inputShape, type ImageShape } from '../datasets/input-size.ts'
import type { Dataset } from '../datasets/open-dataset.ts'
import type { InspectorDesk } from './inspector-process.ts'
import type { InspectedRun, TaskInput } from './inspector-protocol.ts'
import { layerOutput, mapShape } from './network-layers.ts'
import { batchFor, lowerForInference, openProgram, readWeights } from './network-program.ts'
import { base64, prepareImage } from './see-image.ts'

/** Test images that are looked at, evenly taken from all. */
const mostScanned = 2000
const keptPerUnit = 9

interface StrongPlace {
  readonly example: number
  readonly value: number
  /** Row by row in the map. */
  readonly position: number
}

export interface LayerScan {
  readonly key: string
  readonly scanned: number
  readonly mapWidth: number
  readonly units: readonly UnitScan[]
}

interface UnitScan {
  /** The strongest first. */
  readonly strongest: StrongPlace[]
  active: number
}

export async function findTopExamples(
  { member, layer, offset, limit }: TaskInput<'topExamples'>,
  desk: InspectorDesk,
): Promise<UnitExamples> {
  const dataset = await desk.datasets.of(member, desk.home)
  const key = `${member.checkpoint.sha256} ${dataset.fingerprint} ${layer}`
  const scan = desk.scans.last?.key === key ? desk.scans.last : await scanLayer(key, member, layer, dataset, desk)
  desk.scans.last = scan
  const document = parseNetworkDocumentOrThrow(member.document)
  const field = analyzeNetwork(document).layers.find(({ id }) => id === layer)?.receptiveField
  const shape = inputShape({ inputSize: member.inputSize ?? undefined }, dataset)
  return {
    layer,
    units: scan.units.length,
    dead: scan.units.flatMap(({ active }, unit) => (active === 0 ? [unit] : [])),
    scanned: scan.scanned,
    ...shape,
    shown: scan.units.slice(offset, offset + limit).map(({ active, strongest }, i) => ({
      unit: offset + i,
      activeShare: active / scan.scanned,
      examples: strongest.map(({ example, value, position }) => {
        const image = prepareImage(member, { kind: 'example', split: 'test', example }, dataset)
        const place = { y: Math.floor(position / scan.mapWidth), x: position % scan.mapWidth }
        const box = field === undefined ? null : seenPart(field, place, shape)
        return { example, label: image.label ?? 0, value, box, pixels: base64(image.pixels) }
      }),
    })),
  }
}

async function scanLayer(
  key: string,
  member: InspectedRun,
  layer: string,
  dataset: Dataset,
  desk: InspectorDesk,
): Promise<LayerScan> {
  const { count } = dataset.test
  const scanned = Math.min(count, mostScanned)
  const examples = Uint32Array.from({ length: scanned }, (_, i) => Math.floor((i * count) / scanned))
  const batch = Math.min(batchFor(member.document), scanned)
  const network = lowerForInference(member.document, batch)
  const output = layerOutput(network, layer)
  network.builder.output('maps', 'result', output.value)
  const session = await openProgram(network, readWeights(member))
  try {
    const { channels, height, width } = mapShape(output)
    const units = Array.from({ length: channels }, (): UnitScan => ({ strongest: [], active: 0 }))
    const input = inputShape({ inputSize: member.inputSize ?? undefined }, dataset)
    const reader = new BatchReader(dataset, dataset.test, input)
    const images = new Float32Array(batch * reader.imageLength)
    const labels = new Int32Array(batch)
    for (let start = 0; start < scanned; start += batch) {
      const here = Math.min(batch, scanned - start)
      reader.fill(examples, start, here, images, labels)
      const values = (await session.run({ images })).get('maps') as Float32Array
      for (let i = 0; i < here; i++) {
        const own = values.subarray(i * channels * height * width, (i + 1) * channels * height * width)
        takeExample(units, own, examples[start + i] as number)
      }
      desk.report({ run: member.run, done: start + here, total: scanned })
      await setImmediate()
    }
    return { key, scanned, mapWidth: width, units }
  } finally {
    await session.close()
  }
}

/** @param values of one example, channels first */
function takeExample(units: readonly UnitScan[], values: Float32Array, example: number): void {
  const size = values.length / units.length
  units.forEach((unit, channel) => {
    let position = 0
    const base = channel * size
    for (let i = 1; i < size; i++) {
      if ((values[base + i] as number) > (values[base + position] as number)) position = i
    }
    const value = values[base + position] as number
    if (!(value > 0)) return
    unit.active++
    const { strongest } = unit
    const at = strongest.findIndex((other) => value > other.value)
    if (at === -1 && strongest.length >= keptPerUnit) return
    strongest.splice(at === -1 ? strongest.length : at, 0, { example, value, position })
    if (strongest.length > keptPerUnit) strongest.pop()
  })
}

/** What of the image a position of the map sees; null for all of it. */
function seenPart({ height, width }: LayerField, { y, x }: { y: number; x: number }, shape: ImageShape) {
  const along = (axis: LayerField['height'], at: number, side: number) => {
    const from = Math.max(0, axis.start + at * axis.stride)
    return { from, length: Math.max(1, Math.min(side, axis.start + at * axis.stride + axis.size) - from) }
  }
  const [rows, columns] = [along(height, y, shape.height), along(width, x, shape.width)]
  if (rows.length >= shape.height && columns.length >= shape.width) return null
  return { top: rows.from, left: columns.from, height: rows.length, width: columns.length }
}
