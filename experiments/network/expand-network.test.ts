import { describe, expect, it } from 'vitest'
import { analyzeNetwork } from '../analysis/analyze-network.ts'
import { networkAround } from '../blocks/block-network.fixture.ts'
import { maxDepth } from '../blocks/own-blocks.ts'
import { checkNetwork } from './check-network.ts'
import { expandNetwork } from './expand-network.ts'
import { blockInputs, blockOutputs, maxNodes, type NetworkDocument, type OwnBlock } from './network-document.ts'
import { parseNetworkDocument } from './parse-network-document.ts'

/** A block of nodes one behind the other. */
function chainBlock(types: readonly string[], more: Partial<OwnBlock> = {}): OwnBlock {
  const nodes = types.map((type, i) => ({ id: `n${i + 1}`, type }))
  const ids = [blockInputs, ...nodes.map(({ id }) => id), blockOutputs]
  const edges = ids.slice(1).map((target, i) => ({ source: ids[i] ?? '', target }))
  return { title: 'Mine', inputs: [{ name: 'input' }], outputs: [{ name: 'output' }], nodes, edges, ...more }
}

function withBlocks(blocks: Readonly<Record<string, OwnBlock>>, type = 'mine'): NetworkDocument {
  return { ...networkAround({ id: 'probe', type }), blocks }
}

function issuesOf(document: unknown) {
  const parsed = parseNetworkDocument(document)
  return parsed.ok ? [] : parsed.issues
}

describe('blocks of a document', () => {
  it('expand to layers whose ids begin with the path', () => {
    const document = withBlocks({ mine: chainBlock(['conv2d', 'inner']), inner: chainBlock(['relu', 'conv2d']) })
    expect(checkNetwork(document)).toEqual([])
    const { document: flat, blocks } = expandNetwork(document)
    expect(flat.nodes.map(({ id }) => id)).toContain('probe/n2/n1')
    expect(blocks.map(({ path, type, parent }) => ({ path, type, parent }))).toEqual([
      { path: 'probe', type: 'mine', parent: undefined },
      { path: 'probe/n2', type: 'inner', parent: 'probe' },
    ])
    expect(flat.blocks).toBeUndefined()
  })

  it('expose parameters of nodes inside, with what these are set to as defaults', () => {
    const nodes = [
      { id: 'a', type: 'conv2d', params: { filters: 5 } },
      { id: 'b', type: 'conv2d', params: { filters: 5, kernel: 1 } },
    ]
    const edges = [
      { source: blockInputs, target: 'a' },
      { source: 'a', target: 'b' },
      { source: 'b', target: blockOutputs },
    ]
    const sets = nodes.map(({ id }) => ({ node: id, param: 'filters' }))
    const mine = chainBlock([], { nodes, edges, params: { width: { label: 'Width', sets } } })
    const shapes = (params: Record<string, number>) =>
      analyzeNetwork({ ...networkAround({ id: 'probe', type: 'mine', params }), blocks: { mine } })
        .layers.filter(({ id }) => id.startsWith('probe/'))
        .map(({ outputShape }) => outputShape[0])
    expect(shapes({})).toEqual([5, 5])
    expect(shapes({ width: 9 })).toEqual([9, 9])
    const wrong = { ...networkAround({ id: 'probe', type: 'mine', params: { width: 0, wdith: 3 } }), blocks: { mine } }
    expect(issuesOf(wrong)).toMatchObject([
      { code: 'unknown-key', path: 'nodes.probe.params.wdith', message: expect.stringContaining('"width"') as string },
      { code: 'out-of-range', path: 'nodes.probe.params.width', message: expect.stringContaining('width') as string },
    ])
  })

  it('can lead their input straight to their output', () => {
    const mine = chainBlock([])
    expect(checkNetwork(withBlocks({ mine }))).toEqual([])
  })
})

describe('repetition', () => {
  it('makes a chain of blocks or layers; the first may have a stride of its own', () => {
    const repeat = { times: 3, firstStride: 2 }
    const document = networkAround({ id: 'probe', type: 'residual-basic', params: { filters: 8 }, repeat })
    const { layers } = analyzeNetwork(document)
    const shapes = layers.filter(({ id }) => /^probe\/\d\/add$/.test(id)).map(({ outputShape }) => outputShape)
    expect(shapes).toEqual([
      [8, 8, 8],
      [8, 8, 8],
      [8, 8, 8],
    ])
    expect(layers.some(({ id }) => id === 'probe/1/shortcut')).toBe(true)
    expect(layers.some(({ id }) => id === 'probe/2/shortcut')).toBe(false)
  })

  it('needs one input, one output and, for a stride, a parameter of this name', () => {
    const times = { times: 2 }
    expect(issuesOf(networkAround({ id: 'probe', type: 'relu', repeat: { ...times, firstStride: 2 } }))).toMatchObject([
      { path: 'nodes.probe.repeat', node: 'probe', message: expect.stringContaining('no stride') as string },
    ])
    const two = chainBlock(['relu'], { inputs: [{ name: 'x' }, { name: 'y' }] })
    const edges = two.edges.map((edge) => (edge.source === blockInputs ? { ...edge, sourcePort: 'x' } : edge))
    const document = withBlocks({ mine: { ...two, edges } })
    const nodes = document.nodes.map((node) => (node.id === 'probe' ? { ...node, repeat: times } : node))
    const named = document.edges.map((edge) => (edge.target === 'probe' ? { ...edge, targetPort: 'x' } : edge))
    expect(issuesOf({ ...document, nodes, edges: named })).toMatchObject([
      { path: 'nodes.probe.repeat', message: expect.stringContaining('exactly one input') as string },
    ])
    expect(issuesOf(networkAround({ id: 'probe', type: 'relu', repeat: { times: 0 } }))).toMatchObject([
      { code: 'out-of-range', path: 'nodes.2.repeat.times' },
    ])
  })
})

