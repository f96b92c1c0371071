/**
 * Messages over a local socket: one JSON text a line. A line that is too long, or a reader that does not keep up, ends the connection:
 * the service's memory must stay bounded whatever a client does.
 */
import type { Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import type { JsonValue } from '../../experiments/errors/studio-error.ts'
import { Inbox, type MessageChannel } from './message-channel.ts'

/** Characters of one message. A network document of 2,000 layers has under a million. */
export const maxMessageLength = 32 * 2 ** 20
/** Bytes that may wait in a socket for a slow reader. */
const maxBacklog = 64 * 2 ** 20

export class SocketChannel implements MessageChannel {
  #socket: Socket
  #inbox = new Inbox()
  #decoder = new StringDecoder('utf8')
  #parts: string[] = []
  #length = 0

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => this.#read(bytes))
    socket.on('error', (error) => this.close(error.message))
    socket.on('close', () => this.#inbox.close('the other side closed the connection'))
  }

  send(message: JsonValue): void {
    if (this.#socket.destroyed) return
    this.#socket.write(`${JSON.stringify(message)}\n`)
    if (this.#socket.writableLength > maxBacklog) this.close('the reader does not keep up')
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#inbox.onMessage(listener)
  }

  onClose(listener: (reason: string) => void): void {
    this.#inbox.onClose(listener)
  }

  /** What was sent before still arrives. */
  close(reason: string): void {
    this.#inbox.close(reason)
    if (this.#socket.destroyed) return
    this.#socket.end(() => this.#socket.destroy())
  }

  #read(bytes: Buffer): void {
    let text = this.#decoder.write(bytes)
    for (let newline = text.indexOf('\n'); newline >= 0; newline = text.indexOf('\n')) {
      this.#parts.push(text.slice(0, newline))
      text = text.slice(newline + 1)
      const line = this.#parts.join('')
      this.#parts = []
      this.#length = 0
      if (!this.#deliver(line)) return
    }
    this.#parts.push(text)
    this.#length += text.length
    if (this.#length > maxMessageLength) this.close(`a message is longer than ${maxMessageLength} characters`)
  }

  #deliver(line: string): boolean {
    try {
      this.#inbox.deliver(JSON.parse(line))
      return true
    } catch {
      this.close('a message is not JSON')
      return false
    }
  }
}
