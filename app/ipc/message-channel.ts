/** The transport under a contract: it carries JSON messages in order and says when it closed. Sockets and in-memory pairs both fit. */
import type { JsonValue } from '../../experiments/errors/studio-error.ts'

export interface MessageChannel {
  send(message: JsonValue): void
  /** One listener each; the last one set counts. Messages that came before the first listener wait for it. */
  onMessage(listener: (message: unknown) => void): void
  onClose(listener: (reason: string) => void): void
  close(reason: string): void
}

/** Two joined ends in one process, for tests: messages go through JSON as on a socket. */
export function channelPair(): readonly [MessageChannel, MessageChannel] {
  const a = new PairedChannel()
  const b = new PairedChannel()
  a.peer = b
  b.peer = a
  return [a, b]
}

class PairedChannel implements MessageChannel {
  peer: PairedChannel | undefined
  readonly #inbox = new Inbox()

  send(message: JsonValue): void {
    const text = JSON.stringify(message)
    const peer = this.peer
    queueMicrotask(() => {
      if (peer) peer.#inbox.deliver(JSON.parse(text))
    })
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#inbox.onMessage(listener)
  }

  onClose(listener: (reason: string) => void): void {
    this.#inbox.onClose(listener)
  }

  close(reason: string): void {
    const peer = this.peer
    this.#inbox.close(reason)
    queueMicrotask(() => {
      if (peer) peer.#inbox.close(reason)
    })
  }
}

/** Keeps what arrives until somebody listens. */
export class Inbox {
  #waiting: unknown[] = []
  #listener: ((message: unknown) => void) | undefined
  #closeListener: ((reason: string) => void) | undefined
  #closed: string | undefined

  deliver(message: unknown): void {
    if (this.#closed !== undefined) return
    if (this.#listener) this.#listener(message)
    else this.#waiting.push(message)
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener
    for (const message of this.#waiting.splice(0)) listener(message)
  }

  onClose(listener: (reason: string) => void): void {
    this.#closeListener = listener
    if (this.#closed !== undefined) listener(this.#closed)
  }

  close(reason: string): void {
    if (this.#closed !== undefined) return
    this.#closed = reason
    this.#closeListener?.(reason)
  }
}
