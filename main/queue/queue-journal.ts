/**
 * What the user did with the queue, as events: each holds the wishes before and after, so the log alone gives every wish again (replay), and
 * the last action can be taken back. What jobs do about a wish is not here, see run-queue.ts.
 */
import { StudioError, type JsonObject, type JsonValue } from '../../experiments/errors/studio-error.ts'
import { queueAction, type QueueAction } from '../../experiments/queue/job-record.ts'
import type { StoredEvent } from '../store/event-log.ts'
import type { Job } from '../store/job-table.ts'
import type { Store } from '../store/open-store.ts'

/** The columns of a job that are the user's to decide. */
export const wishes = ['intent', 'priority', 'position', 'pauseAfterEpoch', 'stopAfterEpoch', 'slots'] as const
export type Wish = Partial<Pick<Job, (typeof wishes)[number]>>

export interface WishChange {
  readonly run: number
  readonly before: Wish
  readonly after: Wish
}

export interface JournalEntry {
  readonly id: number
  readonly action: QueueAction
  readonly changes: readonly WishChange[]
  /** Things beside jobs that the action changed, such as settings. */
  readonly extra: { readonly before: JsonValue; readonly after: JsonValue } | null
}

export interface UndoState {
  readonly undo: JournalEntry | null
  readonly redo: JournalEntry | null
}

const remembered = 100
const eventType = (action: QueueAction | 'undone' | 'redone' | 'settled'): string => `queue.${action}`
const actionTypes = queueAction.options.map(eventType)
const allTypes = [...actionTypes, eventType('undone'), eventType('redone')]

export class QueueJournal {
  private readonly store: Store
  private done: JournalEntry[] = []
  private undone: JournalEntry[] = []

  constructor(store: Store) {
    this.store = store
    for (const event of store.events.ofTypes(allTypes, 2 * remembered)) this.remember(event)
  }

  get state(): UndoState {
    return { undo: this.done.at(-1) ?? null, redo: this.undone.at(-1) ?? null }
  }

  /** Changes wishes and writes down what they were, in one transaction with what `also` does. */
  act(
    action: QueueAction,
    patches: readonly { readonly run: number; readonly after: Wish }[],
    extra: JournalEntry['extra'] = null,
    also: () => void = () => undefined,
  ): void {
    const { jobs, events } = this.store
    this.store.transaction(() => {
      const known = this.known(patches.map(({ run }) => run))
      const changes = patches.map(({ run, after }): WishChange => ({ run, before: pick(known(run), after), after }))
      jobs.changeEach(patches)
      also()
      const data = { changes: changes as unknown as JsonValue, ...(extra && { extra }) }
      const id = events.append(null, eventType(action), data)
      this.push({ id, action, changes, extra })
    })
  }

  /** A new job: before it, nothing was wanted of it. */
  added(runs: readonly number[]): void {
    const known = this.known(runs)
    const changes = runs.map((run): WishChange => {
      return { run, before: { intent: 'withdraw' }, after: pickAll(known(run)) }
    })
    const id = this.store.events.append(null, eventType('added'), { changes: changes as unknown as JsonValue })
    this.push({ id, action: 'added', changes, extra: null })
  }

  /** Writes down wishes that nobody's action made: the log still tells every wish. */
  settle(run: number, changed: readonly (keyof Wish)[]): void {
    const job = this.known([run])(run)
    const wish = Object.fromEntries(changed.map((key) => [key, job[key]])) as JsonObject
    this.store.events.append(null, eventType('settled'), { run, wish })
  }

  /** A new job in the place of another one, which is withdrawn. */
  replaced(run: number, by: number): void {
    const { jobs, events } = this.store
    const known = this.known([run, by])
    const [old, job] = [known(run), known(by)]
    jobs.change(run, { intent: 'withdraw' })
    const changes: readonly WishChange[] = [
      { run, before: { intent: old.intent }, after: { intent: 'withdraw' } },
      { run: by, before: { intent: 'withdraw' }, after: pickAll(job) },
    ]
    const id = events.append(null, eventType('edited'), { changes: changes as unknown as JsonValue })
    this.push({ id, action: 'edited', changes, extra: null })
  }

