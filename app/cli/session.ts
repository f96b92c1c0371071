/** What every command has at hand: the global options, the connection to the service and the way to print. */
import { join } from 'node:path'
import type { Command } from 'commander'
import { resolveHome } from '../ipc/home-folder.ts'
import { ServiceClient, type ServiceCommand } from '../ipc/service-client.ts'

export interface Session {
  readonly home: string
  readonly json: boolean
  /** Prints a result: the value as JSON with --json, else what `human` makes of it. */
  print<T>(value: T, human: (value: T) => string): void
  /** Prints one event of a stream: a JSON line with --json, else nothing. */
  event(value: unknown): void
}

export function sessionOf(command: Command): Session {
  const options = command.optsWithGlobals<{ home?: string; json?: boolean }>()
  const json = options.json === true
  return {
    home: resolveHome(options.home),
    json,
    print: (value, human) => process.stdout.write(`${json ? JSON.stringify(value) : human(value)}\n`),
    event: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`)
    },
  }
}

/** Runs `use` with a connection to the service, which is started where none runs, and leaves afterwards. */
export async function withService<T>(session: Session, use: (service: ServiceClient) => Promise<T>): Promise<T> {
  const service = new ServiceClient({ home: session.home, client: 'cli', start: serviceCommand() })
  try {
    await service.open()
    return await use(service)
  } finally {
    service.close()
  }
}

/** The service beside this program: in a build a bundle, from sources TypeScript. */
export function serviceCommand(): ServiceCommand {
  const fromSources = import.meta.filename.endsWith('.ts')
  const entry = fromSources
    ? join(import.meta.dirname, '..', 'service', 'service-entry.ts')
    : join(import.meta.dirname, 'service.mjs')
  return { nodePath: process.execPath, entry }
}
