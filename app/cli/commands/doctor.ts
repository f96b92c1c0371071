import type { Command } from 'commander'
import type { DoctorReport } from '../../ipc/studio-contract.ts'
import { deviceText } from '../device-text.ts'
import { sessionOf, withService } from '../session.ts'
import { formatDatasets } from './data.ts'
import { formatBytes } from '../../../experiments/text/format-bytes.ts'

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('versions, engines, devices and datasets, and why something is not available')
    .action(async (_options: unknown, command: Command) => {
      const session = sessionOf(command)
      const report = await withService(session, (service) => service.call('doctor', {}))
      session.print(report, formatReport)
    })
}

function formatReport({
  studio,
  service,
  platform,
  electron,
  store,
  engines,
  batches,
  datasets,
}: DoctorReport): string {
  return [
    `Strata     ${studio.version}${studio.commit === null ? '' : `, commit ${studio.commit.slice(0, 12)}`}`,
    `Home       ${studio.home}`,
    `Service    process ${service.pid}, Node ${service.node}`,
    `Electron   ${electron.version ?? 'none'} (${electron.source}: ${electron.detail})`,
    `Machine    ${platform.os} ${platform.arch}, ${platform.cores} x ${platform.cpu}, ${formatBytes(platform.memoryBytes)}`,
    `Store      ${store.file}, schema ${store.schemaVersion}, SQLite ${store.sqlite}, ${store.runs} runs`,
    '',
    'Engines',
    ...engines.map((engine) => {
      const state = engine.available ? `available on ${deviceText(engine.devices)}` : `not available: ${engine.reason}`
      return `  ${engine.id.padEnd(20)} ${engine.title} ${engine.version ?? ''} - ${state}`
    }),
    '',
    batches.native
      ? `Batches    native, ${batches.threads} ${batches.threads === 1 ? 'thread' : 'threads'} (${batches.detail})`
      : `Batches    TypeScript: ${batches.detail}`,
    '',
    'Datasets',
    ...formatDatasets(datasets)
      .split('\n')
      .map((line) => `  ${line}`),
  ].join('\n')
}
