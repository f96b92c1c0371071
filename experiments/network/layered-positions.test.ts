import { expect, it } from 'vitest'
import { layeredPositions } from './layered-positions.ts'

const edge = (source: string, target: string) => ({ source, target })

it('puts every node below all that feed it, and none upon another', () => {
  const ids = ['input', 'a', 'b', 'b2', 'c', 'join', 'end']
  const edges = [
    ...['a', 'b', 'c'].map((id) => edge('input', id)),
    edge('b', 'b2'),
    ...['a', 'b2', 'c'].map((id) => edge(id, 'join')),
    edge('join', 'end'),
  ]
  const places = layeredPositions(ids, edges)
  for (const { source, target } of edges)
    expect(places.get(target)?.y).toBeGreaterThan(places.get(source)?.y ?? Infinity)
  expect(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(ids.length)
  expect(places.get('join')?.x).toBe(places.get('input')?.x)
})

it('has no place for nodes on a cycle', () => {
  expect([...layeredPositions(['a', 'b', 'c'], [edge('b', 'c'), edge('c', 'b')]).keys()]).toEqual(['a'])
})
