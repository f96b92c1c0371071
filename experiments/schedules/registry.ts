/** Every schedule. A new one is one file and one line here, and one in experiments/spec/schedule-spec.ts. */
import type { ScheduleSpec } from '../spec/schedule-spec.ts'
import { constantSchedule } from './constant.ts'
import { cosineSchedule } from './cosine.ts'
import { exponentialSchedule } from './exponential.ts'
import { multiStepSchedule } from './multi-step.ts'
import { oneCycleSchedule } from './one-cycle.ts'
import { rangeTestSchedule } from './range-test.ts'
import { reduceOnPlateauSchedule } from './reduce-on-plateau.ts'
import type { Schedule } from './schedule.ts'
import { stepSchedule } from './step.ts'

const schedules = {
  constant: constantSchedule,
  step: stepSchedule,
  'multi-step': multiStepSchedule,
  exponential: exponentialSchedule,
  cosine: cosineSchedule,
  'one-cycle': oneCycleSchedule,
  'reduce-on-plateau': reduceOnPlateauSchedule,
  'range-test': rangeTestSchedule,
} as const satisfies { readonly [Type in ScheduleSpec['type']]: unknown }

/** The one for `spec`, which is also what its functions then take. */
export function scheduleFor(spec: ScheduleSpec): Schedule {
  return schedules[spec.type]
}
