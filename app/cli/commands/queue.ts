import { InvalidArgumentError, type Command } from 'commander'
import type { RunSummary } from '../../../experiments/runs/run-record.ts'
import type { JobOptions, QueueUndo } from '../../../experiments/queue/job-record.ts'
import { planNight, type JobToPlan, type NightPlan } from '../../../experiments/queue/plan-night.ts'
import { inStartOrder } from '../../../experiments/queue/start-order.ts'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { parseAssignment, setPath } from '../../../experiments/spec/set-path.ts'
import type { ServiceClient } from '../../ipc/service-client.ts'
import type { StudioOutput } from '../../ipc/studio-contract.ts'
import { readExperiment } from '../experiment-file.ts'
import { runNumber, runNumbers } from '../run-number.ts'
import { sessionOf, withService, type Session } from '../session.ts'
import { formatDuration, formatTable } from '../table.ts'
import { formatWindow, parseWindow } from '../time-window.ts'
import { countingNumber, wholeNumber } from '../whole-number.ts'

interface AddOptions {
  readonly set: readonly string[]
  readonly seeds?: readonly number[]
  readonly priority?: number
  readonly pauseAfterEpoch?: number
  readonly paused?: boolean
}

type QueueState = StudioOutput<'queue.get'>

export function addQueueCommand(program: Command): void {
  const queue = program.command('queue').description('what waits, trains and is paused, and when')
  queue
    .command('list')
    .description('the queue in its order')
    .action((_options: unknown, command: Command) => list(sessionOf(command)))
  queue
    .command('add')
    .description('queue an experiment, once for each seed')
    .argument('<experiment>', 'an experiment file (JSON)')
    .option('--set <path=value>', 'change one value (repeatable)', collect, [])
    .option('--seeds <list>', 'seeds to train with, e.g. 1,2,3 or 1-5', seedList)
    .option('--priority <n>', 'higher ones run first, -100 to 100', priorityNumber)
    .option('--pause-after-epoch <n>', 'pause by itself when this epoch is finished', countingNumber)
    .option('--paused', 'begin paused')
    .action((file: string, options: AddOptions, command: Command) => add(sessionOf(command), file, options))
  queue
    .command('edit')
    .description('change the experiment of a run that has not begun; it keeps its place and gets a new number')
    .argument('<run>', 'its number', runNumber)
    .option('--set <path=value>', 'change one value, e.g. train.learningRate=0.01 (repeatable)', collect, [])
    .action((run: number, { set }: { set: readonly string[] }, command: Command) => edit(sessionOf(command), run, set))
  queue
    .command('move')
    .description('put a waiting run at a place of the line; 1 is the next to run')
    .argument('<run>', 'its number', runNumber)
    .argument('<position>', 'from 1', countingNumber)
    .action((run: number, position: number, _options: unknown, command: Command) =>
      move(sessionOf(command), run, position),
    )
  addRunsAction(queue, 'pause', 'pause runs; what trains writes a checkpoint and frees its memory')
  addRunsAction(queue, 'cancel', 'stop runs, or take them out of the queue')
  addRunsAction(queue, 'retry', 'let failed or stopped runs go on from their last checkpoint')
  queue
    .command('duplicate')
    .description('queue the experiments of runs again, from their beginning')
    .argument('<run...>', 'their numbers', runNumbers)
    .action(async (runs: number[], _options: unknown, command: Command) => {
      const session = sessionOf(command)
      session.print(await withService(session, (service) => service.call('queue.duplicate', { runs })), addedText)
    })
  queue
    .command('resume')
    .description('let paused runs go on, or the whole queue when no run is named')
    .argument('[run...]', 'their numbers', runNumbers)
    .option('--pause-after-epoch <n>', 'pause again when this epoch is finished', countingNumber)
    .action((runs: number[] | undefined, options: { pauseAfterEpoch?: number }, command: Command) =>
      resume(sessionOf(command), runs ?? [], options),
    )
  queue
    .command('rate')
    .description('set the learning rate of an open run, from its next step on; schedules go on from there')
    .argument('<run>', 'its number', runNumber)
    .argument('<rate>', 'such as 0.001', positiveNumber)
    .action(async (run: number, learningRate: number, _options: unknown, command: Command) => {
      const session = sessionOf(command)
      const answer = await withService(session, (service) => service.call('queue.changeRate', { run, learningRate }))
      session.print(
        { run, learningRate, ...answer },
        () => `run ${run} trains with ${learningRate} from step ${answer.step + 1} on`,
      )
    })
  queue
    .command('stop-after')
    .description('finish a run, with its test result, after an epoch')
    .argument('<run>', 'its number', runNumber)
    .argument('<epoch>', 'its number, "current", or "none" to train them all', epochWord)
    .action((run: number, stopAfterEpoch: number | 'current' | null, _options: unknown, command: Command) =>
      act(sessionOf(command), (service) => service.call('queue.edit', { run, stopAfterEpoch })),
    )
  queue
    .command('pause-after')
    .description('pause a run by itself after an epoch')
    .argument('<run>', 'its number', runNumber)
    .argument('<epoch>', 'its number, "current", or "none" not to pause', epochWord)
    .action((run: number, pauseAfterEpoch: number | 'current' | null, _options: unknown, command: Command) =>
      act(sessionOf(command), (service) => service.call('queue.edit', { run, pauseAfterEpoch })),
    )
  queue
    .command('pin')
    .description('keep a checkpoint of a run for good; the newest two and the best one stay anyway')
    .argument('<run>', 'its number', runNumber)
    .argument('<step>', 'of the checkpoint, as "runs show" names it', wholeNumber)
    .option('--off', 'let it go again')
    .action((run: number, step: number, { off }: { off?: boolean }, command: Command) =>
      act(sessionOf(command), (service) => service.call('queue.pinCheckpoint', { run, step, pinned: off !== true })),
    )
  queue
    .command('events')
    .description('what happened to a run, oldest first')
    .argument('<run>', 'its number', runNumber)
    .action(async (run: number, _options: unknown, command: Command) => {
      const session = sessionOf(command)
      const events = await withService(session, (service) => service.call('queue.events', { run }))
      session.print(events, () =>
        events
          .map(({ at, type, data }) => `${new Date(at).toISOString()}  ${type}  ${JSON.stringify(data)}`)
          .join('\n'),
      )
    })
  queue
    .command('at-end')
    .description(
      'run a command, or send JSON to an address, at the end of each run or of the queue; without either, do nothing',
    )
    .argument('<of>', 'run or queue', choice('run', 'queue'))
    .option(
      '--command <command>',
      'for the shell; STRATA_RUN, STRATA_NAME, STRATA_STATUS and STRATA_ACCURACY say what ended',
    )
    .option('--webhook <url>', 'receives a POST', webAddress)
    .action((at: 'run' | 'queue', { command, webhook }: { command?: string; webhook?: string }, caller: Command) =>
      act(sessionOf(caller), (service) =>
        service.call('queue.setEndHook', { at, hook: { command: command ?? null, webhook: webhook ?? null } }),
      ),
    )
  queue
    .command('keep-awake')
    .description('whether this computer is kept from falling asleep while a job trains')
    .argument('<word>', 'on or off', choice('on', 'off'))
    .action((word: 'on' | 'off', _options: unknown, command: Command) =>
      act(sessionOf(command), (service) => service.call('queue.configure', { keepAwake: word === 'on' })),
    )
  queue
    .command('hold')
    .description('start nothing more; what trains goes on ("queue resume" ends it)')
    .option('--now', 'pause what trains, too; it goes on with "queue resume"')
    .action(({ now }: { now?: boolean }, command: Command) =>
      act(sessionOf(command), (service) =>
        service.call('queue.hold', { held: true, running: now === true ? 'pause' : 'goOn' }),
      ),
    )
  queue
    .command('priority')
    .description('give runs a priority, -100 to 100')
    .argument('<priority>', 'higher ones run first', priorityNumber)
    .argument('<run...>', 'their numbers', runNumbers)
    .action((priority: number, runs: number[], _options: unknown, command: Command) =>
      act(sessionOf(command), (service) => service.call('queue.prioritise', { runs, priority })),
    )
  queue
    .command('slots')
    .description('how many runs may train at once on a device')
    .argument('<device>', 'such as cpu')
    .argument('<n>', 'from 1', countingNumber)
    .action((device: string, count: number, _options: unknown, command: Command) =>
      act(sessionOf(command), async (service) => {
        const { settings } = await service.call('queue.jobs', { runs: [] })
        return service.call('queue.configure', { slots: { ...settings.slots, [device]: count } })
      }),
    )
  queue
    .command('order')
    .description('in which order runs start: manual, or the shortest first so that most are done in the morning')
    .argument('<order>', 'manual or shortest', choice('manual', 'shortest'))
    .action((order: 'manual' | 'shortest', _options: unknown, command: Command) =>
      act(sessionOf(command), (service) => service.call('queue.configure', { order })),
    )
  queue
    .command('window')
    .description(
      'when runs may train: window set 22:00-07:00 | window set mon-fri 22:00-07:00 sat,sun 00:00-00:00 | window clear',
    )
    .argument('<action>', 'set or clear', choice('set', 'clear'))
    .argument('[window...]', 'days and hours in the local time of this machine')
    .option('--deadline <time>', 'when results are wanted, such as 2026-11-26T08:00; "none" forgets it')
    .action((action: 'set' | 'clear', words: string[], options: { deadline?: string }, command: Command) =>
      setWindows(sessionOf(command), action, words, options.deadline),
    )
  for (const [name, opposite, done, description] of [
    ['undo', 'redo', 'taken back', 'take the last action of the queue back'],
    ['redo', 'undo', 'done again', 'bring the last action that was taken back again'],
  ] as const) {
    queue
      .command(name)
      .description(description)
      .action(async (_options: unknown, command: Command) => {
        const session = sessionOf(command)
        const state = await withService(session, (service) => service.call(`queue.${name}`, {}))
        // What was taken back can be done again now, and the other way round.
        session.print(state, () => `${done}: ${actionText(state[opposite])}`)
      })
  }
  queue
    .command('log')
    .description('the end of what the processes of a run printed')
    .argument('<run>', 'its number', runNumber)
    .action(async (run: number, _options: unknown, command: Command) => {
      const session = sessionOf(command)
      const log = await withService(session, (service) => service.call('queue.log', { run }))
      session.print(log, ({ text }) => text.trimEnd() || `run ${run} has not trained yet`)
    })
}

