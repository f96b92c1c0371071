/** Places of an experiment that a sweep can vary, with what stands there now and what may: for people who choose axes from a list. */
import { blockOf } from '../blocks/registry.ts'
import { variantsOf } from '../blocks/swap-variant.ts'
import type { JsonValue } from '../errors/studio-error.ts'
import { layerOf } from '../layers/registry.ts'
import type { ParamKind } from '../layers/params/param-kind.ts'
import type { NetworkDocument, NetworkNode } from '../network/network-document.ts'
import { optimizerSpec } from '../spec/optimizer-spec.ts'

export type AxisPlace = {
  readonly path: string
  /** What stands there; undefined where that is an expression or nothing. */
  readonly value: JsonValue | undefined
} & (
  | { readonly kind: 'integer' | 'real'; readonly min: number; readonly max: number; readonly isSize?: boolean }
  | { readonly kind: 'choice'; readonly choices: readonly { readonly value: JsonValue; readonly label: string }[] }
)

/** Settings of the training. The optimizer is varied as a whole: each has settings of its own. */
export function trainingPlaces(experiment: Readonly<Record<string, unknown>>): readonly AxisPlace[] {
  const train = (experiment['train'] ?? {}) as Readonly<Record<string, JsonValue | undefined>>
  const optimizer = train['optimizer'] as { readonly type?: string; readonly momentum?: number } | undefined
  const usual = optimizerSpec.options.map(({ shape }): JsonValue => {
    const type = shape.type.value
    if (type === optimizer?.type) return optimizer
    return type === 'sgd' ? { type, momentum: 0.9 } : { type }
  })
  const choices = usual.map((value) => ({ value, label: (value as { readonly type: string }).type }))
  return [
    { path: 'train.learningRate', kind: 'real', min: 1e-9, max: 1000, value: train['learningRate'] },
    { path: 'train.weightDecay', kind: 'real', min: 0, max: 10, value: train['weightDecay'] ?? 0 },
    { path: 'train.batchSize', kind: 'integer', min: 1, max: 65_536, value: train['batchSize'] },
    { path: 'train.optimizer', kind: 'choice', choices, value: optimizer as JsonValue | undefined },
    ...(optimizer?.momentum === undefined
      ? []
      : [{ path: 'train.optimizer.momentum', kind: 'real', min: 0, max: 0.999, value: optimizer.momentum } as const]),
    { path: 'train.labelSmoothing', kind: 'real', min: 0, max: 0.99, value: train['labelSmoothing'] ?? 0 },
    { path: 'train.gradientClip.norm', kind: 'real', min: 1e-6, max: 1e9, value: undefined },
  ]
}

/** Properties of layers and blocks, variants of blocks, and how often one is repeated. */
export function networkPlaces(document: NetworkDocument): readonly AxisPlace[] {
  return document.nodes.flatMap((node) => nodePlaces(node))
}

export function nodePlaces(node: NetworkNode): readonly AxisPlace[] {
  const table = layerOf(node.type)?.params ?? blockOf(node.type)?.params ?? {}
  const base = `network.nodes.${node.id}`
  const params = Object.entries(table).flatMap(([name, kind]) => {
    const place = paramPlace(`${base}.params.${name}`, kind, node.params?.[name])
    return place ? [place] : []
  })
  const variants = [node.type, ...variantsOf(node.type)]
  const places: AxisPlace[] = isInput(node) ? [] : params
  if (variants.length > 1) {
    const choices = variants.map((value) => ({ value, label: value }))
    places.push({ path: `${base}.type`, kind: 'choice', choices, value: node.type })
  }
  if (node.repeat !== undefined || blockOf(node.type) !== undefined) {
    places.push({ path: `${base}.repeat.times`, kind: 'integer', min: 1, max: 1000, value: node.repeat?.times ?? 1 })
  }
  return places
}

function isInput({ type }: NetworkNode): boolean {
  return layerOf(type)?.category === 'input'
}

function paramPlace(path: string, kind: ParamKind, written: JsonValue | undefined): AxisPlace | undefined {
  const value = written ?? kind.write(kind.default)
  const number = typeof value === 'number' ? value : undefined
  const { form } = kind
  switch (form.kind) {
    case 'integer':
    case 'real':
      return { path, kind: form.kind, min: form.min, max: form.max, value: number }
    case 'size2d':
      return { path, kind: 'integer', min: form.min, max: form.max, value: number, isSize: true }
    case 'choice':
      return { path, kind: 'choice', choices: form.choices, value }
    case 'boolean':
      return { path, kind: 'choice', choices: [true, false].map((on) => ({ value: on, label: String(on) })), value }
    default:
      return undefined
  }
}

export type SuggestedAxis =
  | { readonly kind: 'values'; readonly values: readonly JsonValue[] }
  | { readonly kind: 'range' | 'log'; readonly from: number; readonly to: number }

/** A first guess around what stands there. */
export function suggestAxis(place: AxisPlace): SuggestedAxis {
  if (place.kind === 'choice') return { kind: 'values', values: place.choices.map(({ value }) => value) }
  const { path, min, max } = place
  const value = typeof place.value === 'number' ? place.value : undefined
  const clamp = (number: number) => Math.min(max, Math.max(min, number))
  if (place.kind === 'integer') {
    const middle = value ?? clamp(8)
    if (place.isSize === true) {
      const step = path.endsWith('stride') || path.endsWith('dilation') ? 1 : 2
      return { kind: 'values', values: unique([middle - step, middle, middle + step].map(clamp)) }
    }
    if (path.endsWith('repeat.times')) return { kind: 'range', from: clamp(middle - 1), to: clamp(middle + 2) }
    if (path === 'train.batchSize')
      return { kind: 'values', values: unique([middle / 2, middle, middle * 2].map(Math.round).map(clamp)) }
    return { kind: 'log', from: clamp(Math.round(middle / 2)), to: clamp(middle * 2) }
  }
  if (path === 'train.weightDecay') return { kind: 'log', from: 0.00001, to: 0.01 }
  if (path === 'train.labelSmoothing') return { kind: 'range', from: 0, to: 0.2 }
  if (path === 'train.gradientClip.norm') return { kind: 'log', from: 0.1, to: 10 }
  if (max <= 1)
    return { kind: 'range', from: clamp(round((value ?? 0.5) - 0.3)), to: clamp(round((value ?? 0.5) + 0.3)) }
  const middle = value === undefined || value <= 0 ? 1 : value
  return { kind: 'log', from: clamp(round(middle / 10)), to: clamp(round(middle * 10)) }
}

function unique(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