  /**
   * Takes the last action back, or brings the last undone one again. A job whose wish was changed since stays as it is.
   * @throws StudioError `nothing-to-undo`, or what `check` throws
   */
  turn(
    direction: 'undo' | 'redo',
    check: (entry: JournalEntry) => void,
    applyExtra: (value: JsonValue) => void,
  ): JournalEntry {
    const [from, to] = direction === 'undo' ? [this.done, this.undone] : [this.undone, this.done]
    const entry = from.at(-1)
    if (entry === undefined) throw new StudioError('nothing-to-undo', `there is no action of the queue to ${direction}`)
    check(entry)
    this.store.transaction(() => {
      const jobs = new Map(this.store.jobs.getAll(entry.changes.map(({ run }) => run)).map((job) => [job.run, job]))
      const turned = entry.changes.flatMap((change) => {
        const [now, wanted] = direction === 'undo' ? [change.after, change.before] : [change.before, change.after]
        const job = jobs.get(change.run)
        return job !== undefined && isStill(job, now, wanted) ? [{ run: change.run, after: wanted }] : []
      })
      this.store.jobs.changeEach(turned)
      if (entry.extra) applyExtra(direction === 'undo' ? entry.extra.before : entry.extra.after)
      this.store.events.append(null, eventType(direction === 'undo' ? 'undone' : 'redone'), { event: entry.id })
    })
    from.pop()
    to.push(entry)
    return entry
  }

  /** Jobs as they are now. @throws StudioError `run-not-found` for one that is not in the queue */
  private known(runs: readonly number[]): (run: number) => Job {
    const jobs = new Map(this.store.jobs.getAll(runs).map((job) => [job.run, job]))
    return (run) => {
      const job = jobs.get(run)
      if (job === undefined) {
        const message = `run ${run} is not in the queue; "strata queue list" shows what is`
        throw new StudioError('run-not-found', message, { run })
      }
      return job
    }
  }

  private push(entry: JournalEntry): void {
    this.done = [...this.done, entry].slice(-remembered)
    this.undone = []
  }

  private remember({ id, type, data }: StoredEvent): void {
    if (type === eventType('undone')) {
      const entry = this.done.pop()
      if (entry) this.undone.push(entry)
    } else if (type === eventType('redone')) {
      const entry = this.undone.pop()
      if (entry) this.done.push(entry)
    } else this.push(entryOf(id, type, data))
  }
}

/** Every wish as the log tells it, for runs that the log names. Equal to the table at any moment. */
export function replayWishes(store: Store): Map<number, Wish> {
  const replayed = new Map<number, Wish>()
  const entries = new Map<number, JournalEntry>()
  const settled = 'queue.settled'
  for (const { id, type, data } of store.events.ofTypes([...allTypes, settled])) {
    if (type === settled) {
      const { run, wish } = data as unknown as { run: number; wish: Wish }
      replayed.set(run, { ...replayed.get(run), ...wish })
      continue
    }
    const turned = type === eventType('undone') ? 'before' : type === eventType('redone') ? 'after' : undefined
    const entry = turned === undefined ? entryOf(id, type, data) : entries.get(Number(data['event']))
    if (entry === undefined) continue
    if (turned === undefined) entries.set(id, entry)
    for (const change of entry.changes) {
      const known = replayed.get(change.run) ?? {}
      const wanted = change[turned ?? 'after']
      const now = turned === 'before' ? change.after : change.before
      if (turned === undefined || isStill(known, now, wanted)) replayed.set(change.run, { ...known, ...wanted })
    }
  }
  return replayed
}

function entryOf(id: number, type: string, data: JsonObject): JournalEntry {
  const { changes, extra } = data as unknown as Pick<JournalEntry, 'changes' | 'extra'>
  return { id, action: type.slice('queue.'.length) as QueueAction, changes, extra: extra ?? null }
}

function pickAll(job: Job): Wish {
  return Object.fromEntries(wishes.map((wish) => [wish, job[wish]]))
}

function pick(job: Wish, like: Wish): Wish {
  return Object.fromEntries(Object.keys(like).map((key) => [key, job[key as keyof Wish]]))
}

function isStill(job: Wish, now: Wish, wanted: Wish): boolean {
  return Object.keys(wanted).every((key) => {
    const wish = key as keyof Wish
    // A wish that the action did not set is not compared: an undone enqueueing knows no position.
    return !(wish in now) || job[wish] === now[wish]
  })
}
