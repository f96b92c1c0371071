import { describe, expect, it } from 'vitest'
import type { NetworkDocument, NetworkNode } from '../network/network-document.ts'
import { chain, type ChainLink } from '../zoo/chain.ts'
import { zooNetwork } from '../zoo/registry.ts'
import { diffNetworks, type NetworkDiff } from './diff-networks.ts'
import { longestIncreasing } from './moved-nodes.ts'

const links: readonly ChainLink[] = [
  { id: 'input', type: 'input', params: { height: 16, width: 16, channels: 3 } },
  { id: 'conv1', type: 'conv2d', params: { filters: 8 } },
  { id: 'norm1', type: 'batch-normalization' },
  { id: 'relu1', type: 'relu' },
  { id: 'conv2', type: 'conv2d', params: { filters: 16 } },
  { id: 'relu2', type: 'relu' },
  { id: 'pool', type: 'global-average-pool' },
  { id: 'fc', type: 'dense', params: { units: 4 } },
  { id: 'classifier', type: 'classifier' },
]

function network(change: (links: readonly ChainLink[]) => readonly ChainLink[] = (same) => same): NetworkDocument {
  return chain('Probe', change(links))
}

function renamed(document: NetworkDocument): NetworkDocument {
  const nameOf = new Map(document.nodes.map(({ id }, i) => [id, `layer${document.nodes.length - i}`]))
  const rename = (id: string): string => nameOf.get(id) ?? id
  return {
    ...document,
    nodes: document.nodes.map((node): NetworkNode => ({ ...node, id: rename(node.id) })),
    edges: document.edges.map(({ source, target }) => ({ source: rename(source), target: rename(target) })),
  }
}

function told({ nodes }: NetworkDiff) {
  return nodes
    .filter(({ state, moved }) => state !== 'same' || moved)
    .map(({ id, state, moved }) => `${state} ${id}${moved ? ' moved' : ''}`)
}

