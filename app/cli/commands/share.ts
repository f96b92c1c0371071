/** Runs for other people and other computers: a report to read, a bundle to go on with. Added to the command `runs`. */
import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { reportLanguages, type ReportLanguage } from '../../../experiments/review/report-language.ts'
import { runNumbers } from '../run-number.ts'
import { sessionOf, withService } from '../session.ts'

interface ShareOptions {
  readonly out: string
  readonly evaluate: boolean
  readonly language: ReportLanguage
}

export function addShareCommands(runs: Command): void {
  const evaluate = ['--evaluate', 'evaluate the best checkpoint of each run on the test images', false] as const
  const language = () => new Option('--language <language>', 'of the report').choices(reportLanguages).default('en')
  runs
    .command('report')
    .description('write runs as one HTML file that opens anywhere, without a network')
    .argument('<run...>', 'their numbers; the others are compared with the first', runNumbers)
    .requiredOption('--out <file>', 'an .html file')
    .option(...evaluate)
    .addOption(language())
    .action(async (list: readonly number[], { out, ...reported }: ShareOptions, command: Command) => {
      const session = sessionOf(command)
      const written = await withService(session, (service) =>
        service.call('runs.report', { runs: [...list], ...reported, file: resolve(out) }),
      )
      session.print(written, ({ file, bytes }) => `${file}, ${bytes} bytes`)
    })
  runs
    .command('bundle')
    .description('write runs with networks, metrics and checkpoints as one file that another studio goes on with')
    .argument('<run...>', 'their numbers', runNumbers)
    .requiredOption('--out <file>', 'a .strata file')
    .option(...evaluate)
    .addOption(language())
    .action(async (list: readonly number[], { out, ...reported }: ShareOptions, command: Command) => {
      const session = sessionOf(command)
      const written = await withService(session, (service) =>
        service.call('runs.exportBundle', { runs: [...list], ...reported, file: resolve(out) }),
      )
      session.print(written, ({ file, bytes, checkpoints }) => `${file}, ${bytes} bytes, ${checkpoints} checkpoints`)
    })
  runs
    .command('import')
    .description('take the runs of a bundle in')
    .argument('<file>', 'a .strata file')
    .action(async (file: string, _options: unknown, command: Command) => {
      const session = sessionOf(command)
      const imported = await withService(session, (service) =>
        service.call('runs.importBundle', { file: resolve(file) }),
      )
      session.print(imported, ({ runs: taken, warnings }) =>
        [
          ...taken.map(({ id, name, status }) => `run ${id}  ${name}  ${status}`),
          ...warnings.map(({ run, kind, dataset }) => `! run ${run}: ${warningText[kind](dataset)}`),
        ].join('\n'),
      )
    })
}

const warningText = {
  'dataset-missing': (dataset: string) =>
    `the dataset "${dataset}" is not on this computer: it cannot go on until it is`,
  'different-data': (dataset: string) => `"${dataset}" here has other contents than there: results cannot be compared`,
  'parent-missing': () => 'it branches from a run that is not in the bundle, and has no checkpoint of its own',
}
