/**
 * What stands behind the forward program in a training step: loss, gradients and update. The order is that of PyTorch: gradients of the
 * loss, clipped by value, then by their common norm; then weight decay; then the optimizer.
 */
import type { LoweredNetwork, NetworkWeight } from '../../experiments/network/lower-network.ts'
import { add } from '../../experiments/ops/add.ts'
import { clip } from '../../experiments/ops/clip.ts'
import { constant } from '../../experiments/ops/constant.ts'
import { divide } from '../../experiments/ops/divide.ts'
import { multiply } from '../../experiments/ops/multiply.ts'
import type { ProgramBuilder, Value } from '../../experiments/ops/program.ts'
import { reduceMean } from '../../experiments/ops/reduce-mean.ts'
import { reduceSumSquare } from '../../experiments/ops/reduce-sum-square.ts'
import { reduceSum } from '../../experiments/ops/reduce-sum.ts'
import { softmaxCrossEntropy } from '../../experiments/ops/softmax-cross-entropy.ts'
import { sqrt } from '../../experiments/ops/sqrt.ts'
import { subtract } from '../../experiments/ops/subtract.ts'
import { float32 } from '../../experiments/ops/tensor-type.ts'
import type { Precision } from '../../experiments/spec/precision-spec.ts'
import type { GradientClip } from '../../experiments/spec/regularisation-spec.ts'
import { optimizerSpec, type OptimizerSpec, type OptimizerSpecInput } from '../../experiments/spec/optimizer-spec.ts'
import type { StateTensor } from './compiled-training.ts'
import { differentiate } from './differentiate.ts'
import { LossScaling, type ScaleUpdate } from './loss-scaling.ts'
import { correctExamples, labelsInput, mixedLabelInputs } from './labels.ts'
import type { Optimizer } from './optimizers/optimizer.ts'
import { optimizerFor } from './optimizers/registry.ts'

/** How a network is trained, as far as the training step goes; the learning rate is an input of the step. */
export interface TrainingRules {
  readonly optimizer: OptimizerSpecInput
  /** Default: 0. */
  readonly weightDecay?: number | undefined
  /** Which weights decay. Default: `kernels`, neither biases nor the numbers of norms. */
  readonly weightDecayOn?: 'kernels' | 'all' | undefined
  /** Default: none. */
  readonly gradientClip?: GradientClip | undefined
  /** Default: 0. */
  readonly labelSmoothing?: number | undefined
  /** Whether examples may be mixed of two: the step then takes a second label and the share of the first. Default: no. */
  readonly mixesLabels?: boolean
  /** Default: `float32`. */
  readonly precision?: Precision | undefined
  /** Layers whose weights and statistics stay as they are; they work as at inference. Default: none. */
  readonly frozen?: (node: string) => boolean
}

export type CompleteNetwork = LoweredNetwork & { readonly images: Value; readonly logits: Value }

/** A weight with the gradient that reaches it. */
export interface Trained extends NetworkWeight {
  readonly gradient: Value
}

/** Emits the rest of the step; returns what has to be kept between steps. */
export function emitTrainingStep(network: CompleteNetwork, rules: TrainingRules): readonly StateTensor[] {
  const scaling = lossScaling(network.builder, rules)
  const trained = emitGradients(network, rules, emitLoss(network, rules), scaling)
  return [...keptByNetwork(network), ...emitUpdate(network.builder, trained, rules, scaling)]
}

/** Declares the loss scale, where the precision needs one. */
export function lossScaling(b: ProgramBuilder, { precision }: TrainingRules): LossScaling | undefined {
  return precision === 'mixed_float16' ? new LossScaling(b) : undefined
}

/** Emits the gradients of `loss` by all weights that are trained and have one. */
export function emitGradients(
  { builder, weights }: CompleteNetwork,
  { frozen = () => false }: TrainingRules,
  loss: Value,
  scaling?: LossScaling,
): readonly Trained[] {
  const targets = weights.filter((weight) => weight.trainable && !frozen(weight.node))
  const gradients = differentiate(
    builder,
    scaling?.scaled(loss) ?? loss,
    targets.map((weight) => weight.value),
  )
  const trained = targets.flatMap((weight, i): readonly Trained[] => {
    const gradient = gradients[i]
    return gradient ? [{ ...weight, gradient }] : []
  })
  return scaling ? change(builder, trained, ({ gradient }) => scaling.unscaled(gradient)) : trained
}

/** Emits norm, clipping and update; returns what the optimizer keeps. */
export function emitUpdate(
  b: ProgramBuilder,
  trained: readonly Trained[],
  rules: TrainingRules,
  scaling?: LossScaling,
): readonly StateTensor[] {
  const norm = gradientNorm(b, trained)
  b.output('gradientNorm', 'result', norm)
  const scale = scaling?.advance(norm)
  const kept = new WeightUpdate(b, rules, scale).emit(clipGradients(b, trained, norm, rules.gradientClip))
  return [...kept, ...(scale?.keep() ?? [])]
}

/** Weights, then statistics. */
export function keptByNetwork({ weights, states }: CompleteNetwork): readonly StateTensor[] {
  const statistics = states.map(({ name, shape, initial }): StateTensor => ({
    name,
    kind: 'statistic',
    shape,
    start: { fill: initial },
  }))
  return [...weights.map(weightState), ...statistics]
}

