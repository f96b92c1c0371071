/** The schedules an experiment may name; each stands in its own file of experiments/schedules. */
import { z } from 'zod'
import { constantSchedule } from '../schedules/constant.ts'
import { cosineSchedule } from '../schedules/cosine.ts'
import { exponentialSchedule } from '../schedules/exponential.ts'
import { multiStepSchedule } from '../schedules/multi-step.ts'
import { oneCycleSchedule } from '../schedules/one-cycle.ts'
import { rangeTestSchedule } from '../schedules/range-test.ts'
import { reduceOnPlateauSchedule } from '../schedules/reduce-on-plateau.ts'
import { stepSchedule } from '../schedules/step.ts'

export const scheduleSpec = z.discriminatedUnion('type', [
  constantSchedule.spec,
  stepSchedule.spec,
  multiStepSchedule.spec,
  exponentialSchedule.spec,
  cosineSchedule.spec,
  oneCycleSchedule.spec,
  reduceOnPlateauSchedule.spec,
  rangeTestSchedule.spec,
])

export type ScheduleSpec = z.output<typeof scheduleSpec>
