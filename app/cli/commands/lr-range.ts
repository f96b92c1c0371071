import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { parseAssignment, setPath } from '../../../experiments/spec/set-path.ts'
import { rangeTestDefaults, rangeTestExperiment, readRangeTest } from '../../../experiments/tuning/range-test.ts'
import { readExperiment } from '../experiment-file.ts'
import { RunFollower } from '../follow-run.ts'
import { sessionOf, withService } from '../session.ts'
import { StatusLine } from '../status-line.ts'
import { wholeNumber } from '../whole-number.ts'

interface RangeOptions {
  readonly set: readonly string[]
  readonly from: number
  readonly to: number
  readonly steps: number
}

export function addLearningRateRangeCommand(program: Command): void {
  const { from, to, steps } = rangeTestDefaults
  program
    .command('lr-range')
    .description('a short training with a growing learning rate, and the rate that it suggests')
    .argument('<experiment>', 'an experiment file (JSON)')
    .option('--set <path=value>', 'change one value, e.g. train.batchSize=64 (repeatable)', collect, [])
    .option('--from <rate>', 'the least rate', rate, from)
    .option('--to <rate>', 'the largest rate', rate, to)
    .option('--steps <n>', 'training steps', wholeNumber, steps)
    .action(async (file: string, options: RangeOptions, command: Command) => {
      const session = sessionOf(command)
      if (options.to <= options.from) {
        throw new StudioError(
          'usage',
          `--to: expected more than ${options.from}, the least rate; got ${options.to}`,
          {},
        )
      }
      const experiment = readExperiment(file, (json) =>
        options.set.map(parseAssignment).reduce((spec, { path, value }) => setPath(spec, path, value), json),
      )
      const found = await withService(session, async (service) => {
        const datasets = await service.call('data.list', {})
        const trainCount = datasets.find(({ name }) => name === experiment.data.dataset)?.trainCount ?? 0
        const spec = rangeTestExperiment(experiment, { trainCount: Math.max(1, trainCount), ...options })
        const line = new StatusLine(session.json)
        const nothing = (): void => undefined
        const follower = new RunFollower(service, {
          ...{ started: nothing, epoch: nothing, progress: nothing, lost: nothing },
          step: (step, loss) => line.showShare('', step / options.steps, `loss ${loss.toFixed(4)}`),
        })
        const { id } = await service.call('runs.start', { spec })
        const run = await follower.follow(id)
        line.clear()
        if (run.status !== 'finished' && run.error?.code !== 'loss-not-finite') {
          const { code, message } = run.error ?? { code: 'run-state', message: `it is ${run.status}` }
          throw new StudioError(code as StudioError['code'], `run ${id}: ${message}`, { run: id })
        }
        const { suggestion, rates } = readRangeTest(await service.call('runs.metrics', { run: id }))
        return {
          run: id,
          steps: rates.length,
          suggested: suggestion?.suggested ?? null,
          largest: suggestion?.largest ?? null,
        }
      })
      session.print(found, ({ run, suggested, largest }) =>
        suggested === null
          ? `run ${run}: the loss never fell between ${options.from} and ${options.to}; try another range or more steps`
          : `run ${run}: the loss falls fastest at a learning rate of ${Number(suggested.toPrecision(2))}; ` +
            `it begins to grow beyond ${Number((largest ?? suggested).toPrecision(2))}`,
      )
    })
}

function rate(text: string): number {
  const number = Number(text)
  if (!(number > 0 && number <= 1000)) throw new InvalidArgumentError('a learning rate above 0, such as 0.001.')
  return number
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value]
}
