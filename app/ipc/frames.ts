/** What travels over a channel: a greeting with the token, calls and their answers, and events for those who listen. */
import { z } from 'zod'
import { errorRecord } from '../../experiments/runs/run-record.ts'

/** Raised when frames or contract change in a way that an older side cannot read. */
export const protocolVersion = 1

export const clientFrame = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    token: z.string().max(200),
    protocol: z.int(),
    /** Who asks, for the log: `cli`, `window`. */
    client: z.string().max(50),
  }),
  z.strictObject({ type: z.literal('call'), id: z.int(), procedure: z.string().max(100), input: z.unknown() }),
  z.strictObject({ type: z.literal('listen'), events: z.array(z.string().max(100)).max(100) }),
])
export type ClientFrame = z.infer<typeof clientFrame>

export const serverFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), version: z.string() }),
  z.object({ type: z.literal('refused'), error: errorRecord }),
  z.object({ type: z.literal('result'), id: z.int(), value: z.unknown() }),
  z.object({ type: z.literal('failure'), id: z.int(), error: errorRecord }),
  z.object({ type: z.literal('event'), event: z.string(), payload: z.unknown() }),
])
export type ServerFrame = z.infer<typeof serverFrame>