describe('difference of two networks', () => {
  it('one added convolution and one changed stride are exactly one "added" and one "changed"', () => {
    const after = network(([input, conv1, norm1, relu1, conv2, ...rest]) => [
      ...([input, conv1, norm1, relu1] as ChainLink[]),
      { ...conv2!, params: { filters: 16, stride: 2 } },
      { id: 'conv3', type: 'conv2d', params: { filters: 16 } },
      ...rest,
    ])
    const diff = diffNetworks(network(), after)
    expect(told(diff)).toEqual(['changed conv2', 'added conv3'])
    expect(diff.counts).toEqual({
      ...{ added: 1, removed: 0, changed: 1, moved: 0 },
      ...{ connectionsAdded: 0, connectionsRemoved: 0 },
    })
    expect(diff.nodes.find(({ id }) => id === 'conv2')).toMatchObject({
      changes: [{ name: 'stride', label: 'Stride', before: 1, after: 2 }],
      before: { outputShape: [16, 16, 16] },
      after: { outputShape: [16, 8, 8] },
      delta: { params: 0, macs: -(16 * 16 - 8 * 8) * 16 * 8 * 9 },
    })
    expect(diff.nodes.find(({ id }) => id === 'conv3')?.delta.params).toBe(16 * 16 * 9 + 16)
    expect(diff.after.params - diff.before.params).toBe(16 * 16 * 9 + 16)
  })

  it('the same two changes are found when every id is another', () => {
    const after = network((all) =>
      all.flatMap((link) =>
        link.id === 'conv2'
          ? [
              { ...link, params: { filters: 16, stride: 2 } },
              { id: 'conv3', type: 'conv2d', params: { filters: 24 } },
            ]
          : [link],
      ),
    )
    const diff = diffNetworks(network(), renamed(after))
    expect(diff.counts).toMatchObject({ added: 1, removed: 0, changed: 1, moved: 0 })
    expect(diff.nodes.every(({ matchedBy }) => matchedBy !== 'id')).toBe(true)
    expect(diff.nodes.find(({ state }) => state === 'changed')?.changes).toMatchObject([{ name: 'stride' }])
  })

  it('plain-20 against ResNet-20: the shortcuts are all there is', () => {
    const diff = diffNetworks(zooNetwork('plain20'), zooNetwork('resnet20'))
    expect(diff.counts).toMatchObject({ removed: 0, changed: 0, moved: 0, connectionsAdded: 9, connectionsRemoved: 0 })
    const added = diff.nodes.filter(({ state }) => state === 'added')
    expect(new Set(added.map(({ after }) => after?.type))).toEqual(new Set(['add', 'max-pool2d', 'zero-pad']))
    expect(added.filter(({ after }) => after?.type === 'add')).toHaveLength(9)
    expect(diff.after.params).toBe(diff.before.params)
    expect(diff.connections[0]).toEqual({
      state: 'added',
      ...{ from: 'conv1/activation', via: ['conv2_x/1/add'], to: 'conv2_x/1/activation' },
    })
    expect(diff.edges.filter(({ state }) => state === 'removed')).toHaveLength(9)
    expect(diff.edges).toContainEqual({ state: 'added', from: 'conv1/activation', to: 'conv2_x/1/add' })
    expect(diff.connections.some(({ via }) => via.some((id) => id.endsWith('shortcut-pad')))).toBe(true)
    const back = diffNetworks(zooNetwork('resnet20'), zooNetwork('plain20'))
    expect(back.counts).toMatchObject({ added: 0, removed: added.length, connectionsRemoved: 9, connectionsAdded: 0 })
  })

  it('what was drawn is compared block by block', () => {
    const diff = diffNetworks(zooNetwork('plain20'), zooNetwork('resnet32'), 'nodes')
    expect(told(diff)).toEqual(['changed conv2_x', 'changed conv3_x', 'changed conv4_x'])
    expect(diff.nodes[2]?.changes).toMatchObject([
      { name: 'type', before: 'plain-basic', after: 'residual-basic' },
      { name: 'repeat', label: 'Repeated', before: 3, after: 5 },
    ])
  })

  it('of two swapped layers one has moved', () => {
    const after = network((all) => {
      const [input, conv1, norm1, relu1, ...rest] = all as ChainLink[]
      return [input!, conv1!, relu1!, norm1!, ...rest]
    })
    const diff = diffNetworks(network(), after)
    expect(diff.counts).toMatchObject({ added: 0, removed: 0, changed: 0, moved: 1 })
    expect(diff.isSame).toBe(false)
  })

  it('another activation in the same place is a change of type', () => {
    const after = network((all) => all.map((link) => (link.id === 'relu2' ? { id: 'gelu1', type: 'gelu' } : link)))
    const diff = diffNetworks(network(), after)
    expect(told(diff)).toEqual(['changed gelu1'])
    expect(diff.nodes.find(({ id }) => id === 'gelu1')?.changes).toEqual([
      { name: 'type', label: 'Type', before: 'relu', after: 'gelu' },
    ])
  })

  it('a removed layer is told where it was', () => {
    const diff = diffNetworks(
      network(),
      network((all) => all.filter(({ id }) => id !== 'norm1')),
    )
    expect(told(diff)).toEqual(['removed norm1'])
    expect(diff.nodes.map(({ id }) => id).slice(1, 4)).toEqual(['conv1', 'norm1', 'relu1'])
  })

  it.each(['lenet5', 'googlenet', 'resnet56'])('%s differs from itself in nothing, whatever its ids are', (id) => {
    const document = zooNetwork(id)
    expect(diffNetworks(document, document).isSame).toBe(true)
    expect(diffNetworks(document, renamed(document)).isSame).toBe(true)
    expect(diffNetworks(document, renamed(document), 'nodes').isSame).toBe(true)
  })

  it('unlike networks are compared without a match that means nothing', () => {
    const diff = diffNetworks(zooNetwork('lenet5'), zooNetwork('resnet20'))
    const of = (states: readonly string[]) => diff.nodes.filter(({ state }) => states.includes(state)).length
    expect(of(['same', 'changed', 'removed'])).toBe(diff.before.layers)
    expect(of(['same', 'changed', 'added'])).toBe(diff.after.layers)
  })

  it('a half-drawn network is compared as far as it goes', () => {
    const half = { ...network(), edges: network().edges.slice(0, 4) }
    const diff = diffNetworks(network(), half)
    expect(diff.issues.after.length).toBeGreaterThan(0)
    expect(diff.counts).toMatchObject({ added: 0, removed: 0, connectionsRemoved: 4 })
  })
})

it('a longest increasing subsequence is found', () => {
  expect([...longestIncreasing([2, 5, 3, 7, 11, 8, 10, 13, 6])].length).toBe(6)
  expect([...longestIncreasing([])]).toEqual([])
})
