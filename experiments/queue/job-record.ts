/** A run's place in the queue as every client of the studio sees it. */
import { z } from 'zod'
import type { JsonObject } from '../errors/studio-error.ts'

/** What a job does. `done` is a run that has ended in whatever way. */
export const jobState = z.enum(['waiting', 'running', 'paused', 'done'])
export type JobState = z.infer<typeof jobState>

/** What the user wants of a job. `withdraw` is an undone enqueueing: it shall not have been there at all. */
export const jobIntent = z.enum(['go', 'pause', 'end', 'withdraw'])
export type JobIntent = z.infer<typeof jobIntent>

const epochNumber = z.int().min(1).max(1_000_000)
export const priorityRange = { least: -100, most: 100 } as const
export const jobPriority = z.int().min(priorityRange.least).max(priorityRange.most)

/** What may be said of a job beside its experiment. */
export const jobOptions = z.strictObject({
  /** Higher ones run first. Default 0. */
  priority: jobPriority.optional(),
  /** Pauses by itself, with a checkpoint, when this epoch is finished. */
  pauseAfterEpoch: epochNumber.nullish(),
  /** Slots of its device that it takes while it trains. Default 1. */
  slots: z.int().min(1).max(64).optional(),
  /** Begins paused. */
  paused: z.boolean().optional(),
})
export type JobOptions = z.infer<typeof jobOptions>

/** What a process takes of the machine. */
export const processUsage = z.strictObject({
  memoryBytes: z.number().min(0),
  /** Cores kept busy: 1.5 is one and a half. */
  cores: z.number().min(0),
})
export type ProcessUsage = z.infer<typeof processUsage>

const share = z.number().min(0).max(1)
const bytes = z.number().min(0)

/** How busy the whole machine is, with everything that runs on it. What cannot be known is null. */
export const machineUsage = z.strictObject({
  /** Of all cores, since it was measured before. */
  cpu: share.nullable(),
  memory: z.strictObject({ usedBytes: bytes, totalBytes: bytes }).nullable(),
  /** Only those that tell how busy or warm they are. */
  gpus: z.array(
    z.strictObject({
      name: z.string(),
      load: share.nullable(),
      memory: z.strictObject({ usedBytes: bytes, totalBytes: bytes }).nullable(),
      /** Degrees Celsius. */
      temperature: z.number().nullable(),
    }),
  ),
})
export type MachineUsage = z.infer<typeof machineUsage>

/** A job that waits, trains or is paused, with its run. */
export const queueJob = z.object({
  run: z.int(),
  state: jobState,
  intent: jobIntent,
  priority: z.int(),
  /** Lower ones come first among equal priorities; not consecutive. */
  position: z.number(),
  device: z.string(),
  slots: z.int(),
  pauseAfterEpoch: z.int().nullable(),
  /** Finishes, as if it were the last one, after this epoch. */
  stopAfterEpoch: z.int().nullable(),
  /** Memory that training is expected to need. */
  memoryBytes: z.number().nullable(),
  /** Why it waits or is paused, where it is not the user's wish. */
  reason: z.string().nullable(),
  /** How often the service died while it trained. */
  interruptions: z.int(),
  /** Of its training process; null without one. */
  usage: processUsage.nullable(),
  /** What is left of it, and what that is taken from: measured times, or a count of multiply-adds. Null when nothing is known. */
  estimate: z.object({ seconds: z.number(), basis: z.enum(['measured', 'multiply-adds']) }).nullable(),
})
export type QueueJob = z.infer<typeof queueJob>

/** Whether the machine is kept from falling asleep, and by what, or why not. */
export const awakeReport = z.object({ state: z.enum(['off', 'held', 'failed']), detail: z.string().nullable() })
export type AwakeReport = z.infer<typeof awakeReport>

/** Something that happened to a run, as its log tells it. */
export const runEvent = z.object({
  id: z.int(),
  /** Milliseconds since 1970. */
  at: z.number(),
  type: z.string(),
  data: z.record(z.string(), z.json()) as unknown as z.ZodType<JsonObject>,
})
export type RunEvent = z.infer<typeof runEvent>

export const queueAction = z.enum(['added', 'moved', 'paused', 'resumed', 'cancelled', 'retried', 'edited', 'settings'])
export type QueueAction = z.infer<typeof queueAction>

/** An action that can be taken back or brought again. */
const turnable = z.object({ action: queueAction, runs: z.array(z.int()) }).nullable()
export const queueUndo = z.object({ undo: turnable, redo: turnable })
export type QueueUndo = z.infer<typeof queueUndo>
