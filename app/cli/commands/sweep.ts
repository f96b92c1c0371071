import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { explainTrial, sweepAnswers, type TrialExplanation } from '../../../experiments/tuning/answers/sweep-answers.ts'
import type { ParallelAdvice } from '../../../experiments/tuning/parallel-advice.ts'
import type { SweepDetail, SweepSummary } from '../../../experiments/tuning/sweep-record.ts'
import { parseSweepSpec, sweepEdit, type SweepEdit, type SweepSpec } from '../../../experiments/tuning/sweep-spec.ts'
import { parseOrThrow } from '../../../experiments/schema/parse.ts'
import { trialValue } from '../../../experiments/tuning/trial-values.ts'
import { StudioError, type JsonValue } from '../../../experiments/errors/studio-error.ts'
import { parseAssignment, setPath } from '../../../experiments/spec/set-path.ts'
import { SweepFollower } from '../follow-sweep.ts'
import type { ServiceClient } from '../../ipc/service-client.ts'
import { sessionOf, withService, type Session } from '../session.ts'
import { StatusLine } from '../status-line.ts'
import { readSweep } from '../sweep-file.ts'
import { formatDuration, formatTable } from '../table.ts'
import { wholeNumber } from '../whole-number.ts'

export function addSweepCommand(program: Command): void {
  const sweep = program.command('sweep').description('search hyper-parameters and variants of a network')
  sweep
    .command('run')
    .description('begin a sweep and follow it to its end')
    .argument('<sweep>', 'a sweep file (JSON), or the name of a ready-made sweep: zfnet')
    .option('--set <path=value>', 'change one value, e.g. budget.trials=20 (repeatable)', collect, [])
    .option('--fill-cores', 'as many trials at a time as pay here, which is measured first')
    .option('--detach', 'begin it and leave')
    .action((source: string, options: RunOptions, command: Command) => run(sessionOf(command), source, options))
  sweep
    .command('list')
    .description('all sweeps, the newest first')
    .action(async (_options: object, command: Command) => {
      const session = sessionOf(command)
      const sweeps = await withService(session, (service) => service.call('sweeps.list', {}))
      session.print(sweeps, formatSweeps)
    })
  sweep
    .command('show')
    .description('a sweep with its trials, its best configuration and what mattered')
    .argument('<id>', 'number of the sweep', sweepNumber)
    .action(async (id: number, _options: object, command: Command) => {
      const session = sessionOf(command)
      const detail = await withService(session, (service) => service.call('sweeps.get', { sweep: id }))
      session.print({ ...detail, answers: sweepAnswers(detail) }, formatSweep)
    })
  simple(sweep, 'pause', 'pause a sweep; running trials end with a checkpoint', 'sweeps.pause')
  simple(sweep, 'resume', 'go on with a paused or ended sweep', 'sweeps.resume')
  simple(sweep, 'retry', 'train the failed trials of a sweep again, only those', 'sweeps.retryFailed')
  sweep
    .command('extend')
    .description('give a sweep more trials or epochs and go on; without options as much again')
    .argument('<id>', 'number of the sweep', sweepNumber)
    .option('--trials <n>', 'so many more trials', wholeNumber)
    .option('--epochs <n>', 'so many more epochs, all trials together', wholeNumber)
    .action(async (id: number, options: { trials?: number; epochs?: number }, command: Command) => {
      const session = sessionOf(command)
      const result = await withService(session, (service) => service.call('sweeps.extend', { sweep: id, ...options }))
      session.print(result, formatState)
    })
  sweep
    .command('edit')
    .description('change what a sweep searches, or when it is over; trials so far stay')
    .argument('<id>', 'number of the sweep', sweepNumber)
    .argument('[file]', 'a sweep file whose space, search, budget and the like to take over')
    .option(
      '--set <path=value>',
      'change one value, e.g. space.0.range=[0.01,0.1] or target=0.9 (repeatable)',
      collect,
      [],
    )
    .action(async (id: number, file: string | undefined, { set }: { set: readonly string[] }, command: Command) => {
      const session = sessionOf(command)
      if (file === undefined && set.length === 0) {
        throw new StudioError('usage', 'name what to change, such as: sweep edit 3 --set budget.trials=40')
      }
      const result = await withService(session, async (service) => {
        const { spec } = await service.call('sweeps.get', { sweep: id })
        const begun: unknown =
          file === undefined ? spec : { ...spec, ...editableOf(parseSweepSpec(readSweep(file), file)) }
        const wanted = set.map(parseAssignment).reduce((json, { path, value }) => setPath(json, path, value), begun)
        return service.call('sweeps.edit', { sweep: id, change: changeOf(spec, wanted) })
      })
      session.print(result, formatState)
    })
  sweep
    .command('branch')
    .description('train a trial on to its full length, from its last checkpoint')
    .argument('<id>', 'number of the sweep', sweepNumber)
    .option('--trial <n>', 'which trial; default: the best', wholeNumber)
    .option(
      '--epochs <n>',
      'epochs in all; default: fullEpochs of the sweep, or three times those of a trial',
      wholeNumber,
    )
    .action(async (id: number, options: { trial?: number; epochs?: number }, command: Command) => {
      const session = sessionOf(command)
      const added = await withService(session, async (service) => {
        const { best } = await service.call('sweeps.get', { sweep: id })
        const trial = options.trial ?? best?.trial
        if (trial === undefined) {
          throw new StudioError('sweep-state', `sweep ${id} has no result yet: name a trial with --trial`, {
            sweep: id,
          })
        }
        const { epochs } = options
        return service.call('sweeps.branch', { sweep: id, trial, ...(epochs !== undefined && { epochs }) })
      })
      session.print(added, (queued) => `run ${queued.id} queued: ${queued.name}`)
    })
}