function addRunsAction(queue: Command, name: 'pause' | 'cancel' | 'retry', description: string): void {
  queue
    .command(name)
    .description(description)
    .argument('<run...>', 'their numbers', runNumbers)
    .action((runs: number[], _options: unknown, command: Command) =>
      act(sessionOf(command), (service) => service.call(`queue.${name}`, { runs })),
    )
}

async function list(session: Session): Promise<void> {
  const [queue, runs] = await withService(session, (service) =>
    Promise.all([service.call('queue.get', {}), service.call('runs.list', {})]),
  )
  const summaries = new Map(runs.map((run) => [run.id, run]))
  const plan = planOf(queue, summaries)
  const jobs = inStartOrder(queue.jobs, queue.settings.order).map((job, index) => {
    const { start = null, end = null } = plan.jobs.get(job.run) ?? {}
    return { ...job, place: index + 1, name: summaries.get(job.run)?.name ?? '', expected: { start, end } }
  })
  const { end, late, unplanned } = plan
  session.print({ ...queue, jobs, plan: { end, late, unplanned } }, () =>
    formatQueue({ ...queue, jobs }, summaries, plan),
  )
}

/** When everything will be done, as the window says it. */
function planOf(queue: QueueState, runs: ReadonlyMap<number, RunSummary>): NightPlan {
  const line = inStartOrder(queue.jobs, queue.settings.order).flatMap((job): JobToPlan | [] => {
    const { run, state, device, slots } = job
    if (state !== 'running' && state !== 'waiting') return []
    const measured = state === 'running' ? runs.get(run)?.progress.secondsLeft : undefined
    return { run, state, device, slots, seconds: measured ?? job.estimate?.seconds ?? null }
  })
  return planNight(line, queue.settings, Date.now())
}

