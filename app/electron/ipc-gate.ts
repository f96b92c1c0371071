/**
 * The only way from the window into Electron's main process. For each procedure of the two contracts there is one channel; a message is
 * looked at twice before anything is done with it: does it come from the main frame of our own window at our own origin, and does it fit
 * the schema. A refusal is a reply, never an exception.
 */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron'
import { StudioError, toErrorRecord } from '../../experiments/errors/studio-error.ts'
import { parseJson } from '../../experiments/schema/parse-json.ts'
import { parseOrThrow } from '../../experiments/schema/parse.ts'
import {
  callChannel,
  preloadProcedures,
  type PreloadProcedure,
  windowProcedures,
  type Reply,
  type WindowProcedure,
} from '../ipc/window-bridge.ts'
import { desktopContract } from '../ipc/desktop-contract.ts'
import { studioContract } from '../ipc/studio-contract.ts'
import { isAppUrl } from './app-origin.ts'

const procedures = { ...studioContract.procedures, ...desktopContract.procedures }

/** What the gate lets through: what the page may ask, and what the preload script asks for it. */
export type GateProcedure = WindowProcedure | PreloadProcedure
export const gateProcedures: readonly GateProcedure[] = [...windowProcedures, ...preloadProcedures]

/** What of a sender counts; Electron's event has it, and so has a test's. */
export interface Sender {
  readonly contents: unknown
  readonly isMainFrame: boolean
  readonly url: string
}

export interface IpcGateOptions {
  /** Contents of the studio's one window; undefined while there is none. */
  readonly ownContents: () => unknown
  readonly handle: (procedure: GateProcedure, input: unknown) => Promise<unknown>
}

export class IpcGate {
  readonly #options: IpcGateOptions

  constructor(options: IpcGateOptions) {
    this.#options = options
  }

  /** Opens one channel a procedure. */
  attach(ipcMain: IpcMain): void {
    for (const procedure of gateProcedures) {
      ipcMain.handle(callChannel(procedure), (event, input: unknown) => this.answer(procedure, senderOf(event), input))
    }
  }

  async answer(procedure: GateProcedure, sender: Sender, input: unknown): Promise<Reply> {
    try {
      this.#checkSender(sender)
      const value = await this.#options.handle(procedure, checkInput(procedure, input))
      return typeof input === 'string' ? { ok: true, text: JSON.stringify(value) } : { ok: true, value }
    } catch (fault) {
      return { ok: false, error: toErrorRecord(fault) }
    }
  }

  #checkSender(sender: Sender): void {
    const own = this.#options.ownContents()
    if (own === undefined || sender.contents !== own) {
      throw new StudioError('not-authorised', 'the message does not come from the window of the studio')
    }
    if (!sender.isMainFrame) throw new StudioError('not-authorised', 'the message comes from a frame inside the window')
    if (!isAppUrl(sender.url)) throw new StudioError('not-authorised', 'the message comes from a foreign page')
  }
}

function senderOf(event: IpcMainInvokeEvent): Sender {
  const contents: WebContents = event.sender
  const frame = event.senderFrame
  return { contents, isMainFrame: frame !== null && frame === contents.mainFrame, url: frame?.url ?? '' }
}

/** @param sent the input, or the text of its JSON */
function checkInput(procedure: GateProcedure, sent: unknown): unknown {
  const what = `input of ${procedure}`
  try {
    const input = typeof sent === 'string' ? parseJson(sent, what) : sent
    return parseOrThrow<unknown>(procedures[procedure].input, input, what)
  } catch (fault) {
    if (!(fault instanceof StudioError)) throw fault
    throw new StudioError('invalid-message', fault.message, fault.details, fault)
  }
}