interface RunOptions {
  readonly set: readonly string[]
  readonly fillCores?: boolean
  readonly detach?: boolean
}

function simple(
  sweep: Command,
  name: string,
  description: string,
  procedure: 'sweeps.pause' | 'sweeps.resume' | 'sweeps.retryFailed',
): void {
  sweep
    .command(name)
    .description(description)
    .argument('<id>', 'number of the sweep', sweepNumber)
    .action(async (id: number, _options: object, command: Command) => {
      const session = sessionOf(command)
      const result = await withService(session, (service) => service.call(procedure, { sweep: id }))
      session.print(result, formatState)
    })
}

async function run(session: Session, source: string, { set, fillCores, detach }: RunOptions): Promise<void> {
  const spec = set.map(parseAssignment).reduce((json, { path, value }) => setPath(json, path, value), readSweep(source))
  await withService(session, async (service) => {
    const line = new StatusLine(session.json)
    const say = (text: string) => {
      line.clear()
      if (!session.json) process.stdout.write(`${text}\n`)
    }
    const follower = new SweepFollower(service, {
      trial: (sweep, trial, value) => {
        const { number, configuration, state, run: trained, target } = trial
        const why = explainTrial(sweep, trial)
        session.event({ event: 'trial', trial: number, run: trained, state, epochs: target, value, configuration, why })
        say(`trial ${number}  ${formatConfiguration(configuration)}  ${describeTrial(state, value, sweep, why)}`)
      },
      progress: (sweep) => line.show(formatState(sweep)),
    })
    const advice = fillCores === true ? await adviceFor(service, parseSweepSpec(spec, source)) : undefined
    if (advice) say(describeAdvice(advice))
    const begun = await service.call('sweeps.create', {
      spec: advice ? setPath(spec, 'parallel', advice.parallel) : spec,
    })
    session.event({ event: 'started', sweep: begun.id })
    say(
      `sweep ${begun.id}: ${begun.name}, ${begun.search}${begun.fidelity === 'none' ? '' : ` with ${begun.fidelity}`}`,
    )
    if (detach === true) return
    const stop = pauseOnInterrupt(() => service.call('sweeps.pause', { sweep: begun.id }), begun.id)
    const end = await follower.follow(begun.id)
    stop()
    const answers = sweepAnswers(end)
    session.event({
      event: 'finished',
      sweep: end.id,
      state: end.state,
      problem: end.problem,
      best: answers.best,
      spent: end.spent,
    })
    say(formatSweep({ ...end, answers }))
    if (end.state === 'failed') {
      const { code, message, details } = end.problem ?? { code: 'internal', message: 'the sweep failed', details: {} }
      throw new StudioError(code as StudioError['code'], `sweep ${end.id}: ${message}`, details)
    }
    if (end.state !== 'done') process.exitCode = 1
  })
}

