/**
 * How much memory a training step will take, before it is tried. Per step there are weights, statistics and optimizer state; the gradients of
 * all weights, because their common norm needs all; the batch; and the most that is alive at once on the way there and back: values that a
 * gradient rule will read stay from where they are made until the way back has passed, others until their last use. What the
 * runtime makes of that was measured (see `runtime`).
 */
import type { Issue } from '../errors/studio-error.ts'
import { lowerNetwork, type ImageSize, type LoweredNetwork } from '../network/lower-network.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import type { ProgramNode, Value } from '../ops/program.ts'
import { opNamed } from '../ops/registry.ts'
import { tensorBytes } from '../ops/tensor-type.ts'
import type { OptimizerSpec } from '../spec/optimizer-spec.ts'
import { backwardDemands, type NodeDemand } from './kept-values.ts'

/**
 * onnxruntime on the CPU, measured as growth of the process over three steps by main/engines/measure-training-memory.ts. Between 0.90 and 1.12
 * of what was measured for networks of 0.06 M to 36 M weights at batches of 8 to 128.
 */
const runtime = {
  /** Libraries, graph, threads. */
  baseBytes: 64 * 2 ** 20,
  /** Of weights and optimizer state: initial values, the two sets that are swapped, and results not yet collected. */
  stateCopies: 5,
  /** Its arena grows by doubling. */
  arenaFactor: 2,
}

export interface TrainingMemoryOptions {
  readonly batchSize: number
  readonly optimizer: OptimizerSpec
  /** Overrides the size of the input node. */
  readonly input?: ImageSize
}

/** Bytes, for the whole batch. */
export interface TrainingMemory {
  /** Weights and statistics, once. */
  readonly weightBytes: number
  readonly gradientBytes: number
  /** Once. */
  readonly optimizerBytes: number
  /** Images, and random numbers of dropout. */
  readonly batchBytes: number
  /** What stays for the way back, when the way there is done. */
  readonly keptBytes: number
  /** What comes on top at the fullest moment: values in use and gradients of activations. */
  readonly transientBytes: number
  /** Of the process, with what the runtime adds. */
  readonly totalBytes: number
  /** What each layer keeps for the way back. */
  readonly layers: readonly { readonly id: string; readonly keptBytes: number }[]
  readonly issues: readonly Issue[]
}

export function estimateTrainingMemory(document: NetworkDocument, options: TrainingMemoryOptions): TrainingMemory {
  const { batchSize, optimizer, input } = options
  return weighTraining(
    lowerNetwork(document, { mode: 'training', batch: batchSize, ...(input && { input }) }),
    optimizer,
  )
}

/** The same of a network that is lowered for training already, at its batch. */
export function weighTraining(network: LoweredNetwork, optimizer: OptimizerSpec): TrainingMemory {
  const trained = network.weights.filter((weight) => weight.trainable).map((weight) => weight.value)
  const gradientBytes = sumBytes(trained)
  const weightBytes = sumBytes([...network.weights, ...network.states].map(({ value }) => value))
  const optimizerBytes = gradientBytes * optimizerTensors(optimizer)
  const inputs = network.builder.finish().inputs
  const batchBytes = sumBytes(
    inputs.filter(({ role }) => role === 'images' || role === 'random').map(({ value }) => value),
  )
  const { kept, peakBytes } = simulateStep(network, trained)
  const keptBytes = sumBytes(kept.map(({ value }) => value))
  const byLayer = new Map<string, number>()
  for (const { value, layer } of kept) byLayer.set(layer, (byLayer.get(layer) ?? 0) + tensorBytes(value.type))
  return {
    weightBytes,
    gradientBytes,
    optimizerBytes,
    batchBytes,
    keptBytes,
    transientBytes: peakBytes - keptBytes,
    totalBytes:
      runtime.baseBytes +
      runtime.stateCopies * (weightBytes + optimizerBytes) +
      gradientBytes +
      batchBytes +
      runtime.arenaFactor * peakBytes,
    layers: network.nodes.map(({ id }) => ({ id, keptBytes: byLayer.get(id) ?? 0 })),
    issues: network.issues,
  }
}

