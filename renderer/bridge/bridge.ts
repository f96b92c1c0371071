/** The window's side of the bridge: typed questions and events. A refusal becomes a StudioError with the code that came. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { ErrorCode } from '../../experiments/errors/error-codes.ts'
import type { TakenFile } from '../../app/ipc/desktop-contract.ts'
import type {
  Reply,
  WindowBridge,
  WindowEvent,
  WindowEvents,
  WindowInput,
  WindowOutput,
  WindowProcedure,
} from '../../app/ipc/window-bridge.ts'

declare global {
  interface Window {
    readonly strata: WindowBridge
  }
}

/** What every part of the window talks to. */
export interface Bridge {
  call<P extends WindowProcedure>(procedure: P, input: WindowInput<P>): Promise<WindowOutput<P>>
  on<E extends WindowEvent>(event: E, listener: (payload: WindowEvents[E]) => void): () => void
  /** Takes in a file that was dropped on the window. */
  openDropped(file: File): Promise<TakenFile>
}

/** Bytes have no JSON: what takes them gets its input as it is. */
const withBytes: ReadonlySet<WindowProcedure> = new Set<WindowProcedure>(['desktop.savePicture'])

export const bridge: Bridge = {
  // A string crosses between the processes in one piece, to and fro; objects are copied property by property, twice, on the thread that draws the window.
  async call(procedure, input) {
    return valueOf(
      await window.strata.call(procedure, withBytes.has(procedure) ? input : JSON.stringify(input)),
    ) as never
  },
  async openDropped(file) {
    return valueOf(await window.strata.openDropped(file)) as TakenFile
  },
  on(event, listener) {
    return window.strata.on(event, (payload) => listener(JSON.parse(payload) as never))
  },
}

function valueOf(reply: Reply): unknown {
  if (reply.ok) return reply.text === undefined ? reply.value : (JSON.parse(reply.text) as unknown)
  throw new StudioError(reply.error.code as ErrorCode, reply.error.message, reply.error.details)
}
