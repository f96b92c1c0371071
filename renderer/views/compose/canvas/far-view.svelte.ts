/**
 * How a large network is handled from far away, where it is one drawing without elements for its nodes: the node under the pointer gets its
 * element back, so that it can be clicked, dragged and asked for its menu, and a box is drawn around nodes by their places.
 */
import type { Position } from '../../../../experiments/network/layered-positions.ts'
import type { Scene, SceneNode } from './build-scene.ts'
import { absolutePlaces } from './scene-geometry.ts'

/** What is being dragged, and how far it has come. */
export interface Dragged extends Position {
  readonly ids: ReadonlySet<string>
}

export class FarView {
  /** The node under the pointer. */
  pointed: string | undefined = $state.raw()
  dragged: Dragged | undefined = $state.raw()
  readonly #scene: () => Scene
  readonly #places: ReadonlyMap<string, Position> = $derived.by(() => absolutePlaces(this.#scene()))
  /** Where the box around nodes began. */
  #corner: Position | undefined

  constructor(scene: () => Scene) {
    this.#scene = scene
  }

  point(at: Position | undefined): void {
    this.pointed = at && this.nodeAt(at)
  }

  /** The innermost node at a point of the canvas. */
  nodeAt({ x, y }: Position): string | undefined {
    return this.#scene().nodes.findLast((item) => {
      const place = this.#places.get(item.id)
      return place && x >= place.x && y >= place.y && x <= place.x + item.width && y <= place.y + item.height
    })?.id
  }

  drag(items: readonly { readonly id: string; readonly position: Position }[]): void {
    const [first] = items
    const item = this.#scene().nodes.find(({ id }) => id === first?.id)
    if (!first || !item) return
    const ids = new Set(items.map(({ id }) => id))
    this.dragged = { ids, x: first.position.x - item.x, y: first.position.y - item.y }
  }

  drop(): void {
    this.dragged = undefined
  }

  beginBox(at: Position): void {
    this.#corner = at
    this.pointed = undefined
  }

  get isBoxing(): boolean {
    return this.#corner !== undefined
  }

  endBox(): void {
    this.#corner = undefined
  }

  /** Nodes that the box to a point touches; borders are not chosen. */
  boxed(to: Position): readonly string[] {
    const from = this.#corner
    if (!from) return []
    const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)]
    const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)]
    const isIn = (item: SceneNode): boolean => {
      const place = this.#places.get(item.id)
      if (!place || item.kind === 'border') return false
      return place.x < right && place.y < bottom && place.x + item.width > left && place.y + item.height > top
    }
    return this.#scene()
      .nodes.filter(isIn)
      .map(({ id }) => id)
  }
}
