import { InvalidArgumentError, type Command } from 'commander'
import {
  combination,
  type EvaluationMember,
  type EvaluationReport,
} from '../../../experiments/evaluation/evaluation-record.ts'
import { parseOrThrow } from '../../../experiments/schema/parse.ts'
import { sessionOf, withService, type Session } from '../session.ts'
import { StatusLine } from '../status-line.ts'
import { formatTable } from '../table.ts'

interface EvaluateOptions {
  readonly crops: 1 | 5 | 10 | 'dense'
  readonly combine: string
}

export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('test metrics of a run, or of several as an ensemble')
    .argument('<runs>', 'numbers of runs, separated by commas; 12@3 takes epoch 3 of run 12', members)
    .option('--crops <n>', 'views of each image: 1, 5, 10 or dense', crops, 1)
    .option('--combine <how>', 'average, vote or greedy', 'average')
    .action((list: EvaluationMember[], options: EvaluateOptions, command: Command) =>
      evaluate(sessionOf(command), list, options),
    )
}

function members(text: string): EvaluationMember[] {
  return text.split(',').map((word) => {
    const [, run, epoch] = /^\s*([1-9]\d{0,14})(?:@(\d{1,9}))?\s*$/.exec(word) ?? []
    if (run === undefined) throw new InvalidArgumentError('expected numbers of runs, such as 12 or 12,13,14@5.')
    return epoch === undefined ? { run: Number(run) } : { run: Number(run), epoch: Number(epoch) }
  })
}

function crops(text: string): EvaluateOptions['crops'] {
  if (text === 'dense') return text
  const count = Number(text)
  if (count === 1 || count === 5 || count === 10) return count
  throw new InvalidArgumentError('expected 1, 5, 10 or dense.')
}

async function evaluate(
  session: Session,
  list: EvaluationMember[],
  { crops, combine }: EvaluateOptions,
): Promise<void> {
  const how = parseOrThrow(combination, combine, '--combine')
  const line = new StatusLine(session.json)
  const task = `cli-${process.pid}`
  const report = await withService(session, async (service) => {
    service.on('evaluation.progress', (progress) => {
      if (progress.task !== task) return
      const { run, done, total } = progress
      line.showShare(`run ${run}`, done / total, `${done} of ${total} images`)
    })
    const cancel = (): void => void service.call('evaluation.cancel', { task }).catch(() => undefined)
    process.once('SIGINT', cancel)
    try {
      return await service.call('evaluation.run', { members: list, crops, combine: how, task })
    } finally {
      process.removeListener('SIGINT', cancel)
      line.clear()
    }
  })
  session.print(report, formatReport)
}

function formatReport(report: EvaluationReport): string {
  const { dataset, members, classes, gain, views } = report
  const how = members.length === 1 ? '' : `, ${members.length} members, ${report.combine}`
  const head = [
    `${dataset.name} test split, ${report.examples} images, ${views} ${views === 1 ? 'view' : 'views'} each${how}`,
    `accuracy ${percent(report.accuracy)}   loss ${report.loss.toFixed(4)}${report.top5 === null ? '' : `   top 5 ${percent(report.top5)}`}   calibration error ${percent(report.calibration.error)}`,
    `gain over run ${gain.bestSingle.run} alone (${percent(gain.bestSingle.accuracy)}): ${points(gain.total)} (crops ${points(gain.crops)}, ensemble ${points(gain.ensemble)})`,
  ]
  const memberTable = formatTable(
    ['run', 'name', 'epoch', 'alone', 'with crops', 'weight'],
    members.map((member) => [
      member.run,
      member.name,
      member.epoch,
      percent(member.single.accuracy),
      percent(member.accuracy),
      member.weight.toFixed(2),
    ]),
  )
  const classTable = formatTable(
    ['class', 'images', 'precision', 'recall', 'F1'],
    classes.map(({ label, support, precision, recall, f1 }) => [
      dataset.classes[label] ?? String(label),
      support,
      optionalPercent(precision),
      optionalPercent(recall),
      optionalPercent(f1),
    ]),
  )
  return [...head, '', memberTable, '', classTable, '', formatConfusion(report)].join('\n')
}

/** Rows are classes, columns what was predicted; too wide to read with many classes. */
function formatConfusion({ confusion, dataset }: EvaluationReport): string {
  if (confusion.length > 20) return 'the confusion matrix is in --json'
  return formatTable(
    ['class \\ predicted', ...dataset.classes],
    confusion.map((row, label) => [dataset.classes[label] ?? String(label), ...row]),
  )
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}

function optionalPercent(share: number | null): string {
  return share === null ? '-' : percent(share)
}

function points(share: number): string {
  return `${share < 0 ? '' : '+'}${(share * 100).toFixed(2)} points`
}