describe('what is refused', () => {
  it('an unknown type, with the nearest layer or block', () => {
    const near = (type: string, name: string) =>
      expect(issuesOf(withBlocks({ mine: chainBlock(['relu']) }, type))).toMatchObject([
        { code: 'unknown-layer', path: 'nodes.probe.type', message: expect.stringContaining(`"${name}"`) as string },
      ])
    near('residual-basik', 'residual-basic')
    near('mien', 'mine')
    near('con2d', 'conv2d')
    expect(issuesOf(withBlocks({ mine: chainBlock(['rleu']) }))).toMatchObject([
      { path: 'blocks.mine.nodes.n1.type', message: expect.stringContaining('"relu"') as string },
    ])
  })

  it('ports that are not there, with the nearest', () => {
    const document = networkAround({ id: 'probe', type: 'inception' })
    const edges = document.edges.map((edge) => (edge.target === 'probe' ? { ...edge, targetPort: 'inptu' } : edge))
    expect(issuesOf({ ...document, edges })).toMatchObject([
      { path: 'edges.1.targetPort', node: 'probe', message: expect.stringContaining('did you mean "input"') as string },
    ])
    const inside = chainBlock(['relu'], { outputs: [{ name: 'left' }, { name: 'right' }] })
    const issues = issuesOf(withBlocks({ mine: inside }))
    expect(issues).toContainEqual(
      expect.objectContaining({
        path: 'blocks.mine.edges.1.targetPort',
        message: expect.stringContaining('left, right') as string,
      }),
    )
  })

  it('blocks that contain themselves, directly or through others', () => {
    const document = withBlocks({ mine: chainBlock(['other']), other: chainBlock(['relu', 'mine']) })
    expect(issuesOf(document)).toMatchObject([
      { path: 'blocks.mine', message: expect.stringContaining('mine > other > mine') as string },
    ])
    expect(issuesOf(withBlocks({ mine: chainBlock(['mine']) }))).toHaveLength(1)
  })

  it('a cycle through a block, at its node', () => {
    const document = networkAround({ id: 'probe', type: 'residual-basic' })
    const nodes = [...document.nodes, { id: 'join', type: 'add' }]
    const edges = [
      ...document.edges.filter((edge) => edge.target !== 'probe'),
      { source: 'before', target: 'join' },
      { source: 'probe', target: 'join' },
      { source: 'join', target: 'probe' },
    ]
    const issues = issuesOf({ ...document, nodes, edges })
    expect(issues.every(({ code }) => code === 'network-cycle')).toBe(true)
    expect(issues.map(({ node }) => node).toSorted()).toEqual(['join', 'probe'])
  })

  it('blocks nested too deep', () => {
    const blocks = Object.fromEntries(
      Array.from({ length: maxDepth + 1 }, (_, i) => [`b${i}`, chainBlock([i === maxDepth ? 'relu' : `b${i + 1}`])]),
    )
    expect(issuesOf(withBlocks(blocks, 'b0'))).toMatchObject([
      { path: 'blocks.b0', message: expect.stringContaining('nests deeper') as string },
    ])
    expect(issuesOf(withBlocks(blocks, 'b1'))).toHaveLength(1)
  })

  it('a few nodes that ask for a billion, at once', () => {
    const big = (type: string) => {
      const block = chainBlock([type])
      return { ...block, nodes: block.nodes.map((node) => ({ ...node, repeat: { times: 1000 } })) }
    }
    const document = withBlocks({ mine: big('b'), b: big('c'), c: big('relu') })
    const start = Date.now()
    expect(issuesOf(document)).toMatchObject([{ code: 'too-large', node: 'probe', path: 'nodes.probe' }])
    expect(expandNetwork(document).document.nodes.length).toBeLessThanOrEqual(maxNodes)
    expect(Date.now() - start).toBeLessThan(2000)
    // Blocks of nothing but empty blocks make no layers, and take as long.
    const hollow = withBlocks({ mine: big('b'), b: big('c'), c: chainBlock([]) })
    expect(issuesOf(hollow)).toMatchObject([{ code: 'too-large' }])
  })

  it('definitions with a taken id, doubled ports, doubled ids, or parameters of nothing', () => {
    const mine = chainBlock(['relu', 'relu'], {
      inputs: [{ name: 'input' }, { name: 'input' }],
      params: { width: { sets: [{ node: 'n1', param: 'filters' }] } },
    })
    const doubled = { ...mine, nodes: mine.nodes.map((node) => ({ ...node, id: 'n1' })) }
    const messages = issuesOf(withBlocks({ relu: chainBlock(['tanh']), mine: doubled })).map(({ path }) => path)
    expect(messages).toContain('blocks.relu')
    expect(messages).toContain('blocks.mine')
    expect(messages).toContain('blocks.mine.nodes.n1')
    expect(messages).toContain('blocks.mine.params.width.sets.0')
  })

  it('unknown keys and wrong values in definitions', () => {
    expect(issuesOf(withBlocks({ mine: { ...chainBlock(['relu']), colour: 'red' } as OwnBlock }))).toMatchObject([
      { code: 'unknown-key', path: 'blocks.mine.colour' },
    ])
    const mine = chainBlock(['conv2d'])
    const nodes = mine.nodes.map((node) => ({ ...node, params: { filters: -1 } }))
    expect(issuesOf(withBlocks({ mine: { ...mine, nodes } }))).toMatchObject([
      { code: 'out-of-range', path: 'blocks.mine.nodes.n1.params.filters' },
    ])
  })
})
