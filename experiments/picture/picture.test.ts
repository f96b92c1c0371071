import { describe, expect, it } from 'vitest'
import { zooEntries, zooNetwork } from '../zoo/registry.ts'
import { cardHeight, cardWidth, drawNetwork, placesOf } from './draw-network.ts'
import { fitText, textWidth } from './fit-text.ts'
import { pictureColours } from './picture-colours.ts'
import { pictureToSvg } from './picture-to-svg.ts'

const { light, dark } = pictureColours

describe('drawNetwork', () => {
  it.each(zooEntries.map(({ id }) => id))('draws every node of %s apart from the others, and every edge', (id) => {
    const document = zooNetwork(id)
    const { shapes, width, height } = drawNetwork(document, { colours: light })
    const cards = shapes.filter((shape) => shape.kind === 'box' && shape.width === cardWidth)
    expect(cards).toHaveLength(document.nodes.length)
    expect(shapes.filter(({ kind }) => kind === 'wire')).toHaveLength(document.edges.length)
    const places = [...placesOf(document).values()]
    for (const [i, a] of places.entries()) {
      for (const b of places.slice(i + 1)) {
        expect(Math.abs(a.x - b.x) >= cardWidth || Math.abs(a.y - b.y) >= cardHeight).toBe(true)
      }
    }
    for (const shape of shapes) {
      if (shape.kind !== 'box') continue
      expect(shape.x).toBeGreaterThanOrEqual(0)
      expect(shape.x + shape.width).toBeLessThanOrEqual(width)
      expect(shape.y + shape.height).toBeLessThanOrEqual(height)
    }
  })

  it('tells the shape and the parameters of a layer, and what sets it apart', () => {
    const { shapes } = drawNetwork(zooNetwork('lenet5'), { colours: light })
    const texts = shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
    expect(texts).toEqual(expect.arrayContaining(['conv2', 'Convolution · 16, 5×5', '10 × 10 × 16', '2.42k']))
    expect(texts).toEqual(expect.arrayContaining(['Input · 28 × 28 × 1']))
  })

  it('lays a network out that was never laid out, and draws one that does not fit', () => {
    const drawn = zooNetwork('googlenet')
    const loose = { ...drawn, nodes: drawn.nodes.map(({ position: _, ...node }) => node) }
    const places = [...placesOf(loose).values()].map(({ x, y }) => `${x} ${y}`)
    expect(new Set(places).size).toBe(drawn.nodes.length)
    const half = { ...drawn, edges: [...drawn.edges.slice(3), { source: 'nowhere', target: 'conv1' }] }
    expect(() => drawNetwork(half, { colours: dark })).not.toThrow()
    expect(drawNetwork({ ...drawn, nodes: [], edges: [] }, { colours: dark }).width).toBeGreaterThan(0)
  })

  it('sets marked nodes off', () => {
    const marks = new Map([['conv1', 'changed' as const]])
    const { shapes } = drawNetwork(zooNetwork('lenet5'), { colours: light, marks })
    expect(shapes.filter((shape) => shape.kind === 'box' && shape.stroke === light.changed)).toHaveLength(1)
  })
})

describe('pictureToSvg', () => {
  it('escapes what people call their layers', () => {
    const document = zooNetwork('lenet5')
    const [first, ...rest] = document.nodes
    const name = '<script>"&\u0000\u001b\ud800</script>'
    const svg = pictureToSvg(
      drawNetwork({ ...document, name, nodes: [{ ...first!, name }, ...rest] }, { colours: dark }),
    )
    expect(svg).toContain('<title>&lt;script&gt;"&amp;&lt;/script&gt;</title>')
    expect(svg).not.toContain('<script')
    expect(svg).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/)
    expect(svg).not.toMatch(/href|url\(|style=/)
    const open = svg.match(/<(svg|title|text)\b/g)?.length
    expect(svg.match(/<\/(svg|title|text)>/g)).toHaveLength(open ?? -1)
  })
})

it('ends a text that is too long for its place', () => {
  expect(fitText('conv1', 13, 160)).toBe('conv1')
  const cut = fitText('a name that goes on and on for ever', 13, 100)
  expect(cut).toMatch(/^a name.*…$/)
  expect(textWidth(cut, 13)).toBeLessThanOrEqual(100)
  expect(textWidth('합성곱', 10)).toBeGreaterThan(textWidth('abc', 10))
})