async function add(session: Session, file: string, options: AddOptions): Promise<void> {
  const changes = options.set.map(parseAssignment)
  const spec = readExperiment(file, (json) =>
    changes.reduce((spec, { path, value }) => setPath(spec, path, value), json),
  )
  const job: JobOptions = {
    ...(options.priority !== undefined && { priority: options.priority }),
    ...(options.pauseAfterEpoch !== undefined && { pauseAfterEpoch: options.pauseAfterEpoch }),
    ...(options.paused === true && { paused: true }),
  }
  const seeds = options.seeds && { seeds: [...options.seeds] }
  const added = await withService(session, (service) => service.call('queue.add', { specs: [spec], ...seeds, job }))
  session.print(added, addedText)
}

function addedText(runs: readonly RunSummary[]): string {
  return runs.map((run) => `run ${run.id} ${run.status}: ${run.name}, seed ${run.seed}`).join('\n')
}

/** What was done with which runs; a long list of them is cut. */
function actionText(entry: QueueUndo['undo']): string {
  if (entry === null) return 'nothing'
  const { action, runs } = entry
  if (runs.length === 0) return action
  const few = runs.slice(0, 10).join(', ')
  return `${action} ${runs.length === 1 ? 'run' : 'runs'} ${few}${runs.length > 10 ? ` and ${runs.length - 10} more` : ''}`
}

