/**
 * The form of a learning-rate schedule: a factor of the experiment's learning rate as a function of the step. One file per schedule. All of
 * them are pure, so that any step of a run has its rate without the steps before; what a schedule learns from results is a value that the
 * checkpoint keeps.
 */
import type { z } from 'zod'

/** What a schedule keeps from epoch to epoch, as JSON in the checkpoint. */
export type ScheduleMemory = z.output<ReturnType<typeof z.json>>

/** A step of a run. */
export interface ScheduleTime {
  /** From 0. */
  readonly step: number
  readonly stepsPerEpoch: number
  /** Steps of the whole run. */
  readonly steps: number
  /** Steps of the warm-up before, if there is one. */
  readonly warmUpSteps: number
}

/** The result of an epoch on held-out examples, or on the training examples when none are held out. */
export interface EpochOutcome {
  readonly loss: number
  readonly accuracy: number
}

export interface Schedule<Shape extends z.ZodObject = z.ZodObject> {
  readonly spec: Shape
  /** @param memory what `learn` returned after the last epoch; undefined before the first, and for schedules without `learn` */
  factor(spec: z.output<Shape>, time: ScheduleTime, memory: ScheduleMemory | undefined): number
  /** What to remember after an epoch. */
  learn?(spec: z.output<Shape>, memory: ScheduleMemory | undefined, outcome: EpochOutcome): ScheduleMemory
}

export function defineSchedule<Shape extends z.ZodObject>(schedule: Schedule<Shape>): Schedule<Shape> {
  return schedule
}

/** Finished epochs at a step. */
export function epochOf({ step, stepsPerEpoch }: ScheduleTime): number {
  return Math.floor(step / stepsPerEpoch)
}

/** base^exponent for a whole exponent by multiplication, whose bits are the same on every machine. */
export function power(base: number, exponent: number): number {
  let result = 1
  for (let i = 0; i < exponent && result !== 0; i++) result *= base
  return result
}
