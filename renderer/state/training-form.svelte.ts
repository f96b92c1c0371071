/**
 * The training form. Fields hold what was typed; the specification is made from them and checked by its own schema on every keystroke.
 * Problems that only the service can know come back with paths and land at their fields until these change.
 */
import { issuesOf, type FieldIssue } from './error-issues.ts'
import type { AugmentationSpec } from '../../experiments/augmentation/augmentation-spec.ts'
import type { ErrorRecord } from '../../experiments/errors/studio-error.ts'
import { processorDevice, type DeviceLoss } from '../../experiments/engines/device-request.ts'
import type { ImageSize } from '../../experiments/network/lower-network.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { experimentSpec, type ExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { optimizerSpec, type OptimizerSpec } from '../../experiments/spec/optimizer-spec.ts'
import type { Precision } from '../../experiments/spec/precision-spec.ts'
import type { TrainingSuggestion } from '../../experiments/spec/suggest-training.ts'
import { zooEntries } from '../../experiments/zoo/registry.ts'
import { demoSpec } from './demo.ts'
import { ScheduleChoice } from './schedule-choice.svelte.ts'
import { fieldOfPath, type FieldName } from './field-of-path.ts'
import {
  checkNumber,
  numberFieldNames,
  numberRules,
  readNumber,
  writeNumber,
  type NumberFieldName,
  type NumberProblem,
} from './training-fields.ts'

const defaults: Readonly<Record<NumberFieldName, string>> = {
  epochs: '5',
  batchSize: '128',
  learningRate: '0.05',
  momentum: '0.9',
  validation: '10',
  limit: '',
  inputSize: '',
  threads: '',
  weightDecay: '',
  clipNorm: '',
  labelSmoothing: '',
  patience: '',
  checkpointSteps: '',
  seed: '1',
}

/** As their papers and PyTorch begin. */
function usualLearningRate(type: OptimizerSpec['type']): string {
  return type === 'sgd' ? defaults.learningRate : '0.001'
}

function writeOptional(value: number | undefined, name: NumberFieldName): string {
  return value === undefined ? '' : writeNumber(value, numberRules[name])
}

/** A group of settings with one of them as it is typed; undefined when none is left. */
function withNumber<K extends string>(
  group: { readonly [P in K]?: number | undefined } | undefined,
  key: NoInfer<K>,
  value: number | undefined,
): object | undefined {
  const { [key]: _before, ...others } = group ?? {}
  const next = value === undefined ? others : { ...others, [key]: value }
  return Object.keys(next).length === 0 ? undefined : next
}

const optimizersWithMomentum = new Set(
  optimizerSpec.options.filter(({ shape }) => 'momentum' in shape).map(({ shape }) => shape.type.value),
)

export class TrainingForm {
  network = $state(zooEntries[0]?.id ?? '')
  dataset = $state(demoSpec.data.dataset)
  optimizer: OptimizerSpec['type'] = $state('sgd')
  readonly hasMomentum = $derived(optimizersWithMomentum.has(this.optimizer))
  /** What a run that was taken over says beyond the fields of the form: it is kept. */
  #base: ExperimentSpec | null = $state.raw(null)
  /** Random changes of the training images; empty is none. */
  augment: readonly AugmentationSpec[] = $state.raw([])
  readonly schedule = new ScheduleChoice()
  /** Id of the engine; empty: the best that there is. */
  engine = $state('')
  precision: Precision = $state('float32')
  /** Id of a device, or `gpu` for any graphics card; empty: what the engine prefers. */
  device = $state('')
  onDeviceLoss: DeviceLoss = $state('fail')
  /** Empty: the name follows network and dataset. */
  ownName = $state('')
  texts: Record<NumberFieldName, string> = $state({ ...defaults })
  /** A document that came with a run and is in no zoo. */
  document: Record<string, unknown> | null = $state.raw(null)
  /** Name of the run whose settings were taken over. */
  copiedFrom: string | null = $state.raw(null)
  /** The queued run in whose place the experiment goes, while it is being changed. */
  replaces: { readonly run: number; readonly name: string } | null = $state.raw(null)
  /** Fields whose problems are shown: once left, or all after an attempt to start. */
  #left: ReadonlySet<FieldName> = $state.raw(new Set())
  #refused: ReadonlyMap<FieldName, FieldIssue> = $state.raw(new Map())
  /** A refusal that concerns no field. */
  refusal: ErrorRecord | null = $state.raw(null)

  /** What is typed wrong, by field. */
  readonly numberProblems: ReadonlyMap<NumberFieldName, NumberProblem> = $derived.by(() => {
    const problems = new Map<NumberFieldName, NumberProblem>()
    for (const name of numberFieldNames) {
      if (name === 'momentum' && !this.hasMomentum) continue
      const problem = checkNumber(this.texts[name], numberRules[name])
      if (problem) problems.set(name, problem)
    }
    return problems
  })

