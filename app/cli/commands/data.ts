import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { augmentationListSpec } from '../../../experiments/augmentation/augmentation-spec.ts'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { parseJson } from '../../../experiments/schema/parse-json.ts'
import { parseOrThrow } from '../../../experiments/schema/parse.ts'
import type { StudioInput } from '../../ipc/studio-contract.ts'
import type { DatasetRecord } from '../../../experiments/data/dataset-record.ts'
import { sessionOf, withService, type Session } from '../session.ts'
import { formatTable } from '../table.ts'
import { StatusLine } from '../status-line.ts'

interface ImportCommandOptions {
  readonly name: string
  readonly title?: string
  readonly size?: { height: number; width: number }
  readonly fit?: string
  readonly colour?: string
  readonly labels?: string
  readonly test?: number
  readonly seed?: number
}

interface DownloadCommandOptions {
  readonly mirror?: string
  readonly from?: string
}

interface PreviewCommandOptions {
  readonly augment: string
  readonly out: string
  readonly example: number
  readonly draws: number
  readonly seed: number
}

export function addDataCommand(program: Command): void {
  const data = program.command('data').description('the datasets of this studio')
  data
    .command('list')
    .description('list them, with what is missing')
    .action(async (_options: unknown, command: Command) => {
      const session = sessionOf(command)
      const list = await withService(session, (service) => service.call('data.list', {}))
      session.print(list, formatDatasets)
    })
  data
    .command('import')
    .description('make a dataset of a folder of images, a zip or a tar file')
    .argument('<path>', 'a folder per class; labels.csv, .tsv or .json at its top decide; or such a table itself')
    .requiredOption('--name <name>', 'what experiments will call it: lower case, digits, hyphens')
    .option('--title <text>', 'what people will call it')
    .option('--size <HxW>', 'of the stored images; one number for a square; default: from the images', storedSize)
    .option('--fit <how>', 'cover, contain or stretch')
    .option('--colour <which>', 'auto, colour or grey')
    .option('--labels <how>', 'auto, folders or file')
    .option('--test <share>', 'kept for testing unless the source has a split; default 0.2', Number)
    .option('--seed <n>', 'of the split', Number)
    .action((path: string, options: ImportCommandOptions, command: Command) =>
      importImages(sessionOf(command), path, options),
    )
  data
    .command('preview')
    .description('write one image under many draws of an augmentation as PNG')
    .argument('<name>')
    .requiredOption('--augment <file>', 'a JSON list of operations, or an experiment with data.augment')
    .requiredOption('--out <file>', 'the PNG file')
    .option('--example <n>', 'which image', Number, 0)
    .option('--draws <n>', 'how many', Number, 31)
    .option('--seed <n>', 'of the draws', Number, 1)
    .action((name: string, options: PreviewCommandOptions, command: Command) =>
      preview(sessionOf(command), name, options),
    )
  data
    .command('remove')
    .description('remove an imported dataset')
    .argument('<name>')
    .action(async (name: string, _options: unknown, command: Command) => {
      const session = sessionOf(command)
      await withService(session, (service) => service.call('data.remove', { name }))
      session.print({ removed: name }, () => `${name} is removed`)
    })
  data
    .command('download')
    .description('fetch a dataset; Ctrl+C stops it, and the same again goes on')
    .argument('<name>')
    .option(
      '--mirror <url>',
      'a server that has <name>/<file>; default: STRATA_DATASET_MIRROR, else the published addresses',
    )
    .option('--from <path>', 'take what was fetched elsewhere: the file, or the folder of its files')
    .action((name: string, options: DownloadCommandOptions, command: Command) =>
      download(sessionOf(command), name, options),
    )
}

export function formatDatasets(list: readonly DatasetRecord[]): string {
  const rows = list.map((set) => [
    set.name,
    `${set.height}x${set.width}x${set.channels}`,
    set.classes.length,
    `${set.trainCount} + ${set.testCount}`,
    set.problem === null ? 'ready' : `missing: ${set.problem.message}`,
  ])
  return formatTable(['name', 'image', 'classes', 'train + test', 'state'], rows)
}

