/**
 * Joins the studio service of a home folder, starting it where none runs, and stays joined: when the connection breaks it is restored, by a
 * fresh service if need be. The window and the CLI both use this.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, statSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { Caller } from './contract.ts'
import { ContractClient } from './contract-client.ts'
import { readEndpoint, type ServiceEndpoint } from './service-endpoint.ts'
import { SocketChannel } from './socket-channel.ts'
import {
  studioContract,
  type StudioContract,
  type StudioEvent,
  type StudioEvents,
  type StudioInput,
  type StudioOutput,
  type StudioProcedure,
} from './studio-contract.ts'

/** The program that is the service: a plain Node 24 and the bundled entry. */
export interface ServiceCommand {
  readonly nodePath: string
  readonly entry: string
}

export interface ServiceClientOptions {
  readonly home: string
  readonly client: 'cli' | 'window'
  /** How to start the service; null only joins one that runs. */
  readonly start: ServiceCommand | null
  /** Told of every change; `lost` carries the reason. */
  readonly onState?: (state: 'connecting' | 'connected' | 'lost', error: StudioError | null) => void
}

const startDeadlineMs = 20_000
const retryDelaysMs = [100, 250, 500, 1000, 2000, 5000]

export class ServiceClient implements Caller<StudioContract> {
  readonly #options: ServiceClientOptions
  readonly #listeners = new Map<StudioEvent, Set<(payload: never) => void>>()
  readonly #connectedListeners: (() => void)[] = []
  readonly #lostListeners: ((error: StudioError) => void)[] = []
  readonly #detach: (() => void)[] = []
  #client: ContractClient<StudioContract> | undefined
  #connecting: Promise<ContractClient<StudioContract>> | undefined
  #wake: (() => void) | undefined
  #closed = false

  constructor(options: ServiceClientOptions) {
    this.#options = options
  }

  /** Resolves once connected; throws `service-unreachable` with the reason. */
  async open(): Promise<this> {
    await this.#connected()
    return this
  }

  async call<P extends StudioProcedure>(procedure: P, input: StudioInput<P>): Promise<StudioOutput<P>> {
    const client = await this.#connected()
    return client.call(procedure, input)
  }

