import { resolve } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import type { EngineReport } from '../../../experiments/engines/engine-report.ts'
import { sessionOf, withService, type Session } from '../session.ts'
import { StatusLine } from '../status-line.ts'
import { formatTable } from '../table.ts'

interface InstallOptions {
  readonly libtensorflow?: string
  readonly mirror?: string
  readonly sha256?: string
}

const steps = {
  packages: 'fetching packages',
  library: 'fetching libtensorflow',
  build: 'compiling the binding',
  check: 'looking whether it works',
}

export function addEngineCommand(program: Command): void {
  const engine = program.command('engine').description('what trains networks here, and optional engines')
  engine
    .command('list')
    .description('engines and devices, and why one cannot be used; looks at all of them anew')
    .action(async (_options: unknown, command: Command) => {
      const session = sessionOf(command)
      const reports = await withService(session, (service) => service.call('engines.check', {}))
      session.print(reports, formatEngines)
    })
  engine
    .command('install')
    .description("install an engine into the home folder; TensorFlow is taken from Python's package where there is one")
    .argument('<engine>', 'tensorflow', engineName)
    .option('--libtensorflow <dir>', "build against this: a folder of libtensorflow, or Python's package tensorflow")
    .option('--mirror <url>', 'fetch libtensorflow from here')
    .option('--sha256 <hex>', 'of the archive on the mirror; else the one beside it is used')
    .action((name: 'tensorflow', options: InstallOptions, command: Command) =>
      install(sessionOf(command), name, options),
    )
  engine
    .command('remove')
    .description('remove an installed engine')
    .argument('<engine>', 'tensorflow', engineName)
    .action(async (name: 'tensorflow', _options: unknown, command: Command) => {
      const session = sessionOf(command)
      const result = await withService(session, (service) => service.call('engines.remove', { engine: name }))
      session.print(result, ({ removed }) => (removed ? `${name} is removed` : `${name} was not installed`))
    })
}

async function install(session: Session, engine: 'tensorflow', options: InstallOptions): Promise<void> {
  const { libtensorflow, mirror, sha256 } = options
  const line = new StatusLine(session.json)
  const report = await withService(session, (service) => {
    service.on('engines.progress', (progress) => {
      session.event({ event: 'progress', ...progress })
      line.showShare(steps[progress.step], progress.share)
    })
    return service.call('engines.installFrom', {
      engine,
      ...(libtensorflow !== undefined && { libtensorflow: resolve(libtensorflow) }),
      ...(mirror !== undefined && { mirror }),
      ...(sha256 !== undefined && { sha256 }),
    })
  })
  line.clear()
  session.print(
    report,
    ({ title, devices }) => `${title} is ready: ${devices.map((device) => device.title).join(', ')}`,
  )
}

function formatEngines(reports: readonly EngineReport[]): string {
  const rows = reports.map(({ id, version, available, reason, devices }) => [
    id,
    version ?? '',
    available ? devices.map((device) => device.title).join(', ') : `not available: ${reason}`,
  ])
  return formatTable(['engine', 'version', 'devices'], rows)
}

function engineName(text: string): 'tensorflow' {
  if (text === 'tensorflow') return text
  throw new InvalidArgumentError('tensorflow is the only engine that can be installed')
}
