/** All commands of the command line, put together. */
import { Command } from 'commander'
import { studioVersion } from '../service/studio-version.ts'
import { addAnalyzeCommand } from './commands/analyze.ts'
import { addBenchCommand } from './commands/bench.ts'
import { addBranchCommand } from './commands/branch.ts'
import { addDataCommand } from './commands/data.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addEngineCommand } from './commands/engine.ts'
import { addEvaluateCommand } from './commands/evaluate.ts'
import { addExportCommand } from './commands/export.ts'
import { addImportCommand } from './commands/import.ts'
import { addLearningRateRangeCommand } from './commands/lr-range.ts'
import { addQueueCommand } from './commands/queue.ts'
import { addRunsCommand } from './commands/runs.ts'
import { addServiceCommand } from './commands/service.ts'
import { addSweepCommand } from './commands/sweep.ts'
import { addTrainCommand } from './commands/train.ts'
import { addZooCommand } from './commands/zoo.ts'

const commands = [
  addDoctorCommand,
  addZooCommand,
  addAnalyzeCommand,
  addTrainCommand,
  addSweepCommand,
  addLearningRateRangeCommand,
  addQueueCommand,
  addRunsCommand,
  addEvaluateCommand,
  addBranchCommand,
  addDataCommand,
  addEngineCommand,
  addImportCommand,
  addExportCommand,
  addBenchCommand,
  addServiceCommand,
]

export function buildProgram(): Command {
  const program = new Command('strata')
    .description('a training studio for convolutional networks')
    .version(studioVersion)
    .option('--home <dir>', 'the studio home folder (also STRATA_HOME)')
    .option('--json', 'print JSON: one value for a result, one line each for a stream')
    .configureOutput({ outputError: () => undefined })
    .exitOverride()
  for (const add of commands) add(program)
  return program
}
