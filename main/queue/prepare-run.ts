/**
 * Checks an experiment before it is queued: specification, network, dataset, how they fit, and the engine. All problems are found in one
 * pass, and the network is resolved to the whole document that will be stored with the run.
 */
import { createHash } from 'node:crypto'
import { analyzeNetwork } from '../../experiments/analysis/analyze-network.ts'
import { estimateTrainingMemory } from '../../experiments/analysis/training-memory.ts'
import type { DatasetRecord } from '../../experiments/data/dataset-record.ts'
import { issuesError, StudioError, type Issue, type JsonObject } from '../../experiments/errors/studio-error.ts'
import { checkNetwork, type DatasetShape } from '../../experiments/network/check-network.ts'
import { lowerNetwork } from '../../experiments/network/lower-network.ts'
import { headOf, withNewHead } from '../../experiments/network/new-head.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { parseNetworkDocument } from '../../experiments/network/parse-network-document.ts'
import { parseExperimentSpec, type ExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { zooNetwork } from '../../experiments/zoo/registry.ts'
import { inputShape } from '../datasets/input-size.ts'
import { describeDataset } from '../datasets/list-datasets.ts'
import { findDataset } from '../datasets/registry.ts'
import type { EngineSurvey } from '../engines/survey/engine-survey.ts'
import { systemFiles } from '../files/file-operations.ts'
import type { NewRun, RunCost } from '../store/run-table.ts'
import { choosePlace } from './choose-place.ts'
import {
  isPinned,
  pinTensors,
  pinWeights,
  readPinnedWeights,
  readWeightsFile,
  type PinnedWeights,
} from '../weights/pinned-weights.ts'
import { tensorsFollowing, type RunWeights } from '../weights/run-weights.ts'
import { checkStart } from '../weights/start-weights.ts'

export interface PreparationPlace {
  readonly home: string
  readonly engines: EngineSurvey
  /** The best weights of a run. @throws StudioError `run-not-found` or `file-not-found` */
  readonly weightsOfRun: (run: number) => RunWeights
}

export interface PreparedRun {
  readonly run: NewRun
  readonly dataset: DatasetRecord
}

/** Throws one StudioError with every problem in `details.issues`. */
export async function prepareRun(json: unknown, place: PreparationPlace): Promise<PreparedRun> {
  const spec = parseExperimentSpec(json)
  const issues: Issue[] = []
  const dataset = await collect(issues, 'data.dataset', () => knownDataset(spec.data.dataset, place.home))
  if (dataset !== undefined) issues.push(...datasetIssues(dataset), ...amountIssues(spec, dataset))
  const resolved = await collect(issues, 'network', () => resolveNetworkSpec(spec, dataset, issues))
  const document = resolved && (await collect(issues, 'start.head', () => documentWithHead(resolved, spec, dataset)))
  const pinned = await collect(issues, 'start.weights', () => pinStart(spec, document, place))
  if (document !== undefined && pinned !== undefined) issues.push(...startIssues(document, spec, pinned))
  if (document !== undefined) {
    issues.push(...checkNetwork(document, dataset && shapeOf(spec, dataset)).map((issue) => inDocument(issue, spec)))
  }
  const chosen = await collect(issues, spec.device === undefined ? 'engine' : 'device', () =>
    choosePlace(place.engines, spec),
  )
  if (issues.some(({ severity }) => severity !== 'warning')) throw issuesError('experiment', unique(issues))
  if (dataset === undefined || document === undefined || chosen === undefined) {
    throw new Error('an experiment without a problem lacks a part')
  }
  const examples = trainingExamples(spec, dataset)
  return {
    dataset,
    run: {
      spec: pinned && spec.start ? { ...spec, start: { ...spec.start, sha256: pinned.sha256 } } : spec,
      document: document as unknown as JsonObject,
      network: document.name,
      ...chosen,
      parameters: analyzeNetwork(document).params,
      steps: Math.floor(examples / spec.train.batchSize) * spec.train.epochs,
      cost: costOf(document, spec),
    },
  }
}

/** The way back takes about twice the multiply-adds of the way there: one product for the weights, one for the inputs. */
const macsOfStep = 3

function costOf(document: NetworkDocument, spec: ExperimentSpec): RunCost {
  const { batchSize, optimizer } = spec.train
  const identity = JSON.stringify([document, batchSize, optimizer.type, spec.data])
  return {
    macs: macsOfStep * batchSize * analyzeNetwork(document).macs,
    memoryBytes: estimateTrainingMemory(document, { batchSize, optimizer }).totalBytes,
    networkHash: createHash('sha256').update(identity).digest('hex'),
  }
}

/** Runs `find`; what it throws becomes an issue at `path`. */
async function collect<T>(issues: Issue[], path: string, find: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await find()
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    issues.push({ code: error.code, path, message: error.message })
    return undefined
  }
}

function knownDataset(name: string, home: string): Promise<DatasetRecord> {
  return describeDataset(findDataset(name, home), { home })
}

function datasetIssues(dataset: DatasetRecord): Issue[] {
  if (dataset.problem === null) return []
  const { code, message } = dataset.problem
  return [{ code: code as Issue['code'], path: 'data.dataset', message }]
}