/** Tensors of the size of a weight that an optimizer keeps for it. */
export function optimizerTensors(optimizer: OptimizerSpec): number {
  switch (optimizer.type) {
    case 'sgd':
      return optimizer.momentum > 0 ? 1 : 0
    case 'rmsprop':
      return optimizer.momentum > 0 ? 2 : 1
    case 'adam':
    case 'adamw':
      return 2
  }
}

interface Kept {
  readonly value: Value
  readonly layer: string
}

/** Walks there and back with what is alive, without weights and their gradients. */
function simulateStep(
  { builder, images, logits, auxiliaryHeads }: LoweredNetwork,
  trained: readonly Value[],
): { readonly kept: readonly Kept[]; readonly peakBytes: number } {
  const nodes = [...builder.nodes]
  const demands = backwardDemands(nodes, trained, [
    ...(logits ? [logits] : []),
    ...auxiliaryHeads.map((head) => head.logits),
  ])
  const storage = storageOf(nodes)
  const root = (value: Value) => storage.get(value.id) ?? value
  const made = new Map<number, string>(
    nodes.flatMap(({ outputs, origin = '' }) => outputs.map(({ id }) => [id, origin])),
  )
  const lastUse = new Map<number, number>()
  const lastRead = new Map<number, number>()
  nodes.forEach((node, i) => node.inputs.forEach((value) => lastUse.set(root(value).id, i)))
  demands.forEach(({ reads }, i) => {
    for (const value of reads) if (!lastRead.has(root(value).id)) lastRead.set(root(value).id, i)
  })
  const isKept = (value: Value) => lastRead.has(value.id)
  const memory = new Memory()
  const kept: Kept[] = []
  nodes.forEach((node, i) => {
    for (const output of node.outputs) {
      if (root(output) !== output) continue
      memory.allocate(output)
      if (isKept(output)) kept.push({ value: output, layer: made.get(output.id) ?? '' })
    }
    for (const input of node.inputs.map(root)) {
      const isDone = lastUse.get(input.id) === i && !isKept(input) && made.has(input.id) && input !== images
      if (isDone) memory.free(input)
    }
  })
  const weights = new Set(trained.map(({ id }) => id))
  backwards(nodes, demands, memory, { weights, made, lastRead, root })
  return { kept, peakBytes: memory.peak }
}

interface BackwardFacts {
  readonly weights: ReadonlySet<number>
  readonly made: ReadonlyMap<number, string>
  /** The node that reads a value last on the way back. */
  readonly lastRead: ReadonlyMap<number, number>
  readonly root: (value: Value) => Value
}

function backwards(
  nodes: readonly ProgramNode[],
  demands: readonly NodeDemand[],
  memory: Memory,
  { weights, made, lastRead, root }: BackwardFacts,
): void {
  const gradients = new Map<number, Value>()
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]
    const demand = demands[i]
    if (!node || !demand) continue
    for (const input of demand.differentiated) {
      // A reshaped gradient is the same memory; one that is added to another is gone at once.
      if (weights.has(input.id) || gradients.has(root(input).id)) continue
      const gradient: Value = { id: -1 - input.id, type: input.type }
      gradients.set(root(input).id, gradient)
      memory.allocate(gradient)
    }
    for (const output of node.outputs) {
      const gradient = root(output) === output ? gradients.get(output.id) : undefined
      if (gradient) memory.free(gradient)
    }
    for (const value of demand.reads.map(root))
      if (lastRead.get(value.id) === i && made.has(value.id)) memory.free(value)
  }
}

class Memory {
  peak = 0
  private readonly alive = new Set<number>()
  private bytes = 0

  allocate({ id, type }: Value): void {
    this.alive.add(id)
    this.bytes += tensorBytes(type)
    this.peak = Math.max(this.peak, this.bytes)
  }

  free({ id, type }: Value): void {
    if (this.alive.delete(id)) this.bytes -= tensorBytes(type)
  }
}

/** For values that are another one's memory under another shape, that one. */
function storageOf(nodes: readonly ProgramNode[]): ReadonlyMap<number, Value> {
  const storage = new Map<number, Value>()
  for (const node of nodes) {
    const [input] = node.inputs
    const [output] = node.outputs
    if (opNamed(node.op).isView && input && output) storage.set(output.id, storage.get(input.id) ?? input)
  }
  return storage
}

function sumBytes(values: readonly Value[]): number {
  return values.reduce((sum, value) => sum + tensorBytes(value.type), 0)
}