function adviceFor(service: ServiceClient, { name, experiment }: SweepSpec): Promise<ParallelAdvice> {
  return service.call('sweeps.adviseParallel', { experiment: { name, ...experiment } })
}

function describeAdvice({ parallel, reason, cores, idleCores, rates }: ParallelAdvice): string {
  const measured = rates.map((rate) => `${rate.parallel}: ${rate.imagesPerSecond.toFixed(0)} images/s`).join(', ')
  const idle = idleCores === null ? '' : `; ${idleCores.toFixed(1)} of ${cores} cores idle`
  return `trials at a time: ${parallel} (${reason}${measured === '' ? '' : `; ${measured}`}${idle})`
}

/** Of a whole sweep file, what a sweep that has begun can take over. */
function editableOf(spec: SweepSpec): Partial<SweepSpec> {
  return Object.fromEntries(Object.entries(spec).filter(([key]) => Object.hasOwn(sweepEdit.shape, key)))
}

/** What of a sweep is different. @throws StudioError where that stays as it began */
function changeOf(before: SweepSpec, wanted: unknown): SweepEdit {
  const now = wanted as Readonly<Record<string, JsonValue | undefined>>
  const keys = new Set([...Object.keys(before), ...Object.keys(now)])
  const changed = [...keys].filter((key) => JSON.stringify(now[key]) !== JSON.stringify(before[key as keyof SweepSpec]))
  const fixed = changed.filter((key) => !Object.hasOwn(sweepEdit.shape, key))
  if (fixed.length > 0) {
    const message = `${fixed.join(', ')}: a sweep that has begun keeps this, its trials were compared by it; begin another sweep. What can be changed: ${Object.keys(sweepEdit.shape).join(', ')}`
    throw new StudioError('usage', message, { keys: fixed })
  }
  return parseOrThrow(sweepEdit, Object.fromEntries(changed.map((key) => [key, now[key] ?? null])), 'sweep')
}

/** Ctrl+C pauses the sweep, whose trials write checkpoints first; pressed again it leaves at once. */
function pauseOnInterrupt(pause: () => Promise<unknown>, sweep: number): () => void {
  const onInterrupt = (): void => {
    process.once('SIGINT', () => process.exit(130))
    process.stderr.write(`\npausing; "strata sweep resume ${sweep}" goes on; press Ctrl+C again to leave at once\n`)
    pause().catch((fault: unknown) => process.stderr.write(`${String(fault)}\n`))
  }
  process.once('SIGINT', onInterrupt)
  return () => process.removeListener('SIGINT', onInterrupt)
}

function formatSweeps(sweeps: readonly SweepSummary[]): string {
  if (sweeps.length === 0) return 'no sweep yet; "strata sweep run FILE" begins one'
  const rows = sweeps.map((sweep) => [
    ...[sweep.id, sweep.name, sweep.state, `${sweep.spent.trials}/${sweep.budget.trials ?? '-'}`],
    ...[sweep.best ? formatValue(sweep.best.value, sweep.objective.metric) : '-', sweep.axes.join(', ')],
  ])
  return formatTable(['sweep', 'name', 'state', 'trials', 'best', 'axes'], rows)
}

function formatState({ id, state, counts, spent, budget, best, objective }: SweepSummary): string {
  const tail = best ? `, best ${formatValue(best.value, objective.metric)} (trial ${best.trial})` : ''
  const out = counts.impossible > 0 ? `, ${counts.impossible} impossible` : ''
  const trials = `${spent.trials}${budget.trials === null ? '' : `/${budget.trials}`} trials`
  const epochs = `${spent.epochs}${budget.epochs === null ? '' : `/${budget.epochs}`} epochs`
  return `sweep ${id} ${state}: ${trials}, ${epochs}${out}${tail}`
}

