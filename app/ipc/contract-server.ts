/**
 * The answering side of a contract. Every connection greets with the token first; every input is checked against its schema before a
 * handler sees it; a handler's failure becomes an error record; events go to the connections that listen to them.
 */
import { timingSafeEqual } from 'node:crypto'
import { StudioError, toErrorRecord, type JsonValue } from '../../experiments/errors/studio-error.ts'
import { parseOrThrow, parseValue } from '../../experiments/schema/parse.ts'
import { nearestName } from '../../experiments/text/nearest-name.ts'
import type { Contract, EventOf, EventsOf, Handlers } from './contract.ts'
import { clientFrame, protocolVersion, type ClientFrame, type ServerFrame } from './frames.ts'
import type { MessageChannel } from './message-channel.ts'

export interface ContractServerOptions<C extends Contract> {
  readonly contract: C
  readonly handlers: Handlers<C>
  readonly token: string
  readonly version: string
  /** Milliseconds a connection has for its greeting. Default 5000. */
  readonly greetingTimeoutMs?: number
  /** Told whenever the number of greeted connections changes. */
  readonly onClientCount?: (count: number) => void
  /** Told of every fault that is not a StudioError, so that it reaches the log. */
  readonly onFault?: (procedure: string, fault: unknown) => void
}

interface Connection {
  readonly channel: MessageChannel
  readonly listening: Set<string>
}

export class ContractServer<C extends Contract> {
  readonly #options: ContractServerOptions<C>
  readonly #connections = new Set<Connection>()

  constructor(options: ContractServerOptions<C>) {
    this.#options = options
  }

  get clientCount(): number {
    return this.#connections.size
  }

  /** Takes over a fresh connection. */
  accept(channel: MessageChannel): void {
    let connection: Connection | undefined
    const timer = setTimeout(
      () => refuse(channel, new StudioError('not-authorised', 'no greeting came in time')),
      this.#options.greetingTimeoutMs ?? 5000,
    )
    channel.onMessage((message) => {
      const frame = parseValue(clientFrame, message)
      if (!frame.ok) {
        const where = frame.issues[0]
        refuse(channel, new StudioError('invalid-message', `malformed frame: ${where?.path} ${where?.message}`))
      } else if (connection) this.#handle(connection, frame.value)
      else {
        clearTimeout(timer)
        connection = this.#greet(channel, frame.value)
      }
    })
    channel.onClose(() => {
      clearTimeout(timer)
      if (connection && this.#connections.delete(connection)) this.#options.onClientCount?.(this.clientCount)
    })
  }

  emit<E extends EventOf<C>>(event: E, payload: EventsOf<C>[E]): void {
    for (const { channel, listening } of this.#connections) {
      if (listening.has(event)) send(channel, { type: 'event', event, payload })
    }
  }

  close(reason: string): void {
    for (const { channel } of this.#connections) channel.close(reason)
  }

  #greet(channel: MessageChannel, frame: ClientFrame): Connection | undefined {
    if (frame.type !== 'hello' || !sameToken(frame.token, this.#options.token)) {
      refuse(channel, new StudioError('not-authorised', 'the connection did not show the token of this service'))
      return undefined
    }
    if (frame.protocol !== protocolVersion) {
      const message = `this service speaks protocol ${protocolVersion}, the client ${frame.protocol}; end it with "strata service stop" and start the newer studio`
      refuse(channel, new StudioError('unsupported-version', message))
      return undefined
    }
    const connection: Connection = { channel, listening: new Set() }
    this.#connections.add(connection)
    send(channel, { type: 'welcome', version: this.#options.version })
    this.#options.onClientCount?.(this.clientCount)
    return connection
  }

  #handle(connection: Connection, frame: ClientFrame): void {
    if (frame.type === 'call') void this.#answer(connection.channel, frame.id, frame.procedure, frame.input)
    else if (frame.type === 'listen') {
      connection.listening.clear()
      for (const event of frame.events) connection.listening.add(event)
    }
  }

  async #answer(channel: MessageChannel, id: number, procedure: string, input: unknown): Promise<void> {
    try {
      const value = await callHandler(this.#options.contract, this.#options.handlers, procedure, input)
      send(channel, { type: 'result', id, value })
    } catch (fault) {
      if (!(fault instanceof StudioError)) this.#options.onFault?.(procedure, fault)
      send(channel, { type: 'failure', id, error: toErrorRecord(fault) })
    }
  }
}

/** Looks the procedure up, validates its input and runs it. Also used by Electron's bridge for its own contract. */
export async function callHandler<C extends Contract>(
  contract: C,
  handlers: Handlers<C>,
  procedure: string,
  input: unknown,
): Promise<unknown> {
  const known = Object.hasOwn(contract.procedures, procedure) ? contract.procedures[procedure] : undefined
  if (!known) {
    const near = nearestName(procedure, Object.keys(contract.procedures))
    const hint = near === undefined ? '' : `; did you mean "${near}"?`
    throw new StudioError('unknown-procedure', `there is no procedure "${procedure}"${hint}`, { procedure })
  }
  const handler = handlers[procedure] as unknown as (input: unknown) => unknown
  return await handler(parseOrThrow(known.input, input, procedure))
}

function send(channel: MessageChannel, frame: ServerFrame): void {
  channel.send(frame as unknown as JsonValue)
}

function refuse(channel: MessageChannel, error: StudioError): void {
  send(channel, { type: 'refused', error: error.toRecord() })
  channel.close(error.message)
}

function sameToken(given: string, expected: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
