/**
 * The networks of the studio: all that are stored, and those that are open in tabs. The service remembers the tabs, so a window that was closed or
 * killed comes back with them.
 */
import type { DocumentOrigin, DocumentRecord } from '../../experiments/documents/document-record.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import type { OpenedFile } from '../../app/ipc/contracts/documents-contract.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Connection } from './connection.svelte.ts'
import { OpenDocument } from './open-document.svelte.ts'
import type { Router } from './router.svelte.ts'

export class Workspace {
  /** In the order of their tabs. */
  tabs: readonly OpenDocument[] = $state.raw([])
  #records: ReadonlyMap<number, DocumentRecord> = $state.raw(new Map())
  /** Every stored network, last opened first. */
  readonly records: readonly DocumentRecord[] = $derived(
    [...this.#records.values()].sort((a, b) => b.openedAt - a.openedAt || b.id - a.id),
  )
  loaded = $state.raw(false)
  /** How many networks came back after the last window was killed; null when it ended by itself. */
  recovered: number | null = $state.raw(null)
  readonly #bridge: Bridge
  readonly #router: Router

  constructor(bridge: Bridge, connection: Connection, router: Router) {
    this.#bridge = bridge
    this.#router = router
    connection.onConnected(() => void this.#load())
  }

  get(key: string | undefined): OpenDocument | undefined {
    return key === undefined ? undefined : this.tabs.find((document) => document.key === key)
  }

  /** The network in front, if one is. */
  get front(): OpenDocument | undefined {
    const route = this.#router.current
    return route.view === 'compose' ? this.get(route.document) : undefined
  }

  async create(document: NetworkDocument, origin: DocumentOrigin): Promise<OpenDocument> {
    return this.#show(await this.#bridge.call('documents.create', { document, origin }))
  }

  /** Brings a stored network to the front. */
  async open(id: number): Promise<OpenDocument> {
    const open = this.tabs.find((document) => document.id === id)
    if (open) {
      this.go(open)
      return open
    }
    return this.#show(await this.#bridge.call('documents.open', { id }))
  }

  /** A file that the service has read: a network that is open already takes its content over. */
  async take({ record, document }: OpenedFile): Promise<OpenDocument> {
    const open = this.tabs.find(({ id }) => id === record.id)
    if (open) this.#forget(open)
    return this.#show({ record, document })
  }

  async duplicate(document: OpenDocument, name: string): Promise<OpenDocument> {
    await document.settle()
    return this.#show(await this.#bridge.call('documents.duplicate', { id: document.id, name }))
  }

  go(document: OpenDocument): void {
    this.#router.go({ view: 'compose', document: document.key })
    this.#rememberTabs(document.id)
  }

  /** To the tab `step` further, around the end. */
  step(step: 1 | -1): void {
    const at = this.tabs.findIndex((document) => document === this.front)
    const next = this.tabs.at((at + step + this.tabs.length) % Math.max(1, this.tabs.length))
    if (next) this.go(next)
  }

  /** The network stays in the studio; a blank that nobody drew on does not. */
  async close(document: OpenDocument): Promise<void> {
    const at = this.tabs.indexOf(document)
    const wasFront = this.front === document
    await document.save()
    this.#forget(document)
    if (wasFront) {
      const next = this.tabs[Math.min(at, this.tabs.length - 1)]
      if (next) this.go(next)
      else this.#router.go({ view: 'compose' })
    }
    this.#rememberTabs(this.front?.id ?? null)
    if (document.isUntouched) await this.delete([document.id])
  }

  /** Can be undone by `restore`. */
  async delete(ids: readonly number[]): Promise<void> {
    for (const document of this.tabs.filter(({ id }) => ids.includes(id))) {
      const wasFront = this.front === document
      this.#forget(document)
      if (wasFront) this.#router.go({ view: 'compose' })
    }
    await this.#bridge.call('documents.delete', { ids: [...ids] })
    this.#records = new Map([...this.#records].filter(([id]) => !ids.includes(id)))
  }

  async restore(ids: readonly number[]): Promise<void> {
    await this.#bridge.call('documents.restore', { ids: [...ids] })
    await this.reload()
  }

  async reload(): Promise<void> {
    const { documents } = await this.#bridge.call('documents.list', {})
    this.#records = new Map(documents.map((record) => [record.id, record]))
  }

  async #load(): Promise<void> {
    const { documents, tabs, active } = await this.#bridge.call('documents.list', {})
    this.#records = new Map(documents.map((record) => [record.id, record]))
    if (this.loaded) {
      // The service was away: what could not be stored then is now.
      for (const document of this.tabs) void document.save()
      return
    }
    const route = this.#router.current
    const wanted = route.view === 'compose' ? Number(route.document) : NaN
    const ids = new Set([...tabs, ...(this.#records.has(wanted) ? [wanted] : [])])
    const opened = await Promise.allSettled([...ids].map((id) => this.#bridge.call('documents.open', { id })))
    const found = opened.flatMap((result) => (result.status === 'fulfilled' ? [this.#made(result.value)] : []))
    const own = this.tabs
    this.tabs = [...found.filter(({ id }) => own.every((other) => other.id !== id)), ...own]
    this.loaded = true
    const { crashed } = await this.#bridge.call('desktop.takeCrash', {})
    if (!crashed || found.length === 0) return
    this.recovered = found.length
    const front = this.tabs.find(({ id }) => id === active)
    if (front && !this.#router.hasStart) this.go(front)
  }

  #show(opened: { readonly record: DocumentRecord; readonly document: NetworkDocument }): OpenDocument {
    const document = this.#made(opened)
    this.tabs = [...this.tabs, document]
    this.go(document)
    return document
  }

  #made(opened: { readonly record: DocumentRecord; readonly document: NetworkDocument }): OpenDocument {
    const keep = ({ record }: { readonly record: DocumentRecord }): void => {
      this.#records = new Map(this.#records).set(record.id, record)
    }
    keep(opened)
    return new OpenDocument(this.#bridge, opened, keep)
  }

  #forget(document: OpenDocument): void {
    document.close()
    this.tabs = this.tabs.filter((other) => other !== document)
  }

  #rememberTabs(active: number | null): void {
    const tabs = this.tabs.map(({ id }) => id).slice(-100)
    // A window that is about to end loses nothing but the order of tabs when this fails.
    this.#bridge.call('documents.setTabs', { tabs, active }).catch(() => undefined)
  }
}
