/**
 * A network being drawn: the document, what is selected, where in it one is, and the history of edits. Every change goes through `apply`; the
 * analysis follows from the document, so it is never out of step.
 */
import { analyzeLowered, type NetworkAnalysis } from '../../experiments/analysis/analyze-network.ts'
import { NodeTypes } from '../../experiments/blocks/node-types.ts'
import type { Edit, EditOutcome } from '../../experiments/editing/edit.ts'
import { graphAt, type EditableGraph, type GraphPlace } from '../../experiments/editing/graph-place.ts'
import type { Issue } from '../../experiments/errors/studio-error.ts'
import type { ExpandedBlock } from '../../experiments/network/expand-network.ts'
import { NetworkLowerer, type LoweredNetwork } from '../../experiments/network/lower-network.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { timed } from './timed.ts'

/** One step of undo. */
export interface EditStep {
  readonly kind: Edit['kind']
  readonly subject: string | undefined
  readonly before: NetworkDocument
  readonly after: NetworkDocument
  readonly selectedBefore: readonly string[]
  readonly selectedAfter: readonly string[]
  readonly path: readonly string[]
  readonly presentation: boolean
  /** Edits with the same key, one after the other, are one step: a number that is being typed. */
  readonly merge: string | undefined
}

const historyLength = 500

export class NetworkEditor {
  /** Stands in the address of the window and names the draft of this document. */
  readonly key: string
  document: NetworkDocument = $state.raw({ format: 'strata.network', version: 1, name: '', nodes: [], edges: [] })
  /** Ids of nodes and annotations of the graph in sight. */
  selection: ReadonlySet<string> = $state.raw(new Set())
  /** Keys of edges, see edge-keys.ts. */
  selectedEdges: ReadonlySet<string> = $state.raw(new Set())
  /** Ids of the nodes that were entered, outermost first. */
  path: readonly string[] = $state.raw([])
  /** Why the last edit was refused; gone with the next. */
  refusal: readonly Issue[] = $state.raw([])
  /** Grows with every change of the document: what saves watches it. */
  revision = $state(0)
  /** Node that something outside of the canvas points at: a row of the table. */
  pointed: string | null = $state.raw(null)

  /** The document as last analysed: moving nodes does not change it. */
  #computed: NetworkDocument = $state.raw(this.document)
  #done: readonly EditStep[] = $state.raw([])
  #undone: readonly EditStep[] = $state.raw([])

  /** The document that `analysis` is of: places and folds may have changed since. */
  get analysed(): NetworkDocument {
    return this.#computed
  }

