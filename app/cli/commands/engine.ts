import { resolve } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import {
  installableEngine,
  type EngineInstallProgress,
  type EngineReport,
  type InstallableEngine,
} from '../../../experiments/engines/engine-report.ts'
import { deviceText } from '../device-text.ts'
import { sessionOf, withService, type Session } from '../session.ts'
import { StatusLine } from '../status-line.ts'
import { formatTable } from '../table.ts'

interface InstallOptions {
  readonly from?: string
  readonly mirror?: string
  readonly checksum?: string
}

/** What each installable engine is called here. */
const names: Readonly<Record<string, InstallableEngine>> = { cuda: 'onnxruntime-cuda', tensorflow: 'tensorflow' }

const steps = {
  packages: 'fetching packages',
  library: 'fetching the library',
  unpack: 'unpacking',
  build: 'compiling the binding',
  check: 'looking whether it works',
} satisfies Record<EngineInstallProgress['step'], string>

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
    .description('install an engine into the home folder; repeat it to repair one')
    .argument('<engine>', 'cuda or tensorflow', engineName)
    .option('--from <path>', `use files that are here: for cuda, ${cudaSources}; for tensorflow, ${tensorflowSources}`)
    .option('--mirror <url>', 'fetch from here: for cuda, the index of a NuGet feed; for tensorflow, a folder')
    .option('--checksum <hex>', 'of what the mirror sends: SHA-512 for cuda, SHA-256 for tensorflow; else its own')
    .action((name: InstallableEngine, options: InstallOptions, command: Command) =>
      install(sessionOf(command), name, options),
    )
  engine
    .command('remove')
    .description('remove an installed engine')
    .argument('<engine>', 'cuda or tensorflow', engineName)
    .action(async (name: InstallableEngine, _options: unknown, command: Command) => {
      const session = sessionOf(command)
      const result = await withService(session, (service) => service.call('engines.remove', { engine: name }))
      session.print(result, ({ removed }) => (removed ? `${name} is removed` : `${name} was not installed`))
    })
}

const cudaSources = "the folder onnxruntime/capi of Python's onnxruntime-gpu, or a .nupkg"
const tensorflowSources = "a folder of libtensorflow, or Python's package tensorflow"

async function install(session: Session, engine: InstallableEngine, options: InstallOptions): Promise<void> {
  const { from, mirror, checksum } = options
  const line = new StatusLine(session.json)
  const report = await withService(session, async (service) => {
    service.on('engines.progress', (progress) => {
      session.event({ event: 'progress', ...progress })
      line.showShare(steps[progress.step], progress.share)
    })
    const stop = (): void => void service.call('engines.cancelInstall', { engine })
    process.once('SIGINT', stop)
    try {
      return await service.call('engines.installFrom', {
        engine,
        ...(from !== undefined && { source: resolve(from) }),
        ...(mirror !== undefined && { mirror }),
        ...(checksum !== undefined && { checksum: checksum.toLowerCase() }),
      })
    } finally {
      process.off('SIGINT', stop)
      line.clear()
    }
  })
  session.print(report, ({ title, available, reason, devices }) =>
    available
      ? `${title} is ready: ${deviceText(devices)}`
      : `${title} is installed, but cannot be used yet: ${reason}`,
  )
}

function formatEngines(reports: readonly EngineReport[]): string {
  const rows = reports.map(({ id, version, available, reason, devices }) => [
    id,
    version ?? '',
    available ? deviceText(devices) : `not available: ${reason}`,
  ])
  return formatTable(['engine', 'version', 'devices'], rows)
}

function engineName(text: string): InstallableEngine {
  const engine = names[text] ?? installableEngine.options.find((id) => id === text)
  if (engine !== undefined) return engine
  throw new InvalidArgumentError(`only ${Object.keys(names).join(' and ')} can be installed`)
}
