/** How the night queue works: slots, order, time windows, deadline, what happens at the end of a run. */
import { z } from 'zod'

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 22:30')

/** Hours of the week in which jobs may run, in the machine's own time. A window that ends before it begins ends on the next day. */
export const timeWindow = z.strictObject({
  /** On which days it begins: 1 is Monday, 7 is Sunday. */
  days: z.array(z.int().min(1).max(7)).min(1).max(7),
  from: timeOfDay,
  to: timeOfDay,
})
export type TimeWindow = z.infer<typeof timeWindow>

/** Why the queue starts nothing: the user's wish, or a full disk. */
export const queueHold = z.strictObject({
  code: z.enum(['user', 'disk-full']),
  message: z.string(),
  since: z.number(),
  /** Jobs that were paused together with the queue, and go on together with it. */
  paused: z.array(z.int()).default([]),
})
export type QueueHold = z.infer<typeof queueHold>

/** How long before a window closes its jobs are asked to stop: they write a checkpoint first. */
export const closingMarginMs = 60_000

/** What is done at an end. Set from the command line only: a command is run as the user. */
export const endHook = z.strictObject({
  /** For the shell of the system. */
  command: z.string().min(1).max(2000).nullable().default(null),
  webhook: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable()
    .default(null),
})
export type EndHook = z.infer<typeof endHook>
export const noHook: EndHook = { command: null, webhook: null }

export const queueSettings = z.strictObject({
  /** How many slots each device has; one that is not named has one. */
  slots: z.record(z.string(), z.int().min(1).max(64)).default({}),
  hold: queueHold.nullable().default(null),
  /** `shortest` starts what will be done soonest, so that most are finished in the morning; priorities come first in both. */
  order: z.enum(['manual', 'shortest']).default('manual'),
  /** Jobs run inside of these only; none: always. */
  windows: z.array(timeWindow).max(50).default([]),
  /** When results are wanted, in milliseconds since 1970: the plan says what will not be done by then. */
  deadline: z.number().nullable().default(null),
  keepAwake: z.boolean().default(true),
  atRunEnd: endHook.default(noHook),
  atQueueEnd: endHook.default(noHook),
})
export type QueueSettings = z.infer<typeof queueSettings>

export const defaultQueueSettings: QueueSettings = queueSettings.parse({})

/** Only what is named changes. Written out, because defaults would sneak in with a partial of the settings. */
export const queueSettingsChange = z.strictObject({
  slots: z.record(z.string(), z.int().min(1).max(64)).optional(),
  order: z.enum(['manual', 'shortest']).optional(),
  windows: z.array(timeWindow).max(50).optional(),
  deadline: z.number().nullable().optional(),
  keepAwake: z.boolean().optional(),
})
export type QueueSettingsChange = z.infer<typeof queueSettingsChange>
