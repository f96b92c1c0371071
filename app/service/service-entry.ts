/**
 * The studio service as a process: locks the home folder, composes the studio, listens on the local socket, and ends when idle or asked.
 * Its first line on standard output says `listening`, or the code and message of what prevented it.
 */
import { mkdirSync, realpathSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pino from 'pino'
import { StudioError, toErrorRecord } from '../../experiments/errors/studio-error.ts'
import { createStudio, type Studio } from '../../main/studio.ts'
import { ContractServer } from '../ipc/contract-server.ts'
import { resolveHome } from '../ipc/home-folder.ts'
import { buildStamp } from '../ipc/service-client.ts'
import { claimEndpoint, publishEndpoint, withdrawEndpoint, type ServiceEndpoint } from '../ipc/service-endpoint.ts'
import { SocketChannel } from '../ipc/socket-channel.ts'
import { studioContract, type StudioContract } from '../ipc/studio-contract.ts'
import { readElectronRuntime } from './electron-runtime-report.ts'
import { lockHome } from './home-lock.ts'
import { closeInheritedFiles } from './inherited-files.ts'
import { watchIdle } from './idle-watch.ts'
import { studioCommit, studioVersion } from './studio-version.ts'

/** After these events there may be nothing left to do. */
const mayEndWork: ReadonlySet<string> = new Set(['run.changed', 'runs.changed', 'sweep.changed', 'data.progress'])
const idleAfterMs = Number(process.env['STRATA_IDLE_SECONDS'] ?? 20) * 1000

async function startService(): Promise<void> {
  closeInheritedFiles()
  const { values } = parseArgs({ options: { home: { type: 'string' } } })
  const chosen = resolveHome(values.home)
  mkdirSync(chosen, { recursive: true, mode: 0o700 })
  mkdirSync(join(chosen, 'logs'), { recursive: true })
  const home = realpathSync(chosen)
  const lock = lockHome(home)
  const log = pino(pino.destination({ dest: join(home, 'logs', 'service.log'), sync: true, mkdir: true }))
  process.on('uncaughtException', (fault) => die(fault))
  process.on('unhandledRejection', (fault) => die(fault))
  const die = (fault: unknown): void => {
    log.fatal({ err: fault }, 'the service failed')
    process.exit(70)
  }

  const endpoint = claimEndpoint(home)
  const entry = process.argv[1] ?? ''
  const studio = await createStudio({
    home,
    trainer: { nodePath: process.execPath, entry: entryOf('trainer') },
    importer: { nodePath: process.execPath, entry: entryOf('importer') },
    inspector: { nodePath: process.execPath, entry: entryOf('inspector') },
    engineProbe: { nodePath: process.execPath, entry: entryOf('engine-probe') },
    studioVersion,
    studioCommit: studioCommit(),
    electron: readElectronRuntime(),
    log,
  })
  const service = new StudioService({
    home,
    studio,
    endpoint,
    build: buildStamp(entry),
    log,
    release: () => lock.release(),
  })
  await service.listen()
  publishEndpoint(home, endpoint)
  log.info({ home, pid: process.pid, version: studioVersion }, 'listening')
  process.stdout.on('error', () => undefined)
  process.stdout.write('listening\n')
  process.on('SIGTERM', () => void service.stop('the system asked it to end'))
  process.on('SIGINT', () => void service.stop('interrupted'))
}

/** From sources a child's module is TypeScript beside this file, in a build a module beside the bundle. */
function entryOf(child: 'trainer' | 'inspector' | 'importer' | 'engine-probe'): string {
  return join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? `${child}-entry.ts` : `${child}.mjs`)
}

interface StudioServiceParts {
  readonly home: string
  readonly studio: Studio
  readonly endpoint: ServiceEndpoint
  readonly build: string
  readonly log: pino.Logger
  readonly release: () => void
}

class StudioService {
  readonly #parts: StudioServiceParts
  readonly #server: ContractServer<StudioContract>
  readonly #socket = createServer((socket) => this.#server.accept(new SocketChannel(socket)))
  readonly #idle: ReturnType<typeof watchIdle>
  #stopping = false

  constructor(parts: StudioServiceParts) {
    this.#parts = parts
    const { studio, log, home, endpoint, build } = parts
    this.#server = new ContractServer({
      contract: studioContract,
      handlers: {
        ...studio.handlers,
        'service.info': () => ({
          version: studioVersion,
          build,
          pid: process.pid,
          home,
          startedAt: endpoint.startedAt,
          activeRuns: studio.activeRuns(),
        }),
        'service.stop': ({ force }) => {
          if (!force && studio.activeRuns() > 0) {
            throw new StudioError('run-state', `${studio.activeRuns()} runs are active; stop them first or use --force`)
          }
          setImmediate(() => void this.stop('a client asked it to end'))
          return {}
        },
      },
      token: endpoint.token,
      version: studioVersion,
      onClientCount: () => this.#idle.update(),
      onFault: (procedure, fault) => log.error({ err: fault, procedure }, 'a procedure failed'),
    })
    this.#idle = watchIdle({
      isIdle: () => !this.#stopping && this.#server.clientCount === 0 && !studio.isWorking(),
      afterMs: idleAfterMs,
      onIdle: () => void this.stop('idle'),
    })
    studio.onEvent((event, payload) => {
      this.#server.emit(event, payload)
      if (mayEndWork.has(event)) this.#idle.update()
    })
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('error', reject)
      this.#socket.listen({ path: this.#parts.endpoint.address, readableAll: false, writableAll: false }, resolve)
    })
  }

  /** Runs in progress write a checkpoint and continue when the service is back. */
  async stop(reason: string): Promise<void> {
    if (this.#stopping) return
    this.#stopping = true
    const { home, studio, endpoint, log, release } = this.#parts
    this.#idle.cancel()
    log.info({ reason }, 'stopping')
    this.#server.emit('service.stopping', { reason })
    await studio.close()
    withdrawEndpoint(home, endpoint)
    this.#server.close(`the studio service ended: ${reason}`)
    release()
    log.flush()
    setImmediate(() => process.exit(0))
  }
}

startService().catch((fault: unknown) => {
  const { code, message } = toErrorRecord(fault)
  process.stdout.write(`${code} ${message.replaceAll('\n', ' ')}\n`)
  process.stderr.write(`${fault instanceof Error ? fault.stack : String(fault)}\n`)
  process.exitCode = 1
})