async function edit(session: Session, run: number, assignments: readonly string[]): Promise<void> {
  if (assignments.length === 0) {
    throw new StudioError('usage', 'name what to change, such as: queue edit 3 --set train.learningRate=0.01')
  }
  const changes = assignments.map(parseAssignment)
  const replaced = await withService(session, async (service) => {
    const { spec, networkDocument } = await service.call('runs.get', { run })
    // As `queue duplicate` does: the document is at hand, the file that it came from may be gone.
    const written: unknown = 'file' in spec.network ? { ...spec, network: { document: networkDocument } } : spec
    const changed = changes.reduce((spec, { path, value }) => setPath(spec, path, value), written)
    return service.call('queue.replace', { run, spec: changed })
  })
  session.print(replaced, () => `run ${run} became run ${replaced.id} ${replaced.status}: ${replaced.name}`)
}

async function move(session: Session, run: number, position: number): Promise<void> {
  await act(session, async (service) => {
    const { jobs } = await service.call('queue.get', {})
    const line = jobs.filter((job) => job.state !== 'running' && job.run !== run)
    return service.call('queue.move', { runs: [run], before: line[position - 1]?.run ?? null })
  })
}

async function resume(session: Session, runs: readonly number[], options: { pauseAfterEpoch?: number }): Promise<void> {
  await act(session, (service) =>
    runs.length === 0
      ? service.call('queue.hold', { held: false })
      : service.call('queue.resume', { runs: [...runs], pauseAfterEpoch: options.pauseAfterEpoch ?? null }),
  )
}

async function setWindows(
  session: Session,
  action: 'set' | 'clear',
  words: readonly string[],
  deadline: string | undefined,
): Promise<void> {
  if (action === 'set' && words.length === 0 && deadline === undefined) {
    throw new StudioError('usage', 'name the hours, such as: queue window set mon-fri 22:00-07:00')
  }
  if (action === 'clear' && words.length > 0) {
    throw new StudioError('usage', `"window clear" forgets all hours; ${words.join(' ')} are words too many`)
  }
  const windows = action === 'clear' ? [] : parseWindow(words)
  const until = action === 'clear' ? null : deadline === undefined ? undefined : deadlineOf(deadline)
  await act(session, (service) =>
    service.call('queue.configure', {
      ...((action === 'clear' || words.length > 0) && { windows }),
      ...(until !== undefined && { deadline: until }),
    }),
  )
}

