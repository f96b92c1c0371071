import type { Command } from 'commander'
import type { DatasetRecord } from '../../../experiments/data/dataset-record.ts'
import { sessionOf, withService, type Session } from '../session.ts'
import { formatTable } from '../table.ts'
import { StatusLine } from '../status-line.ts'

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
    .command('download')
    .description('fetch a dataset that can be downloaded')
    .argument('<name>')
    .action((name: string, _options: unknown, command: Command) => download(sessionOf(command), name))
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

async function download(session: Session, name: string): Promise<void> {
  const line = new StatusLine(session.json)
  const record = await withService(session, (service) => {
    service.on('data.progress', (progress) => {
      if (progress.name !== name) return
      session.event({ event: 'progress', ...progress })
      line.showShare(`${progress.stage} ${name}`, progress.total === null ? null : progress.done / progress.total)
    })
    return service.call('data.download', { name })
  })
  line.clear()
  session.print(record, () => `${record.name} is ready in ${record.location}`)
}
