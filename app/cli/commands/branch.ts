import type { Command } from 'commander'
import type { JsonValue } from '../../../experiments/errors/studio-error.ts'
import { parseAssignment } from '../../../experiments/spec/set-path.ts'
import { runNumber } from '../run-number.ts'
import { sessionOf, withService } from '../session.ts'
import { wholeNumber } from '../whole-number.ts'

export function addBranchCommand(program: Command): void {
  program
    .command('branch')
    .description('queue a run that goes on from a checkpoint of another one, with changes')
    .argument('<run>', 'number of the run to branch from', runNumber)
    .requiredOption('--epoch <n>', 'the last epoch that is taken over', wholeNumber)
    .option('--set <path=value>', 'change one value, e.g. train.learningRate=0.001 (repeatable)', collect, [])
    .action(async (run: number, options: { epoch: number; set: readonly string[] }, command: Command) => {
      const session = sessionOf(command)
      const set = options.set.map(parseAssignment).map(({ path, value }) => ({ path, value: value as JsonValue }))
      const added = await withService(session, (service) =>
        service.call('runs.branch', {
          run,
          epoch: options.epoch,
          set: set.map(({ path, value }) => ({ path, value })) as never,
        }),
      )
      session.print(added, ({ id, name }) => `run ${id} queued: ${name}`)
    })
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value]
}
