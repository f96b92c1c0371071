import type { Command } from 'commander'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { ServiceClient } from '../../ipc/service-client.ts'
import { sessionOf, withService, type Session } from '../session.ts'

export function addServiceCommand(program: Command): void {
  const service = program.command('service').description('the process that owns queue, runs and store')
  service
    .command('start')
    .description('start it, or join the one that runs')
    .action((_options: unknown, command: Command) => start(sessionOf(command)))
  service
    .command('status')
    .description('say whether it runs')
    .action((_options: unknown, command: Command) => status(sessionOf(command)))
  service
    .command('stop')
    .description('end it; refuses while runs are active')
    .option('--force', 'end it all the same: runs write a checkpoint and continue when it starts again')
    .action((options: { force?: boolean }, command: Command) => stop(sessionOf(command), options.force === true))
}

async function start(session: Session): Promise<void> {
  const info = await withService(session, (service) => service.call('service.info', {}))
  session.print({ running: true, ...info }, () => `running, process ${info.pid}, home ${info.home}`)
}

async function status(session: Session): Promise<void> {
  const service = await joinRunning(session)
  if (!service) return session.print({ running: false, home: session.home }, () => `not running, home ${session.home}`)
  const info = await service.call('service.info', {})
  service.close()
  const runs = info.activeRuns === 1 ? '1 active run' : `${info.activeRuns} active runs`
  session.print({ running: true, ...info }, () => `running, process ${info.pid}, ${runs}, home ${info.home}`)
}

async function stop(session: Session, force: boolean): Promise<void> {
  const service = await joinRunning(session)
  if (!service) return session.print({ stopped: false, home: session.home }, () => 'it was not running')
  const gone = new Promise<void>((resolve) => service.onLost(() => resolve()))
  await service.call('service.stop', { force })
  await gone
  service.close()
  session.print({ stopped: true, home: session.home }, () => 'stopped')
}

async function joinRunning(session: Session): Promise<ServiceClient | undefined> {
  const service = new ServiceClient({ home: session.home, client: 'cli', start: null })
  try {
    return await service.open()
  } catch (fault) {
    if (fault instanceof StudioError && fault.code === 'service-unreachable') return undefined
    throw fault
  }
}
