/** The shape of every contract: named procedures with a schema for input and output, named events with a schema for the payload. */
import type { z } from 'zod'

export interface Contract {
  readonly procedures: Readonly<Record<string, { readonly input: z.ZodType; readonly output: z.ZodType }>>
  readonly events: Readonly<Record<string, z.ZodType>>
}

export type ProcedureOf<C extends Contract> = keyof C['procedures'] & string
export type EventOf<C extends Contract> = keyof C['events'] & string

export type InputOf<C extends Contract, P extends keyof C['procedures']> = z.input<C['procedures'][P]['input']>
export type OutputOf<C extends Contract, P extends keyof C['procedures']> = z.output<C['procedures'][P]['output']>
export type EventsOf<C extends Contract> = { [E in EventOf<C>]: z.output<C['events'][E]> }

/** The side that answers: one function per procedure. */
export type Handlers<C extends Contract> = {
  readonly [P in ProcedureOf<C>]: (
    input: z.output<C['procedures'][P]['input']>,
  ) => OutputOf<C, P> | Promise<OutputOf<C, P>>
}

/** The side that asks. */
export interface Caller<C extends Contract> {
  call<P extends ProcedureOf<C>>(procedure: P, input: InputOf<C, P>): Promise<OutputOf<C, P>>
  /** Returns the function that ends the subscription. */
  on<E extends EventOf<C>>(event: E, listener: (payload: EventsOf<C>[E]) => void): () => void
}
