import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { setParams } from '../editing/set-params.ts'
import { expandNetwork } from '../network/expand-network.ts'
import { lowerNetwork, NetworkLowerer, type LoweredNetwork, type LowerOptions } from '../network/lower-network.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { verifyProgram } from '../ops/verify-program.ts'
import { zooNetwork } from '../zoo/registry.ts'
import { analyzeLowered, analyzeNetwork } from './analyze-network.ts'
import { editedAtRandom, randomEdit } from './random-edit.fixture.ts'

/** Everything that a lowered network says, with values named by the order in which they are made. */
function told({ builder, ...network }: LoweredNetwork): string {
  const program = builder.finish()
  const names = new Map<number, number>()
  for (const { value } of program.inputs) names.set(value.id, names.size)
  for (const { outputs } of program.nodes) for (const { id } of outputs) names.set(id, names.size)
  const isValue = (item: object): item is { readonly id: number; readonly type: { readonly shape: unknown } } =>
    'id' in item && typeof item.id === 'number' && 'type' in item
  const renamed = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return typeof item === 'function' ? item.name : item
    if (Array.isArray(item)) return item.map(renamed)
    if (isValue(item)) return { value: names.get(item.id), shape: item.type.shape }
    return Object.fromEntries(
      Object.entries(item).map(([key, part]: [string, unknown]) =>
        key === 'layer' && typeof part === 'object' && part && 'id' in part ? [key, part.id] : [key, renamed(part)],
      ),
    )
  }
  return JSON.stringify(renamed({ program, ...network }))
}

const starts: Readonly<Record<string, NetworkDocument>> = {
  lenet5: zooNetwork('lenet5'),
  resnet20: zooNetwork('resnet20', { input: { height: 32, width: 32, channels: 3 }, classes: 10 }),
  'resnet20 in layers': expandNetwork(zooNetwork('resnet20')).document,
  'googlenet-naive': zooNetwork('googlenet-naive'),
}

describe.each(Object.entries(starts))('%s, edited at random', (_name, start) => {
  it.each(['inference', 'training'] as const)('is lowered for %s and analysed as if from scratch', (mode) => {
    fc.assert(
      fc.property(fc.array(randomEdit, { minLength: 1, maxLength: 8 }), (edits) => {
        const options: LowerOptions = { mode, batch: 1 }
        const lowerer = new NetworkLowerer(options)
        for (const document of editedAtRandom(start, edits)) {
          const kept = lowerer.lower(document)
          verifyProgram(kept.builder.finish(), 'an edit')
          // A copy shares no object with what was seen before.
          const copy = JSON.parse(JSON.stringify(document)) as NetworkDocument
          expect(told(kept)).toBe(told(lowerNetwork(copy, options)))
          if (mode === 'training') continue
          expect(JSON.stringify(analyzeLowered(kept))).toBe(JSON.stringify(analyzeNetwork(copy)))
        }
      }),
      { numRuns: 12 },
    )
  })
})

describe('ResNet-152 in 516 layers', () => {
  const start = expandNetwork(zooNetwork('resnet152')).document
  const edit = (document: NetworkDocument, node: string, params: Record<string, number>): NetworkDocument => {
    const outcome = setParams(null, [node], params).apply(document)
    if (!outcome.ok) throw new Error(outcome.issues[0]?.message)
    return outcome.document
  }
  /** Ids of what is another object than before. */
  const remade = (before: readonly { id: string }[], now: readonly { id: string }[]): readonly string[] => {
    const known = new Set<unknown>(before)
    return now.filter((item) => !known.has(item)).map(({ id }) => id)
  }

  it('lowers and analyses again what an edit reaches, and no other layer', () => {
    const lowerer = new NetworkLowerer({ mode: 'inference', batch: 1 })
    const before = lowerer.lower(start)
    const seen = analyzeLowered(before)
    const wide = lowerer.lower(edit(start, 'conv1/conv', { filters: 96 }))
    const reached = ['conv1/conv', 'conv1/norm', 'conv1/activation', 'pool1', 'conv2_x/1/conv1', 'conv2_x/1/shortcut']
    expect(remade(before.nodes, wide.nodes)).toEqual(reached)
    expect(remade(seen.layers, analyzeLowered(wide).layers)).toEqual(reached)

    // Another window makes the same shapes: nothing behind it is lowered again, but all that follows sees further.
    const far = lowerer.lower(edit(start, 'conv1/conv', { kernel: 9, padding: 4 }))
    expect(remade(before.nodes, far.nodes)).toEqual(reached)
    const last = lowerer.lower(
      edit(edit(start, 'conv1/conv', { kernel: 9, padding: 4 }), 'conv1/conv', { kernel: 11, padding: 5 }),
    )
    expect(remade(far.nodes, last.nodes)).toEqual(['conv1/conv'])
    expect(remade(analyzeLowered(far).layers, analyzeLowered(last).layers).length).toBeGreaterThan(400)
  })
})