/** What can be said of the counts before the files are read; the trainer checks them again with the labels. */
function amountIssues(spec: ExperimentSpec, dataset: DatasetRecord): Issue[] {
  const { limit } = spec.data
  if (limit !== undefined && limit > dataset.trainCount) {
    const message = `expected at most ${dataset.trainCount}, the training examples of ${dataset.name}; got ${limit}`
    return [{ code: 'out-of-range', path: 'data.limit', message }]
  }
  const side = Math.min(dataset.height, dataset.width)
  if (spec.data.inputSize !== undefined && spec.data.inputSize > side) {
    const message = `expected at most ${side}, the side of the images of ${dataset.name}; got ${spec.data.inputSize}`
    return [{ code: 'out-of-range', path: 'data.inputSize', message }]
  }
  const examples = trainingExamples(spec, dataset)
  if (spec.train.batchSize <= examples) return []
  const message = `expected at most ${examples}, the examples left to train on; got ${spec.train.batchSize}`
  return [{ code: 'out-of-range', path: 'train.batchSize', message }]
}

function trainingExamples(spec: ExperimentSpec, dataset: DatasetRecord): number {
  const taken = Math.min(spec.data.limit ?? dataset.trainCount, dataset.trainCount)
  return taken - Math.round(taken * spec.data.validation)
}

/** A network of the zoo is built for the dataset's images and classes; a document is taken as it is. */
function resolveNetworkSpec(
  spec: ExperimentSpec,
  dataset: DatasetRecord | undefined,
  issues: Issue[],
): NetworkDocument | undefined {
  const { network } = spec
  if ('zoo' in network) return zooNetwork(network.zoo, dataset && shapeOf(spec, dataset))
  if ('file' in network) {
    throw new StudioError(
      'wrong-type',
      `the service does not read files of others: send the network of ${network.file} as "document"`,
    )
  }
  const parsed = parseNetworkDocument(network.document)
  if (parsed.ok) return parsed.value
  issues.push(...parsed.issues.map((issue) => inDocument(issue, spec)))
  return undefined
}

/** The network that is trained: with a new head where the experiment asks for one. */
function documentWithHead(
  document: NetworkDocument,
  { start }: ExperimentSpec,
  dataset: DatasetRecord | undefined,
): NetworkDocument {
  return start?.head === 'new' && dataset ? withNewHead(document, dataset.classes.length).document : document
}

/**
 * Weights that were pinned before are taken from there: the same content, wherever the file is now. Those of a run are pinned under the names that their
 * layers have in the network of now.
 */
function pinStart(
  { start }: ExperimentSpec,
  document: NetworkDocument | undefined,
  { home, weightsOfRun }: PreparationPlace,
): PinnedWeights | undefined {
  if (!start) return undefined
  const { weights, sha256 } = start
  if (sha256 !== undefined && isPinned(systemFiles, home, sha256)) {
    return { sha256, tensors: readPinnedWeights(systemFiles, home, sha256) }
  }
  const ofRun = typeof weights === 'number' ? weightsOfRun(weights) : undefined
  const file = ofRun?.file ?? String(weights)
  const pinned = ofRun && document ? pinFollowing(home, ofRun, document) : pinWeights(systemFiles, home, file)
  if (sha256 === undefined || sha256 === pinned.sha256) return pinned
  throw new StudioError('file-damaged', `${file} has the checksum ${pinned.sha256}, but the experiment names ${sha256}`)
}

function pinFollowing(home: string, { file, network }: RunWeights, document: NetworkDocument): PinnedWeights {
  const tensors = readWeightsFile(systemFiles, file)
  const following = tensorsFollowing(tensors, network, document)
  return following === tensors ? pinWeights(systemFiles, home, file) : pinTensors(systemFiles, home, following)
}

function startIssues(
  document: NetworkDocument,
  { start }: ExperimentSpec,
  { tensors }: PinnedWeights,
): readonly Issue[] {
  const network = lowerNetwork(document, { mode: 'inference', batch: 1 })
  if (!start || network.issues.some(({ severity }) => severity !== 'warning')) return []
  return checkStart(network, { start, newHead: start.head === 'new' ? headOf(document) : undefined }, tensors)
}

function shapeOf(spec: ExperimentSpec, dataset: DatasetRecord): DatasetShape {
  const { inputSize } = spec.data
  // One that is too large is a problem of its own and must not raise others.
  const fits = inputSize !== undefined && inputSize <= Math.min(dataset.height, dataset.width)
  return { input: inputShape(fits ? { inputSize } : {}, dataset), classes: dataset.classes.length }
}

/** The place of a network's issue within the experiment. */
function inDocument(issue: Issue, { network }: ExperimentSpec): Issue {
  const base = 'document' in network ? 'network.document' : 'network'
  return { ...issue, path: issue.path === '' ? base : `${base}.${issue.path}` }
}

function unique(issues: readonly Issue[]): Issue[] {
  const seen = new Set<string>()
  return issues.filter(({ code, path, message }) => {
    const key = `${code} ${path} ${message}`
    return !seen.has(key) && seen.add(key)
  })
}