async function download(session: Session, name: string, { mirror, from }: DownloadCommandOptions): Promise<void> {
  const line = new StatusLine(session.json)
  const record = await withService(session, async (service) => {
    service.on('data.progress', (progress) => {
      if (progress.name !== name) return
      session.event({ event: 'progress', ...progress })
      line.showShare(`${progress.stage} ${name}`, progress.total === null ? null : progress.done / progress.total)
    })
    const stop = (): void => void service.call('data.cancelDownload', { name }).catch(() => undefined)
    process.once('SIGINT', stop)
    try {
      if (from !== undefined) return await service.call('data.takeFiles', { name, source: resolve(from) })
      // The service may have been started by somebody who knew of no mirror.
      const address = mirror ?? process.env['STRATA_DATASET_MIRROR']
      return await service.call('data.download', { name, ...(address ? { mirror: address } : {}) })
    } finally {
      process.off('SIGINT', stop)
      line.clear()
    }
  })
  session.print(record, () => `${record.name} is ready in ${record.location}`)
}

async function importImages(session: Session, path: string, options: ImportCommandOptions): Promise<void> {
  const { name, title, size, fit, colour, labels, test, seed } = options
  const line = new StatusLine(session.json)
  const input = {
    ...{ source: resolve(path), name },
    ...Object.fromEntries(
      Object.entries({ title, size, fit, colour, labels, testShare: test, seed }).filter(
        ([, value]) => value !== undefined,
      ),
    ),
  } as StudioInput<'data.import'>
  const { record, report } = await withService(session, async (service) => {
    service.on('data.progress', (progress) => {
      if (progress.name !== name) return
      session.event({ event: 'progress', ...progress })
      line.showShare(`importing ${name}`, progress.total === null ? null : progress.done / progress.total)
    })
    const stop = (): void => void service.call('data.cancelImport', { name }).catch(() => undefined)
    process.once('SIGINT', stop)
    const record = await service.call('data.import', input)
    process.off('SIGINT', stop)
    return { record, report: await service.call('data.report', { name }) }
  })
  line.clear()
  session.print({ ...record, report }, () =>
    [
      `${record.name}: ${record.trainCount} + ${record.testCount} images of ${record.height}x${record.width}x${record.channels} in ${record.classes.length} classes`,
      ...report.notes.slice(0, 20).map(({ path: what, reason }) => `note: ${what}: ${reason}`),
      ...report.refused.slice(0, 20).map(({ path: what, reason }) => `refused: ${what}: ${reason}`),
      ...(report.total > 20 ? [`and ${report.total - 20} more refused files, see --json`] : []),
    ].join('\n'),
  )
}

async function preview(session: Session, name: string, options: PreviewCommandOptions): Promise<void> {
  const { augment: file, out, example, draws, seed } = options
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new StudioError('file-not-found', `${file} cannot be read`, { file }, cause)
  })
  const json = parseJson(text, file)
  const data = Array.isArray(json) ? { augment: json as unknown } : (json as { data?: { augment?: unknown } }).data
  const augment = parseOrThrow(augmentationListSpec, data?.augment, file)
  const result = await withService(session, (service) =>
    service.call('augmentation.preview', { dataset: name, augment, example, draws, seed }),
  )
  const target = resolve(out)
  const size = await (await import('../../../main/datasets/write-grid.ts')).writeGrid(result, target)
  const warnings = result.draws.flatMap((one) => one.warnings)
  session.print({ file: target, ...size, limits: result.limits, warnings: countEach(warnings) }, () =>
    [
      `${target}: ${draws} draws, the original first`,
      ...Object.entries(countEach(warnings)).map(([what, count]) => `warning: ${what} in ${count} of ${draws} draws`),
    ].join('\n'),
  )
}

function countEach(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

function storedSize(text: string): { height: number; width: number } {
  const [height, width = height] = text.split('x').map(Number)
  if (!Number.isInteger(height) || !Number.isInteger(width)) {
    throw new StudioError('usage', `--size ${text}: expected a side or HxW, for example 64 or 48x64`, { text })
  }
  return { height: height as number, width: width as number }
}