  on<E extends StudioEvent>(event: E, listener: (payload: StudioEvents[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    listeners.add(listener)
    this.#subscribe()
    return () => {
      listeners.delete(listener)
      this.#subscribe()
    }
  }

  /** Called whenever a connection is made. */
  onConnected(listener: () => void): void {
    this.#connectedListeners.push(listener)
  }

  /** Called whenever the connection breaks. */
  onLost(listener: (error: StudioError) => void): void {
    this.#lostListeners.push(listener)
  }

  /** Ends a waiting pause between attempts. */
  retryNow(): void {
    this.#wake?.()
  }

  close(): void {
    this.#closed = true
    this.#wake?.()
    this.#client?.close()
  }

  async #connected(): Promise<ContractClient<StudioContract>> {
    if (this.#closed) throw new StudioError('service-lost', 'this connection was closed')
    if (this.#client) return this.#client
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined))
    return this.#connecting
  }

  async #connect(): Promise<ContractClient<StudioContract>> {
    this.#options.onState?.('connecting', null)
    try {
      const client = await joinOrStart(this.#options)
      this.#client = client
      client.onClose((error) => this.#lost(error))
      this.#subscribe()
      this.#options.onState?.('connected', null)
      for (const listener of this.#connectedListeners) listener()
      return client
    } catch (fault) {
      const error = fault instanceof StudioError ? fault : new StudioError('service-unreachable', String(fault))
      this.#options.onState?.('lost', error)
      throw error
    }
  }

  #subscribe(): void {
    const client = this.#client
    if (!client) return
    for (const detach of this.#detach.splice(0)) detach()
    for (const [event, listeners] of this.#listeners) {
      if (listeners.size === 0) continue
      this.#detach.push(client.on(event, (payload) => listeners.forEach((listener) => listener(payload as never))))
    }
  }

  #lost(error: StudioError): void {
    this.#client = undefined
    this.#detach.length = 0
    if (this.#closed) return
    for (const listener of this.#lostListeners) listener(error)
    this.#options.onState?.('lost', error)
    void this.#restore()
  }

  async #restore(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const pause = retryDelaysMs[Math.min(attempt, retryDelaysMs.length - 1)]
      await Promise.race([delay(pause, undefined, { ref: false }), new Promise<void>((wake) => (this.#wake = wake))])
      if (this.#closed) return
      try {
        await this.#connected()
        return
      } catch {
        continue
      }
    }
  }
}

async function joinOrStart(options: ServiceClientOptions): Promise<ContractClient<StudioContract>> {
  const running = await join(options)
  if (running && !(await isOutdated(running, options.start))) return running
  if (running) await stopIdle(running)
  if (!options.start) {
    throw new StudioError('service-unreachable', `no studio service runs for ${options.home}`, { home: options.home })
  }
  return startAndJoin(options, options.start)
}

/** Joins a running service; undefined when nobody answers at the endpoint. */
async function join(options: ServiceClientOptions): Promise<ContractClient<StudioContract> | undefined> {
  const endpoint = readEndpoint(options.home)
  if (!endpoint) return undefined
  const channel = await openSocket(endpoint)
  if (!channel) return undefined
  return ContractClient.open(studioContract, channel, { token: endpoint.token, client: options.client })
}

function openSocket(endpoint: ServiceEndpoint): Promise<SocketChannel | undefined> {
  return new Promise((resolve) => {
    const socket = connectSocket(endpoint.address)
    socket.once('error', () => resolve(undefined))
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      resolve(new SocketChannel(socket))
    })
  })
}

/** Identifies a build by its entry file, so that an idle service of an older build gives way. */
export function buildStamp(entry: string): string {
  const stats = statSync(entry)
  return `${stats.size}-${Math.round(stats.mtimeMs)}`
}

async function isOutdated(client: ContractClient<StudioContract>, start: ServiceCommand | null): Promise<boolean> {
  if (!start) return false
  const info = await client.call('service.info', {})
  return info.activeRuns === 0 && info.build !== buildStamp(start.entry)
}

async function stopIdle(client: ContractClient<StudioContract>): Promise<void> {
  const gone = new Promise<void>((resolve) => client.onClose(() => resolve()))
  await client.call('service.stop', { force: false })
  await gone
}

async function startAndJoin(
  options: ServiceClientOptions,
  command: ServiceCommand,
): Promise<ContractClient<StudioContract>> {
  const deadline = Date.now() + startDeadlineMs
  for (;;) {
    const failure = await startService(options.home, command)
    if (failure && failure.code !== 'home-locked') throw failure
    const client = await join(options)
    if (client) return client
    if (Date.now() > deadline) {
      throw failure ?? new StudioError('service-unreachable', 'the studio service started but does not answer')
    }
    // Another client's service holds the lock but does not listen yet, or one is just ending.
    await delay(100)
  }
}

/** Starts the service as a process of its own and waits for the line in which it says that it listens, or why it cannot. */
function startService(home: string, { nodePath, entry }: ServiceCommand): Promise<StudioError | undefined> {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  return new Promise((resolve) => {
    const child = spawn(nodePath, ['--enable-source-maps', entry, '--home', home], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    })
    let output = ''
    let complaints = ''
    const settle = (failure?: StudioError): void => {
      child.stdout.destroy()
      child.stderr.destroy()
      child.unref()
      resolve(failure)
    }
    child.on('error', (cause) =>
      settle(new StudioError('service-unreachable', `${nodePath}: ${cause.message}`, {}, cause)),
    )
    child.stderr.on('data', (bytes: Buffer) => (complaints += bytes.toString()))
    child.stdout.on('data', (bytes: Buffer) => {
      output += bytes.toString()
      if (output.includes('\n')) settle(startFailure(output))
    })
    child.on('close', (code) => {
      const reason = complaints.trim().split('\n').slice(-5).join('\n')
      settle(
        startFailure(output) ?? new StudioError('service-unreachable', `the service ended with ${code}: ${reason}`),
      )
    })
  })
}

/** The service's first line: `listening`, or an error as `CODE message`. */
function startFailure(output: string): StudioError | undefined {
  const line = output.split('\n')[0] ?? ''
  if (line === 'listening' || line === '') return undefined
  const [code, ...words] = line.split(' ')
  const message = words.join(' ')
  if (code === 'home-locked' || code === 'database-newer' || code === 'database-damaged')
    return new StudioError(code, message)
  return new StudioError('service-unreachable', line)
}
