import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { analyzeNetwork } from '../analysis/analyze-network.ts'
import { checkNetwork } from '../network/check-network.ts'
import { expandNetwork } from '../network/expand-network.ts'
import { lowerNetwork } from '../network/lower-network.ts'
import type { NetworkDocument, NetworkEdge, NetworkNode } from '../network/network-document.ts'
import { parseNetworkDocument } from '../network/parse-network-document.ts'
import { zooNetwork } from '../zoo/registry.ts'
import { makeBlockFromSelection } from './make-block.ts'
import { unpackBlock } from './unpack-block.ts'

const leNet = zooNetwork('lenet5')

/** A network of branches that split and join at random: each node takes one or several earlier ones. */
const randomNetwork = fc
  .array(
    fc.record({
      type: fc.constantFrom('conv2d', 'relu', 'add', 'concatenate', 'residual-basic', 'batch-normalization'),
      sources: fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 2, maxLength: 12 },
  )
  .map((steps): NetworkDocument => {
    const nodes: NetworkNode[] = [{ id: 'input', type: 'input', params: { height: 8, width: 8, channels: 4 } }]
    const edges: NetworkEdge[] = []
    const channels = new Map([['input', 4]])
    steps.forEach(({ type: wanted, sources }, i) => {
      const id = `n${i}`
      const ids = sources.map((pick) => nodes[pick % nodes.length]?.id ?? 'input')
      const first = ids[0] ?? 'input'
      const same = ids.filter((source) => channels.get(source) === channels.get(first))
      const joins = wanted === 'concatenate' ? ids : wanted === 'add' ? same : [first]
      // A join of one is refused.
      const type = joins.length < 2 && (wanted === 'concatenate' || wanted === 'add') ? 'relu' : wanted
      const taken = type === 'relu' ? [first] : joins
      const total = taken.reduce((sum, source) => sum + (channels.get(source) ?? 0), 0)
      const params = type === 'conv2d' || type === 'residual-basic' ? { filters: 4 } : {}
      nodes.push({ id, type, params })
      for (const source of taken) edges.push({ source, target: id })
      channels.set(id, 'filters' in params ? 4 : type === 'concatenate' ? total : (channels.get(first) ?? 0))
    })
    const open = nodes.filter(({ id }) => !edges.some(({ source }) => source === id))
    const ends = open.length > 1 ? open : [...open, ...nodes.slice(0, 1)]
    for (const { id } of ends) edges.push({ source: id, target: 'join' })
    nodes.push({ id: 'join', type: 'concatenate' }, { id: 'pool', type: 'global-average-pool' })
    nodes.push({ id: 'dense', type: 'dense', params: { units: 3 } }, { id: 'classifier', type: 'classifier' })
    edges.push({ source: 'join', target: 'pool' }, { source: 'pool', target: 'dense' })
    edges.push({ source: 'dense', target: 'classifier' })
    return { format: 'strata.network', version: 1, name: 'random', nodes, edges }
  })

/** What a network computes, told by the layers and their wiring alone: ids are those of `names`. */
function wiring(document: NetworkDocument, names: (id: string) => string): readonly string[] {
  return lowerNetwork(document, { mode: 'inference', batch: 1 })
    .nodes.map(({ id, layer, params, inputs }) =>
      JSON.stringify([names(id), layer.id, params, inputs.map((ref) => ref && [names(ref.node), ref.port])]),
    )
    .toSorted()
}

describe('a block made of a selection', () => {
  it('computes the same, with its weights at the paths that are told', () => {
    const made = makeBlockFromSelection(leNet, ['conv1', 'activation1', 'pool1'], { id: 'stem', title: 'Stem' })
    if (!made.ok) throw new Error(JSON.stringify(made.issues))
    expect(made.node).toBe('stem')
    expect(made.document.nodes.map(({ id }) => id).slice(0, 3)).toEqual(['input', 'stem', 'conv2'])
    expect(made.document.blocks?.stem).toMatchObject({
      title: 'Stem',
      inputs: [{ name: 'input' }],
      outputs: [{ name: 'output' }],
    })
    expect(checkNetwork(made.document)).toEqual([])
    expect(parseNetworkDocument(JSON.parse(JSON.stringify(made.document)))).toMatchObject({ ok: true })
    const weights = (document: NetworkDocument) =>
      lowerNetwork(document, { mode: 'training', batch: 1 }).weights.map(({ name }) => name)
    const moved = weights(leNet).map((name) => {
      const [node = '', weight = ''] = name.split('.')
      return `${made.moved.get(node) ?? node}.${weight}`
    })
    expect(weights(made.document)).toEqual(moved)
    expect(weights(made.document)[0]).toBe('stem/conv1.kernel')
  })

  it('has one input for each source outside and one output for each source inside', () => {
    const edges = [
      { source: 'a', target: 'c' },
      { source: 'a', target: 'd' },
      { source: 'b', target: 'd' },
      { source: 'c', target: 'e' },
      { source: 'd', target: 'e' },
      { source: 'd', target: 'f' },
    ]
    const types: Record<string, string> = { a: 'relu', b: 'relu', c: 'relu', d: 'add', e: 'concatenate', f: 'relu' }
    const nodes = Object.entries(types).map(([id, type]) => ({ id, type }))
    const document = { ...leNet, nodes, edges }
    const made = makeBlockFromSelection(document, ['c', 'd'], { id: 'mine', title: 'Mine' })
    if (!made.ok) throw new Error(JSON.stringify(made.issues))
    const { inputs, outputs } = made.document.blocks!.mine!
    expect(inputs).toEqual([{ name: 'input1' }, { name: 'input2' }])
    expect(outputs).toEqual([{ name: 'output1' }, { name: 'output2' }])
  })

  it('is refused where it would contain a way out and back, the ends of the network, nothing, or an id that is taken', () => {
    const make = (ids: readonly string[], id = 'mine') => makeBlockFromSelection(leNet, ids, { id, title: 'Mine' })
    const problem = (message: string) => ({
      ok: false,
      issues: [{ message: expect.stringContaining(message) as string }],
    })
    expect(make(['conv1', 'pool1'])).toMatchObject(problem('select activation1 as well'))
    expect(make(['input', 'conv1'])).toMatchObject(problem('leave input out'))
    expect(make([])).toMatchObject(problem('nothing is selected'))
    expect(make(['conv1'], 'residual-basic')).toMatchObject(problem('already'))
    expect(make(['conv1'], 'no/slash')).toMatchObject(problem('letters, digits'))
    expect(unpackBlock(leNet, 'conv1')).toMatchObject(problem('no block'))
    expect(unpackBlock(leNet, 'conv9')).toMatchObject(problem('no such node'))
  })

  it('can be made of blocks, used twice, and nests', () => {
    const resNet = zooNetwork('resnet20')
    const outer = makeBlockFromSelection(resNet, ['conv2_x', 'conv3_x'], { id: 'body', title: 'Body' })
    if (!outer.ok) throw new Error(JSON.stringify(outer.issues))
    expect(analyzeNetwork(outer.document).params).toBe(269_722)
    expect(expandNetwork(outer.document).document.nodes.some(({ id }) => id === 'body/conv2_x/3/conv2')).toBe(true)
    const all = makeBlockFromSelection(outer.document, ['body', 'conv4_x'], { id: 'whole', title: 'Whole' })
    if (!all.ok) throw new Error(JSON.stringify(all.issues))
    expect(analyzeNetwork(all.document).params).toBe(269_722)
  })
})

describe('property: making a block and unpacking it', () => {
  it('leaves the network as it was, for random networks and selections', () => {
    const outcomes = { made: 0, refused: 0 }
    fc.assert(
      fc.property(randomNetwork, fc.infiniteStream(fc.boolean()), (document, coins) => {
        expect(checkNetwork(document).filter(({ severity }) => severity !== 'warning')).toEqual([])
        const inner = document.nodes.filter(({ id }) => /^n\d+$/.test(id) && coins.next().value)
        const ids = inner.map(({ id }) => id)
        const made = makeBlockFromSelection(document, ids, { id: 'mine', title: 'Mine' })
        outcomes[made.ok ? 'made' : 'refused'] += 1
        if (!made.ok) return
        expect(parseNetworkDocument(made.document)).toMatchObject({ ok: true })
        const outside = (id: string) => {
          for (const [from, to] of made.moved)
            if (id === to || id.startsWith(`${to}/`)) return from + id.slice(to.length)
          return id
        }
        const same = (id: string) => id
        expect(wiring(made.document, outside)).toEqual(wiring(document, same))
        expect(analyzeNetwork(made.document)).toMatchObject(totals(document))
        const unpacked = unpackBlock(made.document, made.node ?? '')
        if (!unpacked.ok) throw new Error(JSON.stringify(unpacked.issues))
        expect(wiring(unpacked.document, same)).toEqual(wiring(document, same))
        expect(new Set(unpacked.document.nodes.map(({ id }) => id))).toEqual(
          new Set(document.nodes.map(({ id }) => id)),
        )
      }),
      { numRuns: 150 },
    )
    expect(outcomes.made).toBeGreaterThan(20)
    expect(outcomes.refused).toBeGreaterThan(0)
  })
})

function totals(document: NetworkDocument) {
  const { params, macs, activationBytes } = analyzeNetwork(document)
  return { params, macs, activationBytes }
}