  /** Keeps what an edit leaves as it was. */
  readonly #lowerer = new NetworkLowerer({ mode: 'inference', batch: 1 })
  readonly lowered: LoweredNetwork = $derived(timed('lower', () => this.#lowerer.lower(this.#computed)))
  readonly analysis: NetworkAnalysis = $derived.by(() => {
    const { lowered } = this
    return timed('analyse', () => analyzeLowered(lowered))
  })
  readonly issues: readonly Issue[] = $derived(this.analysis.issues)
  readonly errors: readonly Issue[] = $derived(this.issues.filter(({ severity }) => severity !== 'warning'))
  readonly types: NodeTypes = $derived(NodeTypes.ofDrawn(this.document))
  readonly expanded: ReadonlyMap<string, ExpandedBlock> = $derived(
    new Map(this.lowered.blocks.map((block) => [block.path, block])),
  )
  readonly undoStep: EditStep | undefined = $derived(this.#done.at(-1))
  readonly redoStep: EditStep | undefined = $derived(this.#undone.at(-1))
  /** What edits are about: null for the network, the id of an own block inside of it, undefined inside of a studio block, which is fixed. */
  readonly place: GraphPlace | undefined = $derived(this.#placeOf(this.path))
  readonly readOnly: boolean = $derived(this.place === undefined)
  /** The graph in sight. */
  readonly graph: EditableGraph = $derived(this.#graphOf())
  /** In front of the ids of nodes in sight, to make their paths in the whole network. */
  readonly prefix: string = $derived(this.path.length === 0 ? '' : `${this.path.join('/')}/`)

  constructor(document: NetworkDocument, key: string = crypto.randomUUID()) {
    this.key = key
    this.document = document
    this.#computed = document
  }

  /** @returns whether it was done; why not stands in `refusal` */
  apply(edit: Edit, { merge }: { readonly merge?: string } = {}): boolean {
    const outcome: EditOutcome = edit.apply(this.document)
    this.refusal = outcome.ok ? [] : outcome.issues
    if (!outcome.ok) return false
    if (outcome.document === this.document) return true
    const selectedBefore = [...this.selection]
    const last = this.#done.at(-1)
    const merges = merge !== undefined && last?.merge === merge
    const step: EditStep = {
      kind: edit.kind,
      subject: edit.subject,
      before: merges ? last.before : this.document,
      after: outcome.document,
      selectedBefore: merges ? last.selectedBefore : selectedBefore,
      selectedAfter: outcome.select ?? selectedBefore,
      path: this.path,
      presentation: edit.presentation === true && (!merges || last.presentation),
      merge,
    }
    this.#done = [...(merges ? this.#done.slice(0, -1) : this.#done.slice(-historyLength + 1)), step]
    this.#undone = edit.kind === 'fold' || edit.kind === 'unfold' ? this.#redoneAfter(edit, outcome.document) : []
    this.#show(outcome.document, edit.presentation === true)
    if (outcome.select) this.select(outcome.select)
    return true
  }

  undo(): void {
    const step = this.#done.at(-1)
    if (!step) return
    this.#done = this.#done.slice(0, -1)
    this.#undone = [...this.#undone, step]
    this.path = step.path
    this.#show(step.before, step.presentation)
    this.select(step.selectedBefore)
  }

  redo(): void {
    const step = this.#undone.at(-1)
    if (!step) return
    this.#undone = this.#undone.slice(0, -1)
    // What comes now is a new step, also when it is typed into the same field.
    this.#done = [...this.#done, { ...step, merge: undefined }]
    this.path = step.path
    this.#show(step.after, step.presentation)
    this.select(step.selectedAfter)
  }

  /** Ends a run of merged edits: the field was left. */
  settle(): void {
    const last = this.#done.at(-1)
    if (last?.merge !== undefined) this.#done = [...this.#done.slice(0, -1), { ...last, merge: undefined }]
  }

  select(ids: Iterable<string>, edges: Iterable<string> = []): void {
    this.selection = new Set(ids)
    this.selectedEdges = new Set(edges)
  }

  /** Shows the inside of a node of the graph in sight. */
  enter(id: string): void {
    if (!this.expanded.has(this.prefix + id) && this.#placeOf([...this.path, id]) === undefined) return
    this.path = [...this.path, id]
    this.select([])
  }

  /** @param depth how many of the nodes that were entered remain */
  leaveTo(depth: number): void {
    const left = this.path[depth]
    this.path = this.path.slice(0, depth)
    this.select(left === undefined ? [] : [left])
  }

  #show(document: NetworkDocument, presentation: boolean): void {
    this.document = document
    if (!presentation) this.#computed = document
    this.revision += 1
    while (this.path.length > 0 && this.#placeOf(this.path) === undefined && !this.expanded.has(this.path.join('/'))) {
      this.path = this.path.slice(0, -1)
    }
  }

  /**
   * What can be done again when a block was folded or unfolded: looking into a block takes nothing back. The same fold is made in every
   * document that is still to come.
   */
  #redoneAfter(fold: Edit, now: NetworkDocument): readonly EditStep[] {
    const folded = new Map([[this.document, now]])
    const after = (document: NetworkDocument): NetworkDocument => {
      const known = folded.get(document)
      if (known) return known
      const outcome = fold.apply(document)
      const made = outcome.ok ? outcome.document : document
      folded.set(document, made)
      return made
    }
    return this.#undone.map((step) => ({ ...step, before: after(step.before), after: after(step.after) }))
  }

  #placeOf(path: readonly string[]): GraphPlace | undefined {
    let place: GraphPlace = null
    for (const id of path) {
      const type: string | undefined = graphAt(this.document, place)?.nodes.find((node) => node.id === id)?.type
      if (type === undefined || !Object.hasOwn(this.document.blocks ?? {}, type)) return undefined
      place = type
    }
    return place
  }

  #graphOf(): EditableGraph {
    const place = this.place
    const own = place === undefined ? undefined : graphAt(this.document, place)
    return own ?? this.expanded.get(this.path.join('/'))?.inside ?? { nodes: [], edges: [] }
  }
}
