import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../errors/studio-error.ts'
import { zooNetwork } from '../zoo/registry.ts'
import { checkNetwork } from './check-network.ts'
import type { NetworkDocument } from './network-document.ts'
import { parseNetworkDocument } from './parse-network-document.ts'

const leNet = zooNetwork('lenet5')

/** LeNet-5 with some parameters of one node replaced. */
function withParams(id: string, params: JsonObject): NetworkDocument {
  return {
    ...leNet,
    nodes: leNet.nodes.map((node) => (node.id === id ? { ...node, params: { ...node.params, ...params } } : node)),
  }
}

function issuesOf(json: unknown) {
  const parsed = parseNetworkDocument(json)
  return parsed.ok ? [] : parsed.issues
}

describe('parseNetworkDocument', () => {
  it('reads what JSON.stringify wrote', () => {
    const parsed = parseNetworkDocument(JSON.parse(JSON.stringify(leNet)))
    expect(parsed).toEqual({ ok: true, value: leNet })
  })

  it('names an unknown key and the nearest known one', () => {
    const json = { ...leNet, edge: [], nodes: [{ id: 'a', type: 'relu', parms: {} }], edges: [] }
    const messages = issuesOf(json).map((issue) => `${issue.code} ${issue.message}`)
    expect(messages).toHaveLength(2)
    expect(messages.join()).toMatch(/unknown-key.*edges/)
    expect(messages.join()).toMatch(/unknown-key.*params/)
  })

  it.each([
    null,
    7,
    'text',
    [],
    {},
    { format: 'other', version: 1 },
    { ...leNet, version: 2 },
    { ...leNet, nodes: {} },
  ])('refuses %j', (json) => {
    expect(issuesOf(json).length).toBeGreaterThan(0)
  })

  it('names an unknown layer and the nearest known one', () => {
    const json = {
      ...leNet,
      nodes: leNet.nodes.map((node) => (node.id === 'conv1' ? { ...node, type: 'conv2D' } : node)),
    }
    expect(issuesOf(json)).toMatchObject([
      {
        code: 'unknown-layer',
        path: 'nodes.conv1.type',
        node: 'conv1',
        message: expect.stringContaining('"conv2d"') as string,
      },
    ])
  })

  it('refuses two nodes of one id', () => {
    const [first] = leNet.nodes
    expect(issuesOf({ ...leNet, nodes: [...leNet.nodes, first] })).toMatchObject([
      { code: 'network-structure', node: 'input' },
    ])
  })

  it('refuses edges to nowhere, to a port that is not there, and two into one input', () => {
    const edge = (source: string, target: string, more = {}) => ({
      ...leNet,
      edges: [...leNet.edges, { source, target, ...more }],
    })
    expect(issuesOf(edge('conv3', 'relu1'))).toMatchObject([
      {
        code: 'network-structure',
        path: 'edges.13.source',
        message: expect.stringContaining('did you mean "conv') as string,
      },
      { path: 'edges.13.target' },
    ])
    expect(issuesOf(edge('conv1', 'classifier', { sourcePort: 'out' }))).toMatchObject([
      { path: 'edges.13.sourcePort' },
    ])
    expect(issuesOf(edge('classifier', 'conv1'))).toMatchObject([{ path: 'edges.13.sourcePort' }])
    expect(issuesOf(edge('conv1', 'conv2'))).toMatchObject([
      { path: 'edges.13.target', message: expect.stringContaining('two edges') as string },
    ])
  })

  it('names the nodes of a cycle, and only those', () => {
    const edges = [
      { source: 'a', target: 'b' },
      { source: 'b', target: 'c' },
      { source: 'c', target: 'a' },
      { source: 'c', target: 'd' },
    ]
    const nodes = ['a', 'b', 'c', 'd'].map((id) => ({ id, type: 'relu' }))
    const issues = issuesOf({ ...leNet, nodes, edges })
    expect(issues.every((issue) => issue.code === 'network-cycle')).toBe(true)
    expect(issues.map((issue) => issue.node).toSorted()).toEqual(['a', 'b', 'c'])
  })

  it('finds a node that is its own source', () => {
    const issues = issuesOf({ ...leNet, nodes: [{ id: 'a', type: 'relu' }], edges: [{ source: 'a', target: 'a' }] })
    expect(issues).toMatchObject([{ code: 'network-cycle', node: 'a' }])
  })

  it('does not let hostile names near a prototype', () => {
    const json: unknown = JSON.parse(
      `{"format":"strata.network","version":1,"name":"x","edges":[],"nodes":[
        {"id":"constructor","type":"__proto__"},{"id":"__proto__","type":"relu","params":{"__proto__":{"polluted":1}}}]}`,
    )
    const issues = issuesOf(json)
    expect(issues).toMatchObject([{ code: 'unknown-layer', node: 'constructor' }])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  it('refuses more nodes than the limit before looking at them', () => {
    const nodes = Array.from({ length: 10_001 }, (_, i) => ({ id: `n${i}`, type: 'relu' }))
    expect(issuesOf({ ...leNet, nodes, edges: [] })).toMatchObject([{ code: 'out-of-range', path: 'nodes' }])
  })
})

describe('checkNetwork', () => {
  it('finds nothing wrong with LeNet-5', () => {
    expect(checkNetwork(leNet, { input: { height: 28, width: 28, channels: 1 }, classes: 10 })).toEqual([])
  })

  it('says which number to change when the classes do not match', () => {
    const issues = checkNetwork(leNet, { input: { height: 28, width: 28, channels: 1 }, classes: 7 })
    expect(issues).toMatchObject([
      { code: 'class-mismatch', path: 'nodes.dense3.params.units', node: 'dense3', field: 'units' },
    ])
    expect(issues[0]?.message).toContain('set units of dense3 to 7')
  })

  it('says so when the images of the dataset have another size', () => {
    const issues = checkNetwork(leNet, { input: { height: 32, width: 32, channels: 3 }, classes: 10 })
    expect(issues).toMatchObject([{ code: 'shape-mismatch', node: 'input' }])
    expect(issues[0]?.message).toContain('28x28x1')
    expect(issues[0]?.message).toContain('32x32x3')
  })

  it('finds every independent problem at once, each at its node', () => {
    const document = withParams('conv1', { groups: 4 })
    const second = document.nodes.map((node) => (node.id === 'dense2' ? { ...node, params: { units: -1 } } : node))
    const issues = checkNetwork({ ...document, nodes: second })
    expect(issues.map((issue) => [issue.node, issue.field, issue.code])).toEqual([
      ['dense2', 'units', 'out-of-range'],
      ['conv1', 'groups', 'shape-mismatch'],
      ['conv1', 'filters', 'shape-mismatch'],
    ])
  })

  it('says what to do when a window does not fit', () => {
    const issues = checkNetwork(withParams('pool1', { kernel: 40 }))
    expect(issues).toMatchObject([{ code: 'shape-mismatch', node: 'pool1' }])
    expect(issues[0]?.message).toContain('make the kernel smaller')
  })

  it('asks for Flatten between images and Dense', () => {
    const nodes = leNet.nodes.filter((node) => node.id !== 'flatten')
    const edges = leNet.edges.flatMap((edge) => {
      if (edge.target === 'flatten') return [{ ...edge, target: 'dense1' }]
      return edge.source === 'flatten' ? [] : [edge]
    })
    expect(checkNetwork({ ...leNet, nodes, edges })).toMatchObject([
      { node: 'dense1', message: expect.stringContaining('put Flatten before it') as string },
    ])
  })

  it('names missing parts: input, classifier, connections', () => {
    const issues = checkNetwork({ ...leNet, nodes: [{ id: 'a', type: 'relu' }], edges: [] })
    expect(issues.map((issue) => issue.message).join()).toMatch(/not connected.*no input.*no end/)
  })

  it('warns of a branch that leads nowhere, and trains without it', () => {
    const nodes = [...leNet.nodes, { id: 'spare', type: 'relu' }]
    const edges = [...leNet.edges, { source: 'conv1', target: 'spare' }]
    expect(checkNetwork({ ...leNet, nodes, edges })).toMatchObject([{ node: 'spare', severity: 'warning' }])
  })

  it('refuses a tensor over the limit before anything is allocated', () => {
    const wide = withParams('dense1', { units: 1_048_576 }).nodes
    const nodes = wide.map((node) => (node.id === 'dense2' ? { ...node, params: { units: 1000 } } : node))
    const issues = checkNetwork({ ...leNet, nodes })
    expect(issues).toMatchObject([{ code: 'too-large', node: 'dense2' }])
    const images = withParams('input', { height: 4096, width: 4096, channels: 1024 })
    expect(checkNetwork(images)).toMatchObject([{ code: 'too-large', node: 'input' }])
  })
})
