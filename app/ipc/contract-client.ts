/** The asking side of a contract over one channel. When the channel closes, every open call fails with `service-lost`. */
import { StudioError, type ErrorRecord, type JsonValue } from '../../experiments/errors/studio-error.ts'
import { errorCodes, type ErrorCode } from '../../experiments/errors/error-codes.ts'
import { parseOrThrow, parseValue } from '../../experiments/schema/parse.ts'
import type { Caller, Contract, EventOf, EventsOf, InputOf, OutputOf, ProcedureOf } from './contract.ts'
import { protocolVersion, serverFrame, type ClientFrame } from './frames.ts'
import type { MessageChannel } from './message-channel.ts'

interface PendingCall {
  readonly procedure: string
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

export class ContractClient<C extends Contract> implements Caller<C> {
  readonly #contract: C
  readonly #channel: MessageChannel
  readonly #pending = new Map<number, PendingCall>()
  readonly #listeners = new Map<string, Set<(payload: never) => void>>()
  #nextId = 1
  #closed: StudioError | undefined
  #onClose: ((error: StudioError) => void) | undefined
  #welcome: { resolve: () => void; reject: (error: Error) => void } | undefined

  /** Greets, and resolves once the service has accepted the token. */
  static async open<C extends Contract>(
    contract: C,
    channel: MessageChannel,
    greeting: { readonly token: string; readonly client: string },
  ): Promise<ContractClient<C>> {
    const client = new ContractClient(contract, channel)
    await new Promise<void>((resolve, reject) => {
      client.#welcome = { resolve, reject }
      client.#send({ type: 'hello', protocol: protocolVersion, ...greeting })
      channel.onMessage((message) => client.#receive(message))
      channel.onClose((reason) => client.#fail(new StudioError('service-lost', `lost the studio service: ${reason}`)))
    })
    return client
  }

  private constructor(contract: C, channel: MessageChannel) {
    this.#contract = contract
    this.#channel = channel
  }

  call<P extends ProcedureOf<C>>(procedure: P, input: InputOf<C, P>): Promise<OutputOf<C, P>> {
    if (this.#closed) return Promise.reject(this.#closed)
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { procedure, resolve: resolve as (value: unknown) => void, reject })
      this.#send({ type: 'call', id, procedure, input })
    })
  }

  on<E extends EventOf<C>>(event: E, listener: (payload: EventsOf<C>[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    listeners.add(listener)
    this.#listeners.set(event, listeners)
    this.#listen()
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(event) === listeners) this.#listeners.delete(event)
      this.#listen()
    }
  }

  /** Called once, when the connection is gone. */
  onClose(listener: (error: StudioError) => void): void {
    this.#onClose = listener
    if (this.#closed) listener(this.#closed)
  }

  close(): void {
    this.#channel.close('the client left')
  }

  #listen(): void {
    if (!this.#closed) this.#send({ type: 'listen', events: [...this.#listeners.keys()] })
  }

  #send(frame: ClientFrame): void {
    this.#channel.send(frame as unknown as JsonValue)
  }

  #receive(message: unknown): void {
    const frame = parseOrThrow(serverFrame, message, 'message of the studio service')
    switch (frame.type) {
      case 'welcome':
        return this.#welcome?.resolve()
      case 'refused':
        return this.#fail(fromRecord(frame.error))
      case 'result':
        return this.#settle(frame.id, frame.value)
      case 'failure':
        this.#pending.get(frame.id)?.reject(fromRecord(frame.error))
        this.#pending.delete(frame.id)
        return
      case 'event':
        return this.#dispatch(frame.event, frame.payload)
    }
  }

  #settle(id: number, value: unknown): void {
    const call = this.#pending.get(id)
    if (!call) return
    this.#pending.delete(id)
    const schema = this.#contract.procedures[call.procedure]?.output
    if (!schema) return
    const parsed = parseValue(schema, value)
    if (parsed.ok) return call.resolve(parsed.value)
    const first = parsed.issues[0]
    call.reject(new StudioError('invalid-message', `answer of ${call.procedure}: ${first?.path}: ${first?.message}`))
  }

  #dispatch(event: string, payload: unknown): void {
    const schema = this.#contract.events[event]
    const listeners = this.#listeners.get(event)
    if (!schema || !listeners) return
    const value = parseOrThrow(schema, payload, `event ${event}`)
    for (const listener of [...listeners]) listener(value as never)
  }

  #fail(error: StudioError): void {
    if (this.#closed) return
    this.#closed = error
    this.#welcome?.reject(error)
    for (const call of this.#pending.values()) call.reject(error)
    this.#pending.clear()
    this.#onClose?.(error)
  }
}

/** Back from the wire; a code of a newer studio is kept in the message. */
export function fromRecord(record: Omit<ErrorRecord, 'details'> & { readonly details: unknown }): StudioError {
  const known = Object.hasOwn(errorCodes, record.code)
  const code = known ? (record.code as ErrorCode) : 'internal'
  const message = known ? record.message : `${record.code}: ${record.message}`
  return new StudioError(code, message, record.details as ErrorRecord['details'])
}
