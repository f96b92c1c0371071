/**
 * What the choice of windows in a network saves, or would save. Three readings of the same question, what sees as far for less:
 * a row of 3x3 convolutions against one large window (Simonyan, Zisserman 2015, section 2.3: three 3x3 have 27 C^2 weights, one 7x7 has
 * 49 C^2), a large window against the row that could replace it, and a window behind a 1x1 bottleneck against one without (Lin, Chen, Yan
 * 2014; Szegedy et al. 2015, section 4). Weights of kernels and multiply-adds are counted, biases are not.
 */
import { conv2dOp } from '../ops/conv2d.ts'
import type { LoweredNetwork } from '../network/lower-network.ts'
import type { ProgramNode } from '../ops/program.ts'
import { sameShape } from '../ops/tensor-type.ts'

export interface KernelCost {
  readonly params: number
  readonly macs: number
}

export interface KernelComparison {
  /**
   * `stack`: the nodes are a row of 3x3, the alternative is one `kernel` x `kernel`. `large-kernel`: the node has that window, the alternative is
   * a row of 3x3. `bottleneck`: the nodes are a 1x1, a window of that size, and perhaps a 1x1 up again; the alternative is the window alone.
   */
  readonly kind: 'stack' | 'large-kernel' | 'bottleneck'
  /** Ids of nodes, in the order of data flow. */
  readonly nodes: readonly string[]
  readonly kernel: number
  readonly actual: KernelCost
  readonly alternative: KernelCost
  /** Share of the dearer one's multiply-adds that the cheaper one does not need, from 0 to 1. */
  readonly saving: number
}

/** In the order of data flow. @param network lowered for one example */
export function compareKernels(network: LoweredNetwork): readonly KernelComparison[] {
  const chains = new Convolutions(network)
  return chains.all.flatMap((convolution) => [
    ...largeKernel(convolution),
    ...stack(convolution, chains),
    ...bottleneck(convolution, chains),
  ])
}

interface Convolution {
  readonly node: string
  readonly kernel: number
  readonly stride: number
  readonly groups: number
  readonly channels: number
  readonly filters: number
  /** Elements of a feature map of the output. */
  readonly positions: number
}

/** The square, dense convolutions of a network, and which follows which through ops that change nothing but single values. */
class Convolutions {
  readonly all: readonly Convolution[]
  private readonly next = new Map<Convolution, Convolution>()
  private readonly previous = new Map<Convolution, Convolution>()

  constructor({ builder }: LoweredNetwork) {
    const uses = new Map<number, ProgramNode[]>()
    for (const node of builder.nodes) {
      for (const { id } of node.inputs) {
        const users = uses.get(id)
        if (users) users.push(node)
        else uses.set(id, [node])
      }
    }
    const made = new Map<ProgramNode, Convolution>()
    for (const node of builder.nodes) {
      const convolution = readConvolution(node)
      if (convolution) made.set(node, convolution)
    }
    this.all = [...made.values()]
    for (const [node, convolution] of made) {
      const follower = soleFollower(node, uses)
      const next = follower && made.get(follower)
      if (!next) continue
      this.next.set(convolution, next)
      this.previous.set(next, convolution)
    }
  }

  after(convolution: Convolution | undefined): Convolution | undefined {
    return convolution && this.next.get(convolution)
  }

  before(convolution: Convolution): Convolution | undefined {
    return this.previous.get(convolution)
  }
}

function readConvolution(node: ProgramNode): Convolution | undefined {
  if (node.op !== conv2dOp.name || node.origin === undefined) return undefined
  const [filters = 0, perGroup = 0, rows = 0, columns = 0] = node.inputs[1]?.type.shape ?? []
  const { groups, strides, dilations } = node.attributes as { groups: number; strides: number[]; dilations: number[] }
  const [stride = 1, columnStride = 1] = strides
  if (rows !== columns || stride !== columnStride || dilations.some((dilation) => dilation !== 1)) return undefined
  const [, , height = 1, width = 1] = node.outputs[0]?.type.shape ?? []
  return {
    node: node.origin,
    ...{ kernel: rows, stride, groups, filters, channels: perGroup * groups, positions: height * width },
  }
}