  value(name: NumberFieldName): number | undefined {
    return readNumber(this.texts[name], numberRules[name])
  }

  /** The problem of a field when it should be seen; an empty field is left alone while it is being filled. */
  shownProblem(name: NumberFieldName): NumberProblem | undefined {
    const problem = this.numberProblems.get(name)
    return problem === 'required' && !this.#left.has(name) ? undefined : problem
  }

  /** What the service said about a field. */
  refusedBecause(name: FieldName): FieldIssue | undefined {
    return this.#refused.get(name)
  }

  /** Of what the network sees: the images, or the square out of them that is asked for. One that is too large does not count. */
  imageSize({ height, width, channels }: ImageSize): ImageSize {
    const side = this.numberProblems.has('inputSize') ? undefined : this.value('inputSize')
    if (side === undefined || side > Math.min(height, width)) return { height, width, channels }
    return { height: side, width: side, channels }
  }

  chooseAugment(augment: readonly AugmentationSpec[]): void {
    this.augment = augment
    this.touch('augment')
  }

  leave(name: FieldName): void {
    this.#left = new Set(this.#left).add(name)
    this.touch(name)
  }

  /** The field changed: what the service said about it no longer holds. */
  touch(name: FieldName): void {
    this.refusal = null
    if (!this.#refused.has(name)) return
    const refused = new Map(this.#refused)
    refused.delete(name)
    this.#refused = refused
  }

  leaveAll(): void {
    this.#left = new Set<FieldName>(numberFieldNames)
  }

  /** The specification as the service gets it; it may still be wrong. */
  spec(name: string): Record<string, unknown> {
    const limit = this.value('limit')
    const threads = this.value('threads')
    const inputSize = this.value('inputSize')
    const {
      limit: _limit,
      augment: _augment,
      threads: _threads,
      inputSize: _inputSize,
      ...data
    } = this.#base?.data ?? {}
    const weightDecay = this.value('weightDecay')
    const labelSmoothing = this.value('labelSmoothing')
    const gradientClip = withNumber(this.#base?.train.gradientClip, 'norm', this.value('clipNorm'))
    const checkpoints = withNumber(this.#base?.checkpoints, 'everySteps', this.value('checkpointSteps'))
    const patience = this.value('patience')
    const {
      schedule: _schedule,
      weightDecay: _weightDecay,
      gradientClip: _clip,
      labelSmoothing: _smoothing,
      precision: _precision,
      earlyStopping,
      ...train
    } = this.#base?.train ?? {}
    const {
      engine: _engine,
      device: _device,
      onDeviceLoss: _onDeviceLoss,
      checkpoints: _checkpoints,
      ...base
    } = this.#base ?? {}
    const optimizer = this.#base?.train.optimizer
    return {
      ...base,
      version: 1,
      name,
      network: this.document ? { document: this.document } : { zoo: this.network },
      data: {
        ...data,
        dataset: this.dataset,
        ...(limit === undefined ? {} : { limit }),
        validation: this.value('validation'),
        ...(this.augment.length === 0 ? {} : { augment: this.augment }),
        ...(threads === undefined ? {} : { threads }),
        ...(inputSize === undefined ? {} : { inputSize }),
      },
      train: {
        ...train,
        epochs: this.value('epochs'),
        batchSize: this.value('batchSize'),
        optimizer: {
          ...(optimizer?.type === this.optimizer ? optimizer : {}),
          type: this.optimizer,
          ...(this.hasMomentum ? { momentum: this.value('momentum') } : {}),
        },
        learningRate: this.value('learningRate'),
        ...(this.schedule.spec && { schedule: this.schedule.spec }),
        ...(weightDecay === undefined ? {} : { weightDecay }),
        ...(gradientClip && { gradientClip }),
        ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
        ...(patience === undefined ? {} : { earlyStopping: { ...earlyStopping, patience } }),
        ...(this.precision === 'float32' ? {} : { precision: this.precision }),
      },
      ...(checkpoints && { checkpoints }),
      seed: this.value('seed'),
      ...(this.engine === '' ? {} : { engine: this.engine }),
      ...(this.device === '' ? {} : { device: this.device }),
      ...(this.onDeviceLoss !== 'fail' ? { onDeviceLoss: this.onDeviceLoss } : {}),
    }
  }

  /** A learning rate that nobody touched follows the optimizer: adaptive ones need a far smaller one. */
  chooseOptimizer(type: OptimizerSpec['type']): void {
    if (this.texts.learningRate === usualLearningRate(this.optimizer)) this.texts.learningRate = usualLearningRate(type)
    this.optimizer = type
    this.touch('optimizer')
  }

  chooseNetwork(id: string): void {
    this.network = id
    this.document = null
    this.copiedFrom = null
    this.touch('network')
  }

  /** A network that was drawn, in the place of one of the zoo. */
  chooseDocument(document: NetworkDocument): void {
    this.document = { ...document }
    this.copiedFrom = null
    this.touch('network')
  }

  chooseDataset(name: string): void {
    this.dataset = name
    this.touch('dataset')
    this.touch('limit')
    this.touch('inputSize')
    this.touch('network')
  }

  /** Takes over the settings of a run, to run it again with changes. */
  take(spec: ExperimentSpec, document: Record<string, unknown>, runName: string): void {
    this.#clearProblems()
    const { optimizer } = spec.train
    this.copiedFrom = runName
    this.replaces = null
    this.#base = spec
    if ('zoo' in spec.network) {
      this.network = spec.network.zoo
      this.document = null
    } else {
      this.document = document
    }
    this.dataset = spec.data.dataset
    this.optimizer = optimizer.type
    this.ownName = spec.name
    this.augment = spec.data.augment ?? []
    this.schedule.take(spec.train.schedule)
    this.engine = spec.engine ?? ''
    this.precision = spec.train.precision ?? 'float32'
    this.device = spec.device ?? ''
    this.onDeviceLoss = spec.onDeviceLoss ?? 'fail'
    this.texts = {
      epochs: writeNumber(spec.train.epochs, numberRules.epochs),
      batchSize: writeNumber(spec.train.batchSize, numberRules.batchSize),
      learningRate: writeNumber(spec.train.learningRate, numberRules.learningRate),
      momentum: 'momentum' in optimizer ? writeNumber(optimizer.momentum, numberRules.momentum) : defaults.momentum,
      validation: writeNumber(spec.data.validation, numberRules.validation),
      limit: writeOptional(spec.data.limit, 'limit'),
      threads: writeOptional(spec.data.threads, 'threads'),
      inputSize: writeOptional(spec.data.inputSize, 'inputSize'),
      weightDecay: writeOptional(spec.train.weightDecay, 'weightDecay'),
      clipNorm: writeOptional(spec.train.gradientClip?.norm, 'clipNorm'),
      labelSmoothing: writeOptional(spec.train.labelSmoothing, 'labelSmoothing'),
      patience: writeOptional(spec.train.earlyStopping?.patience, 'patience'),
      checkpointSteps: writeOptional(spec.checkpoints?.everySteps, 'checkpointSteps'),
      seed: writeNumber(spec.seed, numberRules.seed),
    }
  }

  /** Takes settings that suit a network; data, seed and name stay. */
  suggest({ train }: TrainingSuggestion): void {
    this.#clearProblems()
    const spec = experimentSpec.shape.train.parse(train)
    const { optimizer } = spec
    this.optimizer = optimizer.type
    this.schedule.take(spec.schedule)
    this.texts = {
      ...this.texts,
      epochs: writeNumber(spec.epochs, numberRules.epochs),
      batchSize: writeNumber(spec.batchSize, numberRules.batchSize),
      learningRate: writeNumber(spec.learningRate, numberRules.learningRate),
      momentum: 'momentum' in optimizer ? writeNumber(optimizer.momentum, numberRules.momentum) : defaults.momentum,
      weightDecay: writeOptional(spec.weightDecay, 'weightDecay'),
    }
  }

  /** A drawing is left: what is trained comes from the zoo again. */
  leaveDocument(): void {
    this.document = null
  }

  reset(): void {
    this.#clearProblems()
    this.texts = { ...defaults }
    this.ownName = ''
    this.augment = []
    this.copiedFrom = null
    this.replaces = null
    this.#base = null
    this.document = null
    this.optimizer = 'sgd'
    this.schedule.take(undefined)
    this.engine = ''
    this.precision = 'float32'
    this.device = ''
    this.onDeviceLoss = 'fail'
  }

  /** Devices belong to engines: another engine leaves the choice to itself. */
  chooseEngine(engine: string): void {
    this.engine = engine
    this.chooseDevice('')
  }

  /** The processor is never lost: what should happen then is asked of other devices only. */
  chooseDevice(device: string): void {
    this.device = device
    if (device === processorDevice || (device === '' && this.engine === '')) this.onDeviceLoss = 'fail'
    this.refusal = null
  }

  newSeed(): void {
    this.texts.seed = String(crypto.getRandomValues(new Uint32Array(1))[0] ?? 1)
    this.touch('seed')
  }

  /** Brings a refusal of the service to the fields that it names. */
  refuse(error: ErrorRecord): void {
    const refused = new Map<FieldName, FieldIssue>()
    let rest = false
    for (const issue of issuesOf(error)) {
      const field = fieldOfPath(issue.path)
      if (field) refused.set(field, issue)
      else rest = true
    }
    this.#refused = refused
    this.refusal = refused.size === 0 || rest ? error : null
  }

  /** The first field with a problem, in the order of the form. */
  firstProblem(): FieldName | undefined {
    return [...numberFieldNames].find((name) => this.numberProblems.has(name)) ?? [...this.#refused.keys()][0]
  }

  #clearProblems(): void {
    this.#left = new Set()
    this.#refused = new Map()
    this.refusal = null
  }
}
