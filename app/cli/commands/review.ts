/** What one does with runs afterwards: compare, mark, take out, export. Added to the command `runs`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import { diffRuns } from '../../../experiments/diff/diff-runs.ts'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { MetricSeries } from '../../../experiments/runs/metric.ts'
import type { RunDetail } from '../../../experiments/runs/run-record.ts'
import {
  runColour,
  runColours,
  runTag,
  type ReviewChange,
  type RunColour,
} from '../../../experiments/runs/run-review.ts'
import { comparePairs, formatPairs } from '../compare-pairs.ts'
import { formatRunsDiff } from '../format-diff.ts'
import { runNumber, runNumbers } from '../run-number.ts'
import { sessionOf, withService, type Session } from '../session.ts'

export function addReviewCommands(runs: Command): void {
  runs
    .command('diff')
    .description(
      'what differs between runs: architecture, settings, environment, results, and whether it is seed noise',
    )
    .argument('<run>', 'the run that the others are compared with', runNumber)
    .argument('<others...>', 'their numbers', runNumbers)
    .option('--paired', 'evaluate on the same test images and compare image by image (McNemar)', false)
    .action(async (first: number, others: readonly number[], options: { paired: boolean }, command: Command) => {
      const session = sessionOf(command)
      const numbers = [first, ...others]
      const [details, siblings] = await withService(session, async (service) => [
        await Promise.all(numbers.map((run) => service.call('runs.get', { run }))),
        await service.call('review.siblings', { runs: numbers }),
      ])
      const diff = diffRuns(details, siblings)
      if (!options.paired) return session.print(diff, formatRunsDiff)
      const paired = await withService(session, (service) => comparePairs(service, first, others))
      session.print({ ...diff, paired }, (all) => `${formatRunsDiff(all)}\n\n${formatPairs(all.paired, first)}`)
    })
  runs
    .command('tag')
    .description('add tags to runs, or remove them')
    .argument('<run...>', 'their numbers', runNumbers)
    .option('--add <tag>', 'a tag (repeatable)', collectTag, [])
    .option('--remove <tag>', 'a tag (repeatable)', collectTag, [])
    .action((list: readonly number[], options: { add: string[]; remove: string[] }, command: Command) => {
      const { add, remove } = options
      if (add.length + remove.length === 0) throw new StudioError('usage', 'name a tag with --add or --remove')
      return mark(sessionOf(command), list, { addTags: add, removeTags: remove }, 'tagged')
    })
  runs
    .command('note')
    .description('write the note of a run (Markdown), or show it')
    .argument('<run>', 'its number', runNumber)
    .argument('[text]', 'the note; "" takes it away; left out: show it')
    .action(async (run: number, text: string | undefined, _options: unknown, command: Command) => {
      const session = sessionOf(command)
      if (text !== undefined) return mark(session, [run], { note: text }, 'noted')
      const { review } = await withService(session, (service) => service.call('runs.get', { run }))
      session.print({ run, note: review.note }, ({ note }) => (note === '' ? 'no note yet' : note))
    })
  runs
    .command('star')
    .description('star runs, and colour them')
    .argument('<run...>', 'their numbers', runNumbers)
    .option('--off', 'take the star away')
    .option('--colour <name>', `${runColours.join(', ')}, or none`, colourName)
    .action((list: readonly number[], options: { off?: true; colour?: RunColour | null }, command: Command) => {
      const { off, colour } = options
      const change = { starred: off !== true, ...(colour !== undefined && { colour }) }
      return mark(sessionOf(command), list, change, off ? 'no longer starred' : 'starred')
    })
  for (const [name, archived] of [
    ['archive', true],
    ['unarchive', false],
  ] as const) {
    runs
      .command(name)
      .description(archived ? 'hide runs from the table; nothing is lost' : 'show archived runs again')
      .argument('<run...>', 'their numbers', runNumbers)
      .action((list: readonly number[], _options: unknown, command: Command) =>
        mark(sessionOf(command), list, { archived }, `${name}d`),
      )
  }
  runs
    .command('export')
    .description('write a run as plain files: run.json, network.json, epochs.csv, metrics.csv, note.md')
    .argument('<run>', 'its number', runNumber)
    .requiredOption('--out <dir>', 'the folder; made when absent')
    .action(async (run: number, { out }: { out: string }, command: Command) => {
      const session = sessionOf(command)
      const [detail, metrics] = await withService(session, (service) =>
        Promise.all([service.call('runs.get', { run }), service.call('runs.metrics', { run })]),
      )
      session.print(
        { run, folder: resolve(out), files: writeRun(resolve(out), detail, metrics) },
        ({ folder, files }) => files.map((file) => join(folder, file)).join('\n'),
      )
    })
}

async function mark(session: Session, runs: readonly number[], change: ReviewChange, done: string): Promise<void> {
  await withService(session, (service) => service.call('review.mark', { runs: [...runs], change }))
  session.print({ runs }, () => `${done}: ${runs.join(', ')}`)
}

function collectTag(value: string, previous: readonly string[]): readonly string[] {
  const { success, error } = runTag.safeParse(value)
  if (!success) throw new InvalidArgumentError(error.issues[0]?.message ?? 'not a tag')
  return [...previous, value]
}

function colourName(text: string): RunColour | null {
  if (text === 'none') return null
  const { success, data } = runColour.safeParse(text)
  if (!success) throw new InvalidArgumentError(`expected one of ${runColours.join(', ')}, none.`)
  return data
}

function writeRun(folder: string, run: RunDetail, metrics: readonly MetricSeries[]): string[] {
  const { networkDocument, epochs, review } = run
  const files: Record<string, string> = {
    'run.json': `${JSON.stringify(run, null, 2)}\n`,
    'network.json': `${JSON.stringify(networkDocument, null, 2)}\n`,
    'epochs.csv': csv([
      [
        'epoch',
        'step',
        'train.loss',
        'train.accuracy',
        'validation.loss',
        'validation.accuracy',
        'seconds',
        'imagesPerSecond',
      ],
      ...epochs.map(({ epoch, step, train, validation, seconds, imagesPerSecond }) => [
        ...[epoch, step, train.loss, train.accuracy],
        ...[validation?.loss ?? '', validation?.accuracy ?? '', seconds, imagesPerSecond],
      ]),
    ]),
    'metrics.csv': csv([
      ['split', 'name', 'step', 'value', 'at'],
      ...metrics.flatMap(({ split, name, steps, values, at }) =>
        steps.map((step, i) => [split, name, step, values[i] ?? '', new Date(at[i] ?? 0).toISOString()]),
      ),
    ]),
    ...(review.note !== '' && { 'note.md': `${review.note}\n` }),
  }
  try {
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  } catch (fault) {
    throw new StudioError('file-write-failed', `${folder}: ${(fault as Error).message}`, { folder }, fault)
  }
  return Object.keys(files)
}

/** Fields of runs are words and numbers: nothing here needs quotes. */
function csv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.join(',')}\n`).join('')
}
