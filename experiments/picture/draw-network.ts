/**
 * A network as a picture for papers and slides: each node a card with what it is, what it makes and what it costs, wires from top to
 * bottom. Nodes stand where they were put; a network that nobody laid out is laid out in layers.
 */
import { analyzeNetwork, type NetworkAnalysis } from '../analysis/analyze-network.ts'
import { NodeTypes, type NodeType } from '../blocks/node-types.ts'
import { layeredPositions } from '../network/layered-positions.ts'
import type { NetworkDocument, NetworkNode } from '../network/network-document.ts'
import { describeParams } from './describe-params.ts'
import { fitText, textWidth } from './fit-text.ts'
import type { PictureColours } from './picture-colours.ts'
import type { Picture, Point, Shape } from './picture.ts'

export type Mark = 'added' | 'removed' | 'changed'

export interface DrawOptions {
  readonly colours: PictureColours
  /** Default: of the document itself. */
  readonly analysis?: NetworkAnalysis
  /** Nodes to set off, as in a comparison. */
  readonly marks?: ReadonlyMap<string, Mark>
  /** Titles of layers and blocks in another language, by id. Default: their own. */
  readonly titleOf?: (type: string) => string | undefined
}

export const cardWidth = 188
export const cardHeight = 66
const margin = 32
const inset = 12

export function drawNetwork(document: NetworkDocument, options: DrawOptions): Picture {
  const { colours, analysis = analyzeNetwork(document) } = options
  const places = placesOf(document)
  const types = NodeTypes.of(document)
  const cards = document.nodes.flatMap((node) => {
    const at = places.get(node.id)
    return at ? [{ node, at }] : []
  })
  const left = Math.min(0, ...cards.map(({ at }) => at.x)) - margin
  const top = Math.min(0, ...cards.map(({ at }) => at.y)) - margin
  const right = Math.max(0, ...cards.map(({ at }) => at.x + cardWidth)) + margin
  const bottom = Math.max(0, ...cards.map(({ at }) => at.y + cardHeight)) + margin
  const shift = ({ x, y }: Point): Point => ({ x: Math.round(x - left), y: Math.round(y - top) })
  const facts = factsOf(analysis)
  const marks = options.marks ?? new Map<string, Mark>()
  const wires = document.edges.flatMap((edge): readonly Shape[] => {
    const source = places.get(edge.source)
    const target = places.get(edge.target)
    if (!source || !target) return []
    const from = shift({ x: source.x + cardWidth / 2, y: source.y + cardHeight })
    const to = shift({ x: target.x + cardWidth / 2, y: target.y })
    const isRemoved = marks.get(edge.source) === 'removed' || marks.get(edge.target) === 'removed'
    return [{ kind: 'wire', from, to, stroke: colours.wire, strokeWidth: 1.5, ...(isRemoved && { dash: 4 }) }]
  })
  return {
    title: document.name,
    width: Math.round(right - left),
    height: Math.round(bottom - top),
    background: colours.background,
    shapes: [
      ...wires,
      ...cards.flatMap(({ node, at }) =>
        card(node, shift(at), {
          colours,
          type: types.of(node.type),
          title: options.titleOf?.(node.type),
          fact: facts.get(node.id),
          mark: marks.get(node.id),
        }),
      ),
    ],
  }
}

/** Where every node stands; all are laid out anew when one of them was never put anywhere. */
export function placesOf({ nodes, edges }: NetworkDocument): ReadonlyMap<string, Point> {
  if (nodes.every(({ position }) => position !== undefined)) {
    return new Map(nodes.map(({ id, position }) => [id, position ?? { x: 0, y: 0 }]))
  }
  const ids = nodes.map(({ id }) => id)
  const known = new Set(ids)
  const inner = edges.filter(({ source, target }) => known.has(source) && known.has(target))
  return layeredPositions(ids, inner)
}

interface Fact {
  readonly shape: string
  readonly params: number
}

function factsOf({ layers, blocks }: NetworkAnalysis): ReadonlyMap<string, Fact> {
  return new Map(
    [...layers, ...blocks].map(({ id, outputShape, params }) => {
      const [channels, ...size] = outputShape
      return [id, { shape: channels === undefined ? '' : [...size, channels].join(' × '), params }]
    }),
  )
}

interface CardFacts {
  readonly colours: PictureColours
  readonly type: NodeType | undefined
  readonly title: string | undefined
  readonly fact: Fact | undefined
  readonly mark: Mark | undefined
}

function card(node: NetworkNode, { x, y }: Point, { colours, type, title, fact, mark }: CardFacts): readonly Shape[] {
  const kind = title ?? type?.title ?? node.type
  const times = node.repeat && node.repeat.times > 1 ? `${node.repeat.times} × ` : ''
  const category = type && ('layer' in type ? type.layer.category : type.block.category)
  const blockColour = type && 'block' in type ? colours.categories.convolution : undefined
  const accent = (category && colours.categories[category]) ?? blockColour ?? colours.otherCategory
  const room = cardWidth - 2 * inset
  const cost = fact && fact.params > 0 ? compact(fact.params) : ''
  const shape = fact?.shape ?? ''
  const text = (
    dy: number,
    words: string,
    size: number,
    options: Partial<Extract<Shape, { kind: 'text' }>>,
  ): Shape => ({
    kind: 'text',
    x: x + inset,
    y: y + dy,
    text: words,
    size,
    weight: 400,
    fill: colours.textSoft,
    anchor: 'start',
    ...options,
  })
  const settings = describeParams(node, type)
  const described = settings === '' ? `${times}${kind}` : `${times}${kind} · ${settings}`
  const stroke = mark ? colours[mark] : colours.line
  return [
    {
      ...{ kind: 'box', x, y, width: cardWidth, height: cardHeight, radius: 8, fill: colours.card, stroke },
      strokeWidth: mark ? 2 : 1,
      ...(mark === 'removed' && { dash: 4 }),
    },
    { kind: 'box', x, y: y + 8, width: 3, height: cardHeight - 16, radius: 1.5, fill: accent },
    text(21, fitText(node.name ?? node.id, 13, room), 13, { weight: 600, fill: colours.text }),
    text(38, fitText(described, 11, room), 11, {}),
    ...(shape === '' ? [] : [text(56, shape, 11, { fill: colours.textFaint })]),
    ...(cost === '' || textWidth(shape + cost, 11) > room - 12
      ? []
      : [text(56, cost, 11, { fill: colours.textFaint, anchor: 'end', x: x + cardWidth - inset })]),
  ]
}

/** 1234567 as 1.23M. */
function compact(count: number): string {
  const steps = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const
  const step = steps.find(([size]) => count >= size)
  return step ? `${Number((count / step[0]).toPrecision(3))}${step[1]}` : String(count)
}