/** The mean over the batch, with what auxiliary classifiers add. `correct` counts for the main one. */
export function emitLoss(network: CompleteNetwork, rules: TrainingRules): Value {
  const { labelSmoothing: smoothing = 0, mixesLabels = false } = rules
  const { builder: b, logits, auxiliaryHeads } = network
  const labels = labelsInput(b, network)
  const mixed = mixesLabels ? mixedLabelInputs(b, labels) : undefined
  const losses = (scores: Value) => {
    const first = softmaxCrossEntropy(b, scores, labels, smoothing)
    if (!mixed) return first
    const second = softmaxCrossEntropy(b, scores, mixed.labels, smoothing)
    return add(b, second, multiply(b, mixed.shares, subtract(b, first, second)))
  }
  const meanLoss = (scores: Value) => reduceMean(b, losses(scores))
  const loss = auxiliaryHeads.reduce(
    (sum, { logits: scores, weight }) => add(b, sum, multiply(b, meanLoss(scores), constant(b, weight))),
    meanLoss(logits),
  )
  b.output('loss', 'result', loss)
  b.output('correct', 'result', reduceSum(b, correctExamples(b, logits, labels)))
  return loss
}

function weightState({ name, shape, initializer, gain = 1, fanIn, fanOut }: NetworkWeight): StateTensor {
  return { name, kind: 'weight', shape, start: { initializer, gain, fanIn, fanOut } }
}

/** Euclidean norm over all gradients together: what tells vanishing and exploding gradients. */
function gradientNorm(b: ProgramBuilder, trained: readonly Trained[]): Value {
  const squares = trained.map(({ gradient }) => reduceSumSquare(b, gradient))
  const total = squares.reduce<Value | undefined>((sum, square) => (sum ? add(b, sum, square) : square), undefined)
  return total ? sqrt(b, total) : constant(b, 0)
}

/** As PyTorch's clip_grad_norm_, which keeps the divisor away from 0. */
const normEpsilon = 1e-6

function clipGradients(
  b: ProgramBuilder,
  trained: readonly Trained[],
  norm: Value,
  { value, norm: maxNorm }: GradientClip = {},
): readonly Trained[] {
  const byValue = value === undefined ? trained : change(b, trained, ({ gradient }) => clip(b, gradient, -value, value))
  if (maxNorm === undefined) return byValue
  const clippedNorm = value === undefined ? norm : gradientNorm(b, byValue)
  const factor = clip(b, divide(b, constant(b, maxNorm), add(b, clippedNorm, constant(b, normEpsilon))), 0, 1)
  return change(b, byValue, ({ gradient }) => multiply(b, gradient, factor))
}

function change(b: ProgramBuilder, trained: readonly Trained[], next: (weight: Trained) => Value): readonly Trained[] {
  return trained.map((weight) => ({ ...weight, gradient: b.withOrigin(weight.node, () => next(weight)) }))
}

/** Emits the next weights and the next state of the optimizer. */
class WeightUpdate {
  private readonly b: ProgramBuilder
  private readonly optimizer: Optimizer
  private readonly spec: OptimizerSpec
  private readonly decayOf: (weight: Trained) => number
  private readonly learningRate: Value
  private readonly scale: ScaleUpdate | undefined
  private readonly kept: StateTensor[] = []

  constructor(
    b: ProgramBuilder,
    { optimizer, weightDecay = 0, weightDecayOn = 'kernels' }: TrainingRules,
    scale: ScaleUpdate | undefined,
  ) {
    this.b = b
    this.scale = scale
    this.spec = optimizerSpec.parse(optimizer)
    this.decayOf = ({ decay }) => (decay || weightDecayOn === 'all' ? weightDecay : 0)
    this.optimizer = optimizerFor(this.spec)
    this.learningRate = b.input('learningRate', 'hyperparameter', float32())
  }

  emit(trained: readonly Trained[]): readonly StateTensor[] {
    const shared = trained.length === 0 ? [] : this.advanceShared()
    for (const weight of trained) this.b.withOrigin(weight.node, () => this.update(weight, shared))
    return this.kept
  }

  private advanceShared(): readonly Value[] {
    const { shared: names = [], type } = this.optimizer
    const before = names.map((name) => this.b.input(`optimizer/${name}`, 'state', float32()))
    const next = this.optimizer.advance?.(this.b, before, this.spec) ?? []
    names.forEach((name, i) => this.keep(`optimizer/${name}`, before[i], next[i], type))
    return next
  }

  private update(trained: Trained, shared: readonly Value[]): void {
    const { b, learningRate, spec, optimizer } = this
    const { name, shape, value: weight, gradient } = trained
    const rate = this.decayOf(trained)
    const isCoupled = rate > 0 && optimizer.decouplesDecay !== true
    const pulled = isCoupled ? add(b, gradient, multiply(b, weight, constant(b, rate))) : gradient
    const names = optimizer.state(spec).map((part) => `${name}/${part}`)
    const state = names.map((part) => b.input(part, 'state', { dtype: 'float32', shape }))
    const next = optimizer.update(b, { weight, gradient: pulled, learningRate, state, shared }, spec)
    const shrunk =
      rate > 0 && !isCoupled
        ? subtract(b, next.weight, multiply(b, weight, multiply(b, learningRate, constant(b, rate))))
        : next.weight
    b.output(name, 'weight', this.chosen(shrunk, weight))
    names.forEach((part, i) => this.keep(part, state[i], next.state[i], optimizer.type))
  }

  private keep(name: string, before: Value | undefined, next: Value | undefined, optimizer: string): void {
    if (!before || !next) throw new Error(`optimizer ${optimizer} returns no next ${name}`)
    this.b.output(name, 'state', this.chosen(next, before))
    this.kept.push({ name, kind: 'optimizer', shape: before.type.shape, start: { fill: 0 } })
  }

  private chosen(next: Value, before: Value): Value {
    return this.scale?.chosen(next, before) ?? next
  }
}
