/** Puts every block of the registry through everything; a new block is tested by being registered. */
import { describe, expect, it, test } from 'vitest'
import { analyzeNetwork } from '../analysis/analyze-network.ts'
import { defaultParams, readParams, writeParams } from '../layers/read-params.ts'
import { layerOf } from '../layers/registry.ts'
import { checkGraph } from '../network/check-graph.ts'
import { checkNetwork } from '../network/check-network.ts'
import { expandNetwork } from '../network/expand-network.ts'
import { networkDocumentSchema, type NetworkDocument } from '../network/network-document.ts'
import { parseNetworkDocument } from '../network/parse-network-document.ts'
import { networkAround } from './block-network.fixture.ts'
import { NodeTypes } from './node-types.ts'
import { blockOf, blocks } from './registry.ts'
import { swapVariant, variantsOf } from './swap-variant.ts'
import { unpackBlock } from './unpack-block.ts'

/** Parameters worth a test of their own, besides the defaults that every block is tested with. */
const settings: Readonly<Record<string, readonly Record<string, string | number | boolean>[]>> = {
  'conv-norm-activation': [{ norm: 'none', activation: 'tanh', stride: 2 }, { activation: 'none' }],
  'vgg-stack': [{ convolutions: 3, norm: 'batch', pooling: false }],
  'inception-naive': [{ largeBranch: 'two-3x3', norm: 'batch' }],
  inception: [
    { reduce3x3: 0, reduce5x5: 0 },
    { largeBranch: '3x3', norm: 'batch', epsilon: 0.001 },
    { largeBranch: 'two-3x3' },
  ],
  'residual-basic': [
    { filters: 8, shortcut: 'identity' },
    { filters: 8 },
    { filters: 16, stride: 2, shortcut: 'zero-pad' },
    { filters: 16, stride: 2, norm: 'none', activation: 'elu' },
    { filters: 8, shortcut: 'projection-always', zeroStart: true },
  ],
  'residual-bottleneck': [{ filters: 2 }, { filters: 4, stride: 2, shortcut: 'zero-pad' }],
  'preactivation-basic': [{ filters: 8 }, { filters: 16, stride: 2, shortcut: 'zero-pad' }],
  'preactivation-bottleneck': [{ filters: 2 }],
  'wide-basic': [{ filters: 2, widthFactor: 4, dropout: 0.3 }],
  'resnext-bottleneck': [{ filters: 4, cardinality: 2, branchWidth: 3, stride: 2 }],
  'inception-resnet-a': [{ width: 0.1, endActivation: false }],
  'inception-resnet-stem': [{ borders: 'same', halvings: 0 }, { halvings: 1 }],
  'inception-reduction-a': [{ borders: 'same', k: 4, l: 4, m: 6, n: 6 }],
}
const cases = blocks.flatMap((block) =>
  [{}, ...(settings[block.id] ?? [])].map((params) => ({
    block,
    params,
    title: `${block.id} ${JSON.stringify(params)}`,
  })),
)
const side = 32

test('ids are unique among blocks and layers', () => {
  const ids = blocks.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => layerOf(id))).toEqual([])
})

describe.each(cases)('block $title', ({ block, params }) => {
  const node = { id: 'probe', type: block.id, params }
  const document = networkAround(node, side)

  it('takes its parameters, and its defaults survive JSON', () => {
    expect(readParams(block, params, 1, '', '').issues).toEqual([])
    const defaults = defaultParams(block)
    const written = JSON.parse(JSON.stringify(writeParams(block, defaults))) as Record<string, never>
    expect(written).toEqual({})
    for (const [name, kind] of Object.entries(block.params)) {
      expect(kind.read(kind.write(kind.default)), name).toEqual({ ok: true, value: kind.default })
    }
  })

  it('has a sound inside with short parameters, also where shapes are unknown', () => {
    const complete = readParams(block, params, 1, '', '').params
    const inside = block.expand(complete, [])
    expect(checkGraph(inside, NodeTypes.of(document), { ports: block }).issues).toEqual([])
    for (const inner of inside.nodes) {
      const type = NodeTypes.of(document).of(inner.type)
      expect(type, inner.type).toBeDefined()
      expect(networkDocumentSchema.shape.nodes.element.safeParse(inner).success, inner.id).toBe(true)
    }
  })

  it('fits into a network, whose layers then carry its path', () => {
    expect(checkNetwork(document)).toEqual([])
    const { layers } = analyzeNetwork(document)
    const inside = layers.filter(({ id }) => id.startsWith('probe/'))
    expect(layers).toHaveLength(5 + inside.length)
    expect(inside.length).toBeGreaterThan(0)
  })

  it('expands to the same again and again, and the result to itself', () => {
    const once = expandNetwork(document)
    expect(expandNetwork(document)).toEqual(once)
    expect(expandNetwork(once.document)).toEqual({ document: once.document, blocks: [], issues: [] })
  })

  it('unpacks, level by level, to an equal network without blocks', () => {
    let unpacked = document
    for (let i = 0; i < 200; i++) {
      const folded = expandNetwork(unpacked).blocks.find(({ parent }) => parent === undefined)
      if (!folded) break
      const edit = unpackBlock(unpacked, folded.path)
      if (!edit.ok) throw new Error(JSON.stringify(edit.issues))
      unpacked = edit.document
    }
    expect(unpacked.nodes.every(({ type }) => layerOf(type) !== undefined)).toBe(true)
    expect(parseNetworkDocument(unpacked)).toMatchObject({ ok: true })
    expectEqualNetworks(unpacked, document)
  })

  it('swaps for each of its variants, which swap back to it', () => {
    for (const to of variantsOf(block.id)) {
      const swapped = swapVariant(node, to)
      expect(swapped).toMatchObject({ id: 'probe', type: to })
      expect(checkNetwork(networkAround(swapped!, side))).toEqual([])
      const back = swapVariant(swapped!, block.id)
      expect(back?.type).toBe(block.id)
      const kept = readParams(block, back?.params ?? {}, 1, '', '')
      expect(kept.issues).toEqual([])
      const complete = readParams(block, params, 1, '', '').params
      for (const name of Object.keys(block.params).filter((key) => Object.hasOwn(blockOf(to)!.params, key))) {
        // An identity that would not fit any more has become a projection.
        const mayChange = name === 'shortcut' && complete.shortcut === 'identity'
        if (!mayChange) expect(kept.params[name], `${to} ${name}`).toEqual(complete[name])
      }
    }
  })
})

function expectEqualNetworks(a: NetworkDocument, b: NetworkDocument): void {
  const [first, second] = [analyzeNetwork(a), analyzeNetwork(b)]
  expect(first.issues).toEqual([])
  expect({ params: first.params, macs: first.macs, bytes: first.activationBytes }).toEqual({
    params: second.params,
    macs: second.macs,
    bytes: second.activationBytes,
  })
  const facts = ({ layers }: typeof first) =>
    layers
      .map(({ type, outputShape, params, receptiveField }) =>
        JSON.stringify({ type, outputShape, params, receptiveField }),
      )
      .toSorted()
  expect(facts(first)).toEqual(facts(second))
}
