/**
 * The elements of one example in another order or under another shape, without computing anything: what Reshape, Transpose, Squeeze and
 * Flatten make. Each axis is a list of steps through the source's memory, the outer one first, as in strided arrays (NumPy's `ndarray`).
 * Two such operations in a row become one view, and only what is left of them in the end has to be a layer.
 */

/** `size` positions that lie `stride` elements apart. */
interface Step {
  readonly size: number
  readonly stride: number
}

export interface View {
  /** Without the batch. */
  readonly shape: readonly number[]
  readonly axes: readonly (readonly Step[])[]
}

/** The source as it is. */
export function wholeView(shape: readonly number[]): View {
  let stride = 1
  const axes = shape.toReversed().map((size) => {
    const step = { size, stride }
    stride *= size
    return size === 1 ? [] : [step]
  })
  return { shape, axes: axes.reverse() }
}

/** @param order of the axes, without the batch */
export function transposeView(view: View, order: readonly number[]): View {
  return { shape: order.map((axis) => view.shape[axis] ?? 1), axes: order.map((axis) => view.axes[axis] ?? []) }
}

/** Undefined when an axis would end in the middle of a step of the view. `shape` has as many elements as the view. */
export function reshapeView(view: View, shape: readonly number[]): View | undefined {
  const steps = [...mergeSteps(view.axes.flat())].reverse()
  const axes: Step[][] = []
  for (const size of shape) {
    const axis: Step[] = []
    let missing = size
    while (missing > 1) {
      const step = steps.pop()
      if (!step) return undefined
      if (missing % step.size === 0) {
        axis.push(step)
        missing /= step.size
      } else if (step.size % missing === 0) {
        const inner = step.size / missing
        axis.push({ size: missing, stride: step.stride * inner })
        steps.push({ size: inner, stride: step.stride })
        missing = 1
      } else return undefined
    }
    axes.push(axis)
  }
  return { shape, axes }
}

/** Whether the elements are in the order of the source. */
export function isInOrder(view: View): boolean {
  const steps = mergeSteps(view.axes.flat())
  return steps.length === 0 || (steps.length === 1 && steps[0]?.stride === 1)
}

/**
 * The number of groups, when the view is [channels, height, width] with channels that were split into groups, [groups, rest], and dealt out
 * again as [rest, groups]: ShuffleNet's channel shuffle.
 */
export function shuffledGroups(view: View): number | undefined {
  const [channels = 1, height = 1, width = 1] = view.shape
  if (view.shape.length !== 3) return undefined
  const pixels = height * width
  const steps = mergeSteps(view.axes.flat())
  const [outer, inner, rest] = steps
  const isRest = pixels === 1 ? rest === undefined : rest?.size === pixels && rest.stride === 1
  if (!outer || !inner || !isRest || steps.length > 3) return undefined
  const isShuffle =
    outer.stride === pixels && inner.stride === outer.size * pixels && outer.size * inner.size === channels
  return isShuffle ? inner.size : undefined
}

/** Places in the source, in the order of the view. */
export function sourceIndices(view: View): Uint32Array {
  const steps = mergeSteps(view.axes.flat())
  let indices = Uint32Array.of(0)
  for (const { size, stride } of steps) {
    const next = new Uint32Array(indices.length * size)
    indices.forEach((start, i) => {
      for (let j = 0; j < size; j++) next[i * size + j] = start + j * stride
    })
    indices = next
  }
  return indices
}

/** Neighbours that go on where the other ends become one. */
function mergeSteps(steps: readonly Step[]): readonly Step[] {
  const merged: Step[] = []
  for (const step of steps) {
    if (step.size === 1) continue
    const before = merged.at(-1)
    if (before && before.stride === step.size * step.stride) {
      merged[merged.length - 1] = { size: before.size * step.size, stride: step.stride }
    } else merged.push(step)
  }
  return merged
}
