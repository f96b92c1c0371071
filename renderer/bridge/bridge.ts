/** The window's side of the bridge: typed questions and events. A refusal becomes a StudioError with the code that came. */
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { ErrorCode } from '../../experiments/errors/error-codes.ts'
import type {
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
}

export const bridge: Bridge = {
  async call(procedure, input) {
    const reply = await window.strata.call(procedure, input)
    if (reply.ok) return reply.value as never
    throw new StudioError(reply.error.code as ErrorCode, reply.error.message, reply.error.details)
  },
  on(event, listener) {
    return window.strata.on(event, listener as (payload: unknown) => void)
  },
}