/** The next convolution, when nothing but it gets what this one makes, and only norms and activations are between. */
function soleFollower(start: ProgramNode, uses: ReadonlyMap<number, readonly ProgramNode[]>): ProgramNode | undefined {
  let at: ProgramNode | undefined = start
  do {
    const users: readonly ProgramNode[] = uses.get(at.outputs[0]?.id ?? -1) ?? []
    at = users.length === 1 ? users[0] : undefined
    if (at?.op === conv2dOp.name) return at
    const isImage = sameShape(at?.outputs[0]?.type.shape ?? [], start.outputs[0]?.type.shape ?? [])
    const joins = at && at.inputs.filter(({ type }) => type.shape.length === 4).length > 1
    if (!isImage || joins) return undefined
  } while (at)
  return undefined
}

function cost(
  parts: readonly Pick<Convolution, 'kernel' | 'channels' | 'filters' | 'groups' | 'positions'>[],
): KernelCost {
  const each = parts.map(({ kernel, channels, filters, groups, positions }) => {
    const params = (kernel * kernel * channels * filters) / groups
    return { params, macs: params * positions }
  })
  return {
    params: each.reduce((sum, { params }) => sum + params, 0),
    macs: each.reduce((sum, { macs }) => sum + macs, 0),
  }
}

function comparison(
  kind: KernelComparison['kind'],
  parts: readonly Convolution[],
  kernel: number,
  alternative: KernelCost,
): KernelComparison {
  const actual = cost(parts)
  const saving = 1 - Math.min(actual.macs, alternative.macs) / Math.max(actual.macs, alternative.macs)
  return { kind, nodes: parts.map(({ node }) => node), kernel, actual, alternative, saving }
}

/** A 5x5, 7x7 and so on: the first 3x3 of the row takes the channels and the stride, the others work on what comes out. */
function largeKernel(convolution: Convolution): readonly KernelComparison[] {
  const { kernel, filters, channels, positions, groups } = convolution
  if (kernel < 5 || kernel % 2 === 0 || groups !== 1) return []
  const row = Array.from({ length: (kernel - 1) / 2 }, (_, i) => ({
    ...{ kernel: 3, groups, filters, positions },
    channels: i === 0 ? channels : filters,
  }))
  return [comparison('large-kernel', [convolution], kernel, cost(row))]
}

/** A longest row of 3x3 convolutions of which only the first may have a stride. */
function stack(first: Convolution, chains: Convolutions): readonly KernelComparison[] {
  const isStacked = (part: Convolution | undefined): part is Convolution => part?.kernel === 3 && part.groups === 1
  const before = chains.before(first)
  if (!isStacked(first) || (isStacked(before) && first.stride === 1)) return []
  const row = [first]
  for (let at = chains.after(first); isStacked(at) && at.stride === 1; at = chains.after(at)) row.push(at)
  const last = row.at(-1)
  if (row.length < 2 || !last) return []
  const kernel = 2 * row.length + 1
  const whole = { kernel, channels: first.channels, filters: last.filters, groups: 1, positions: last.positions }
  return [comparison('stack', row, kernel, cost([whole]))]
}

/** A 1x1 that makes fewer channels than it gets, before a larger window. */
function bottleneck(window: Convolution, chains: Convolutions): readonly KernelComparison[] {
  const down = chains.before(window)
  if (window.kernel < 3 || !down || down.kernel !== 1 || down.filters >= down.channels) return []
  const up = chains.after(window)
  const restores = up?.kernel === 1 && up.filters > up.channels
  const parts = restores ? [down, window, up] : [down, window]
  const filters = restores ? up.filters : window.filters
  const whole = { kernel: window.kernel, channels: down.channels, filters, groups: 1, positions: window.positions }
  return [comparison('bottleneck', parts, window.kernel, cost([whole]))]
}