function deadlineOf(text: string): number | null {
  if (text === 'none') return null
  const at = new Date(text).getTime()
  if (Number.isNaN(at)) throw new StudioError('usage', `${text} is not a time; write it as 2026-11-26T08:00`)
  return at
}

/** Does something, then shows the queue as it is now. */
async function act(session: Session, call: (service: ServiceClient) => Promise<unknown>): Promise<void> {
  const result = await withService(session, call)
  session.print(result, () => 'done; "strata queue list" shows the queue')
}

function formatQueue(queue: QueueState, runs: ReadonlyMap<number, RunSummary>, plan: NightPlan): string {
  const { settings, window, jobs, awake, hookProblem } = queue
  const lines = [
    settings.hold === null ? null : `the queue is paused: ${settings.hold.message}`,
    settings.windows.length === 0 ? null : `windows: ${settings.windows.map(formatWindow).join(', ')}`,
    window.open || window.changesAt === null ? null : `closed until ${localTime(window.changesAt)}`,
    settings.deadline === null ? null : `deadline: ${localTime(settings.deadline)}`,
    plan.end === null ? null : `all done: ${localTime(plan.end)}${settings.hold === null ? '' : ', if resumed now'}`,
    plan.late.length === 0 ? null : `after the deadline: ${plan.late.length} of ${plan.jobs.size} jobs`,
    plan.unplanned.length === 0
      ? null
      : `cannot be planned, too long or of unknown duration: ${plan.unplanned.length} jobs`,
    awake.state === 'failed' ? `this computer may fall asleep while it trains: ${awake.detail}` : null,
    hookProblem === null ? null : `what was to be done at the end did not work: ${hookProblem}`,
  ].filter((line) => line !== null)
  if (jobs.length === 0)
    return [...lines, 'the queue is empty; add to it with: strata queue add EXPERIMENT.json'].join('\n')
  const endOf = (run: number): string => {
    const planned = plan.jobs.get(run)
    return planned ? localTime(planned.end) : '-'
  }
  const table = formatTable(
    ['place', 'run', 'name', 'state', 'device', 'priority', 'epochs', 'left', 'ends', 'note'],
    jobs.map((job, index) => {
      const run = runs.get(job.run)
      const left = run?.progress.secondsLeft ?? job.estimate?.seconds
      return [
        index + 1,
        job.run,
        run?.name ?? '',
        job.state,
        job.device,
        job.priority,
        `${run?.lastEpoch?.epoch ?? 0}/${run?.progress.epochs ?? 0}`,
        left === undefined ? '-' : formatDuration(left),
        endOf(job.run),
        job.reason ?? (job.pauseAfterEpoch === null ? '' : `pauses after epoch ${job.pauseAfterEpoch}`),
      ]
    }),
  )
  return [...lines, table].join('\n')
}

function localTime(at: number): string {
  return new Date(at).toLocaleString('sv-SE').slice(0, 16)
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value]
}

function choice<T extends string>(...allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((word) => word === text.toLowerCase())
    if (found === undefined) throw new InvalidArgumentError(`expected ${allowed.join(' or ')}.`)
    return found
  }
}

function positiveNumber(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 1000)) throw new InvalidArgumentError('a number above 0, up to 1000.')
  return value
}

function webAddress(text: string): string {
  if (!/^https?:\/\/./.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('an address that begins with http:// or https://.')
  return text
}

function epochWord(text: string): number | 'current' | null {
  if (text === 'current') return text
  return text === 'none' ? null : countingNumber(text)
}

function priorityNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || Math.abs(value) > 100)
    throw new InvalidArgumentError('a whole number from -100 to 100.')
  return value
}

/** `1,2,3` or `1-5`. */
function seedList(text: string): readonly number[] {
  const seeds = text.split(',').flatMap((part) => {
    const range = /^(\d+)-(\d+)$/.exec(part)
    if (!range) return [wholeNumber(part)]
    const [from, to] = [Number(range[1]), Number(range[2])]
    if (to < from || to - from >= 1000) throw new InvalidArgumentError('a range of at most 1000 seeds, such as 1-5.')
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  })
  return [...new Set(seeds)]
}
