import type { Command } from 'commander'
import type { RunDetail, RunSummary } from '../../../experiments/runs/run-record.ts'
import { allRuns, runsThatPass } from '../review-table.ts'
import { runNumber, runNumbers } from '../run-number.ts'
import { sessionOf, withService } from '../session.ts'
import { formatCount, formatDuration, formatTable } from '../table.ts'
import { addReviewCommands } from './review.ts'
import { addShareCommands } from './share.ts'

export function addRunsCommand(program: Command): void {
  const runs = program.command('runs').description('what was trained')
  runs
    .command('list')
    .description('list runs, the newest first')
    .option('--filter <expression>', 'e.g. "best.accuracy > 90% and (tag = night or name ~ resnet)"')
    .option('--all', 'archived runs as well')
    .action(async ({ filter = '', all = false }: { filter?: string; all?: boolean }, command: Command) => {
      const session = sessionOf(command)
      const list = await withService(session, async (service) => {
        const passed = filter === '' ? undefined : await runsThatPass(service, filter)
        const runs = await allRuns(service)
        const isShown = ({ id, review }: RunSummary): boolean => (passed ? passed.has(id) : all || !review.archived)
        return runs.filter(isShown)
      })
      session.print(list, formatRuns)
    })
  runs
    .command('show')
    .description('everything about one run')
    .argument('<run>', 'its number', runNumber)
    .action(async (run: number, _options: unknown, command: Command) => {
      const session = sessionOf(command)
      const detail = await withService(session, (service) => service.call('runs.get', { run }))
      session.print(detail, formatRun)
    })
  runs
    .command('stop')
    .description('stop a run; it keeps its last checkpoint')
    .argument('<run>', 'its number', runNumber)
    .action(async (run: number, _options: unknown, command: Command) => {
      const session = sessionOf(command)
      const summary = await withService(session, (service) => service.call('runs.stop', { run }))
      session.print(summary, ({ id, status }) => `run ${id} is ${status === 'running' ? 'stopping' : status}`)
    })
  addReviewCommands(runs)
  addShareCommands(runs)
  for (const [name, done, description] of [
    ['delete', 'deleted', 'take runs out of the list; `runs restore` brings them back'],
    ['restore', 'restored', 'bring deleted runs back'],
  ] as const) {
    runs
      .command(name)
      .description(description)
      .argument('<run...>', 'their numbers', runNumbers)
      .action(async (list: readonly number[], _options: unknown, command: Command) => {
        const session = sessionOf(command)
        await withService(session, (service) => service.call(`runs.${name}`, { runs: [...list] }))
        session.print({ runs: list }, () => `${done}: ${list.join(', ')}`)
      })
  }
}

function formatRuns(list: readonly RunSummary[]): string {
  if (list.length === 0) return 'no runs yet; start one with: strata train EXPERIMENT.json'
  return formatTable(
    ['run', 'name', 'status', 'network', 'dataset', 'epochs', 'best', 'test', 'created'],
    list.map((run) => [
      run.id,
      run.name,
      run.status,
      run.network,
      run.dataset,
      `${run.lastEpoch?.epoch ?? 0}/${run.progress.epochs}`,
      run.best === null ? '-' : percent(run.best.accuracy),
      run.test === null ? '-' : percent(run.test.accuracy),
      new Date(run.createdAt).toISOString().slice(0, 16).replace('T', ' '),
    ]),
  )
}

function formatRun(run: RunDetail): string {
  const seconds = run.startedAt === null ? null : ((run.endedAt ?? Date.now()) - run.startedAt) / 1000
  const lines: (readonly [string, string | null])[] = [
    ['run', `${run.id}  ${run.name}`],
    ['status', run.status],
    ['error', run.error === null ? null : `${run.error.code}: ${run.error.message}`],
    ['network', `${run.network}${run.parameters === null ? '' : `, ${formatCount(run.parameters)} parameters`}`],
    ['dataset', run.dataset],
    [
      'engine',
      run.environment === null
        ? run.engine
        : `${run.engine} ${run.environment.engineVersion}, ${run.environment.device}`,
    ],
    ['training', JSON.stringify(run.spec.train)],
    ['seed', String(run.seed)],
    ['progress', `epoch ${run.progress.epoch}/${run.progress.epochs}, step ${run.progress.step}/${run.progress.steps}`],
    ['duration', seconds === null ? null : formatDuration(seconds)],
    ['best', run.best === null ? null : `${percent(run.best.accuracy)} in epoch ${run.best.epoch}`],
    ['test', run.test === null ? null : `loss ${run.test.loss.toFixed(4)}, accuracy ${percent(run.test.accuracy)}`],
    ['weights', run.weightsSha256],
    ['branch of', run.review.parent === null ? null : `run ${run.review.parent.run}, epoch ${run.review.parent.epoch}`],
    ['tags', run.review.tags.join(', ') || null],
    ['note', run.review.note.split('\n')[0] || null],
    ['checkpoints', run.checkpoints.map(({ epoch }) => `epoch ${epoch}`).join(', ') || null],
  ]
  const head = lines.flatMap(([label, value]) => (value === null ? [] : [`${label.padEnd(12)}${value}`]))
  if (run.epochs.length === 0) return head.join('\n')
  const table = formatTable(
    ['epoch', 'train loss', 'accuracy', 'val. loss', 'accuracy', 'images/s'],
    run.epochs.map(({ epoch, train, validation, imagesPerSecond }) => [
      String(epoch),
      train.loss.toFixed(4),
      percent(train.accuracy),
      validation?.loss.toFixed(4) ?? '-',
      validation ? percent(validation.accuracy) : '-',
      String(Math.round(imagesPerSecond)),
    ]),
  )
  return [...head, '', table].join('\n')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}
