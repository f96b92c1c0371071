/** The learning rate of any step of a run. */
import type { ScheduleSpec } from '../spec/schedule-spec.ts'
import { scheduleFor } from './registry.ts'
import type { EpochOutcome, ScheduleMemory } from './schedule.ts'
import { warmUpFactor, warmUpSteps } from './warm-up.ts'

export interface ScheduledTraining {
  readonly learningRate: number
  readonly schedule?: ScheduleSpec | undefined
}

/** A run as a row of steps. */
export interface RunLength {
  readonly stepsPerEpoch: number
  readonly steps: number
}

/** A learning rate that was set while the run trained, in the place of the experiment's: it holds from `step` on, counted from 0. */
export interface RateChange {
  readonly step: number
  readonly learningRate: number
}

/** The training as it is at a step: schedules go on, from the rate that was set last. */
export function withRateChanges<Training extends ScheduledTraining>(
  training: Training,
  changes: readonly RateChange[],
  step: number,
): Training {
  const change = changes.findLast((candidate) => candidate.step <= step)
  return change ? { ...training, learningRate: change.learningRate } : training
}

/** A new change takes the place of those that were to come after it. */
export function addRateChange(changes: readonly RateChange[], change: RateChange): RateChange[] {
  return [...changes.filter(({ step }) => step < change.step), change]
}

const stays: ScheduleSpec = { type: 'constant' }

/** @param step from 0; @param memory see `learnFromEpoch` */
export function learningRateAt(
  { learningRate, schedule = stays }: ScheduledTraining,
  { stepsPerEpoch, steps }: RunLength,
  step: number,
  memory?: ScheduleMemory,
): number {
  const warmUp = 'warmUp' in schedule ? schedule.warmUp : undefined
  const time = { step, stepsPerEpoch, steps, warmUpSteps: warmUpSteps(warmUp, stepsPerEpoch) }
  return learningRate * warmUpFactor(warmUp, time) * scheduleFor(schedule).factor(schedule, time, memory)
}

/** What the schedule remembers after an epoch; undefined for schedules that look at the step alone. */
export function learnFromEpoch(
  { schedule = stays }: ScheduledTraining,
  memory: ScheduleMemory | undefined,
  outcome: EpochOutcome,
): ScheduleMemory | undefined {
  return scheduleFor(schedule).learn?.(schedule, memory, outcome)
}
