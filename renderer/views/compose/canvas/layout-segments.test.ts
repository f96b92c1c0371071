import ELK from 'elkjs/lib/elk.bundled.js'
import { describe, expect, test } from 'vitest'
import { expandNetwork } from '../../../../experiments/network/expand-network.ts'
import { zooNetwork } from '../../../../experiments/zoo/registry.ts'
import { arrangeGraph } from './arrange-graph.ts'
import { connectedParts, segmentsOf, type LayoutGraph, type Places } from './layout-segments.ts'

/** Edges as `a>b`, nodes in the order in which they are named first; a size of 188 x 68 each. */
function graphOf(...edges: readonly string[]): LayoutGraph {
  const pairs = edges.map((edge) => edge.split('>') as [string, string?])
  const ids = [...new Set(pairs.flatMap((pair) => pair.filter((id) => id !== undefined)))]
  return {
    nodes: ids.map((id) => ({ id, width: 188, height: 68 })),
    edges: pairs.flatMap(([source, target]) => (target === undefined ? [] : [{ source, target }])),
  }
}

const idsOf = (segments: readonly LayoutGraph[]) => segments.map(({ nodes }) => nodes.map(({ id }) => id).join(''))

/** Lays out by the real ELK; tells how often it was asked. */
async function arrange(graph: LayoutGraph): Promise<{ readonly places: Places; readonly asked: number }> {
  const elk = new ELK()
  let asked = 0
  const places = await arrangeGraph(graph, (piece) => ((asked += 1), elk.layout(piece)))
  return { places, asked }
}

/** Pairs of nodes that lie on each other, and edges that do not lead down. */
function faults({ nodes, edges }: LayoutGraph, places: Places): readonly string[] {
  const boxes = nodes.map(({ id, width, height }) => ({ id, width, height, ...(places.get(id) ?? { x: NaN, y: NaN }) }))
  const on = boxes.flatMap((a, i) =>
    boxes
      .slice(i + 1)
      .filter((b) => !(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y))
      .map((b) => `${a.id} on ${b.id}`),
  )
  const heights = new Map(nodes.map(({ id, height }) => [id, height]))
  const up = edges.filter(({ source, target }) => {
    const end = (places.get(source)?.y ?? NaN) + (heights.get(source) ?? NaN)
    return !(end < (places.get(target)?.y ?? NaN))
  })
  return [...on, ...up.map(({ source, target }) => `${source} not above ${target}`)]
}

describe('a graph is cut', () => {
  test('where everything passes one node', () => {
    expect(idsOf(segmentsOf(graphOf('a>b', 'b>c')))).toEqual(['ab', 'bc'])
    expect(idsOf(segmentsOf(graphOf('a>b', 'b>c', 'a>c', 'c>d')))).toEqual(['abc', 'cd'])
    expect(idsOf(segmentsOf(graphOf('a>b', 'b>c', 'c>d', 'a>d')))).toEqual(['abcd'])
    expect(idsOf(segmentsOf(graphOf('a')))).toEqual(['a'])
    expect(idsOf(segmentsOf(graphOf('a>b', 'b>a')))).toEqual(['ab'])
  })

  test('into parts that nothing joins', () => {
    const parts = connectedParts(graphOf('a>b', 'c>d', 'd>e', 'f'))
    expect(idsOf(parts)).toEqual(['ab', 'cde', 'f'])
    expect(parts.map(({ edges }) => edges.length)).toEqual([1, 2, 0])
  })
})

describe('pieces are put together again', () => {
  test.each([
    ['with ends that hang loose', graphOf('a>b', 'b>c', 'c>d', 'b>x', 'x>y', 'y>z', 'd>e')],
    ['with a second input', graphOf('a>b', 'p>q', 'q>r', 'r>s', 's>c', 'b>c', 'c>d', 'd>e', 'c>e')],
    ['of parts beside each other', graphOf('a>b', 'b>c', 'c>d', 'p>q', 'z', 'y')],
  ])('%s', async (_, graph) => {
    const { places } = await arrange(graph)
    expect(places.size).toBe(graph.nodes.length)
    expect(faults(graph, places)).toEqual([])
  })

  test('around the middle of what they share, whatever its width', async () => {
    const graph = graphOf('a>b', 'b>c')
    const wide = { ...graph, nodes: graph.nodes.map((node) => (node.id === 'b' ? { ...node, width: 400 } : node)) }
    const { places, asked } = await arrange(wide)
    expect(asked).toBe(0)
    expect([places.get('a')?.x, places.get('b')?.x, places.get('c')?.x]).toEqual([106, 0, 106])
  })

  test.each(['resnet152', 'googlenet'])(
    '%s in single layers, and modules that look alike are arranged once',
    async (id) => {
      const { nodes, edges } = expandNetwork(zooNetwork(id)).document
      const graph = { nodes: nodes.map((node) => ({ id: node.id, width: 188, height: 68 })), edges }
      const { places, asked } = await arrange(graph)
      expect(faults(graph, places)).toEqual([])
      expect(asked).toBeLessThan(4)
      const [first, last] = [nodes[0], nodes.at(-1)]
      expect(places.get(first?.id ?? '')?.y).toBe(0)
      expect(Math.max(...[...places.values()].map(({ y }) => y))).toBe(places.get(last?.id ?? '')?.y)
    },
  )
})