function formatSweep(sweep: SweepDetail & { answers: ReturnType<typeof sweepAnswers> }): string {
  const { answers, objective } = sweep
  const rows = sweep.trials.map((trial) => {
    const value = trialValue(trial, sweep.spec.objectives[0] ?? { metric: 'accuracy' })
    return [
      ...[trial.number, trial.state, trial.run ?? '-', trial.target],
      value === null ? '-' : formatValue(value, objective.metric),
      formatConfiguration(trial.configuration),
      describeWhy(explainTrial(sweep, trial)),
    ]
  })
  const parts = [formatState(sweep)]
  if (sweep.problem) parts.push(`${sweep.problem.code}: ${sweep.problem.message}`)
  if (rows.length > 0)
    parts.push(formatTable(['trial', 'state', 'run', 'epochs', objective.metric, 'configuration', 'why'], rows))
  if (answers.best) parts.push(formatBest(sweep, answers.best))
  if (answers.importance.length > 0) {
    const { epochs, trials } = answers.importanceFrom
    const shares = answers.importance.map(({ axis, share, low, high }) => [
      axis,
      percent(share),
      `${percent(low)} - ${percent(high)}`,
    ])
    parts.push(
      `what mattered, from ${trials} trials at epoch ${epochs}\n${formatTable(['axis', 'share', '90 % of the trees'], shares)}`,
    )
  }
  if (sweep.spec.objectives.length > 1) parts.push(`trials that no other one beats: ${answers.front.join(', ')}`)
  return parts.join('\n\n')
}

function formatBest(sweep: SweepDetail, best: NonNullable<ReturnType<typeof sweepAnswers>['best']>): string {
  const { metric } = sweep.objective
  const trial = sweep.trials.find(({ number }) => number === best.trial)
  const basis = best.basis === 'seeds' ? `${best.seeds} seeds` : `${sweep.facts.heldOut} held-out examples`
  const margin = best.margin === null ? '' : ` +- ${formatValue(best.margin, metric)} (${basis})`
  const { runnerUp } = best
  const against =
    runnerUp === null
      ? ''
      : `; trial ${runnerUp.trial} has ${formatValue(runnerUp.value, metric)}` +
        (runnerUp.probability === null ? '' : `, behind with ${percent(runnerUp.probability)}`)
  return `best: trial ${best.trial}, ${metric} ${formatValue(best.value, metric)}${margin}${against}\n  ${formatConfiguration(trial?.configuration ?? {})}`
}

function describeTrial(state: string, value: number | null, sweep: SweepDetail, why: TrialExplanation): string {
  const result = value === null ? '' : `  ${sweep.objective.metric} ${formatValue(value, sweep.objective.metric)}`
  return `${state}${result}  ${describeWhy(why)}`.trimEnd()
}

function describeWhy(why: TrialExplanation): string {
  switch (why.type) {
    case 'rung':
      return why.rank <= why.cut
        ? `place ${why.rank} of ${why.of} at epoch ${why.epochs}: goes on`
        : `place ${why.rank} of ${why.of} at epoch ${why.epochs}: the best ${why.cut} go on`
    case 'median':
      return `behind the median of ${why.verdict.others} at epoch ${why.verdict.epoch}`
    case 'failed':
    case 'impossible':
      return `${why.code}: ${why.message}`
    case 'byPerson':
      return 'stopped by hand'
    case 'held':
      return 'paused'
    default:
      return ''
  }
}

function formatConfiguration(configuration: Readonly<Record<string, JsonValue>>): string {
  return Object.entries(configuration)
    .map(
      ([name, value]) => `${name}=${typeof value === 'number' ? Number(value.toPrecision(4)) : JSON.stringify(value)}`,
    )
    .join(' ')
}

function formatValue(value: number, metric: string): string {
  if (metric === 'accuracy') return percent(value)
  if (metric === 'seconds') return formatDuration(value)
  return metric === 'loss' ? value.toFixed(4) : Math.round(value).toLocaleString('en-US')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}

function sweepNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('a sweep is named by its number, see "sweep list".')
  return Number(text)
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value]
}
