/** The night queue: what the service answers. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { JobOptions, QueueJob, QueueUndo, RunEvent } from '../../experiments/queue/job-record.ts'
import type { EndHook, QueueSettings, QueueSettingsChange } from '../../experiments/queue/queue-settings.ts'
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import { durationEstimator } from '../queue/expected-duration.ts'
import { prepareRuns } from '../queue/prepare-runs.ts'
import { weightsOfRun } from '../weights/run-weights.ts'
import type { JobChange } from '../queue/queue-actions.ts'
import { readLogEnd } from '../queue/run-log.ts'
import type { Job } from '../store/job-table.ts'
import type { NewRun } from '../store/run-table.ts'
import type { StudioParts } from './studio-parts.ts'

type Runs = { readonly runs: readonly number[] }

/** Runs that one action can add; every action on jobs takes as many. */
const mostAtOnce = 100_000

/** What cannot be done is thrown at once. */
async function whenDone(followed: Promise<void>): Promise<Record<string, never>> {
  await followed
  return {}
}

export function queueProcedures({ home, store, queue, engines, machine }: StudioParts) {
  const { actions, control } = queue
  const describe = (jobs: readonly Job[]): QueueJob[] => {
    const estimate = durationEstimator(store)
    return jobs.map((job) => {
      const {
        macs: _macs,
        networkHash: _hash,
        microBatch: _micro,
        queuedAt: _queued,
        claimedAt: _claimed,
        ...record
      } = job
      const device = queue.deviceOf(job.run) ?? job.device
      return { ...record, device, estimate: estimate(job) ?? null, usage: queue.usageOf(job.run) }
    })
  }
  const undoState = (): QueueUndo => {
    const { undo, redo } = queue.journal.state
    const short = (entry: typeof undo) => entry && { action: entry.action, runs: entry.changes.map(({ run }) => run) }
    return { undo: short(undo), redo: short(redo) }
  }
  const overview = () => ({
    settings: control.settings,
    window: queue.windowState(),
    ...undoState(),
    waiting: store.jobs.count('waiting'),
    running: store.jobs.running(),
    awake: queue.awake,
    hookProblem: queue.hookProblem,
  })
  /** @param seeds of each experiment; its own one by default */
  const prepare = async (specs: Iterable<unknown>, seeds: readonly number[] | undefined): Promise<NewRun[]> => {
    const place = { home, engines, weightsOfRun: (run: number) => weightsOfRun(store, queue, run) }
    const prepared = await prepareRuns(specs, place)
    expectCount(prepared.length * (seeds?.length ?? 1))
    const datasets = new Map(prepared.map(({ dataset }) => [dataset.name, dataset]))
    for (const dataset of datasets.values()) store.datasets.remember(dataset)
    return prepared.flatMap(({ run }) => seeds?.map((seed) => ({ ...run, spec: { ...run.spec, seed } })) ?? [run])
  }
  function* experimentsOf(runs: readonly number[]): Generator<unknown> {
    for (const run of runs) yield store.runs.experimentAsWritten(run)
  }
  return {
    'queue.get': () => ({
      ...overview(),
      jobs: describe(store.jobs.inState('running', 'waiting', 'paused')),
    }),
    'queue.jobs': ({ runs }: Runs) => ({
      ...overview(),
      jobs: describe(
        runs.flatMap((run) => {
          const job = store.jobs.get(run)
          return job && job.state !== 'done' ? [job] : []
        }),
      ),
    }),
    'queue.add': async (input: {
      specs: unknown[]
      seeds?: number[] | undefined
      job?: JobOptions | undefined
    }): Promise<RunSummary[]> => queue.enqueueAll(await prepare(input.specs, input.seeds), input.job),
    'queue.move': ({ runs, before }: Runs & { readonly before: number | null }) => whenDone(actions.move(runs, before)),
    'queue.prioritise': ({ runs, priority }: Runs & { readonly priority: number }) =>
      whenDone(actions.prioritise(runs, priority)),
    'queue.pause': ({ runs }: Runs) => whenDone(actions.pause(runs)),
    'queue.resume': ({ runs, pauseAfterEpoch }: Runs & { readonly pauseAfterEpoch?: number | null | undefined }) =>
      whenDone(actions.resume(runs, { pauseAfterEpoch: pauseAfterEpoch ?? null })),
    'queue.cancel': ({ runs }: Runs) => whenDone(actions.cancel(runs)),
    'queue.retry': ({ runs }: Runs) => whenDone(actions.retry(runs)),
    'queue.duplicate': async ({
      runs,
      seeds,
    }: Runs & { readonly seeds?: number[] | undefined }): Promise<RunSummary[]> => {
      const specs = experimentsOf(runs)
      return queue.enqueueAll(await prepare(specs, seeds))
    },
    'queue.edit': ({ run, ...change }: { run: number } & Partial<Record<keyof JobChange, unknown>>) =>
      whenDone(actions.edit(run, defined(change) as JobChange)),
    'queue.changeRate': async ({ run, learningRate }: { readonly run: number; readonly learningRate: number }) => ({
      step: await queue.changeRate(run, learningRate),
    }),
    'queue.pinCheckpoint': ({
      run,
      step,
      pinned,
    }: {
      readonly run: number
      readonly step: number
      readonly pinned: boolean
    }) => {
      queue.pinCheckpoint(run, step, pinned)
      return {}
    },
    'queue.events': ({ run }: { readonly run: number }): RunEvent[] => {
      store.runs.get(run, 'allow')
      return store.events.ofRun(run).map(({ id, at, type, data }) => ({ id, at, type, data }))
    },
    'queue.replace': async ({ run, spec }: { run: number; spec: unknown }): Promise<RunSummary> => {
      const [prepared] = await prepare([spec], undefined)
      if (!prepared) throw new Error('an experiment was prepared to nothing')
      return actions.replace(run, prepared)
    },
    'queue.hold': ({ held, running = 'goOn' }: { held: boolean; running?: 'goOn' | 'pause' | undefined }) =>
      held ? control.hold(running) : control.release(),
    'queue.configure': (change: QueueSettingsChange): QueueSettings => control.configure(defined(change)),
    'queue.setEndHook': ({ at, hook }: { readonly at: 'run' | 'queue'; readonly hook: EndHook }): QueueSettings =>
      control.configure(at === 'run' ? { atRunEnd: hook } : { atQueueEnd: hook }),
    'queue.undo': async (): Promise<QueueUndo> => {
      await control.undo()
      return undoState()
    },
    'queue.redo': async (): Promise<QueueUndo> => {
      await control.redo()
      return undoState()
    },
    'queue.machine': () => machine.current(),
    'queue.log': ({ run, maxBytes }: { readonly run: number; readonly maxBytes: number }) => {
      store.runs.get(run, 'allow')
      return readLogEnd(queue.logFile(run), maxBytes)
    },
  }
}

/** @throws StudioError `out-of-range` */
function expectCount(count: number): void {
  if (count <= mostAtOnce) return
  const message = `expected at most ${mostAtOnce} runs to be queued at once, experiments times seeds; got ${count}. Queue some of them first`
  throw new StudioError('out-of-range', message, { count })
}

function defined<Change extends object>(change: Change): { [Key in keyof Change]: Exclude<Change[Key], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as never
}
