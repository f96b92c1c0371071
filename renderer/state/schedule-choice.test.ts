import { expect, test } from 'vitest'
import { scheduleSpec, type ScheduleSpec } from '../../experiments/spec/schedule-spec.ts'
import { ScheduleChoice, scheduleTypes } from './schedule-choice.svelte.ts'

test('every schedule can be chosen and is complete at once', () => {
  for (const type of scheduleTypes) {
    const choice = new ScheduleChoice()
    choice.choose(type, 30)
    choice.warmUp = choice.hasWarmUp ? '2' : ''
    expect(choice.problems.size).toBe(0)
    const parsed = scheduleSpec.safeParse(choice.spec ?? { type: 'constant' })
    expect(parsed.success, type).toBe(true)
  }
})

test('a rate that stays is written by saying nothing', () => {
  expect(new ScheduleChoice().spec).toBeUndefined()
})

test('what is taken over comes back unchanged, also what has no field', () => {
  const specs: ScheduleSpec[] = [
    { type: 'multi-step', epochs: [81, 122], factor: 0.2, warmUp: { epochs: 0.5, from: 0.1 } },
    scheduleSpec.parse({ type: 'reduce-on-plateau', metric: 'accuracy', patience: 3 }),
    { type: 'constant' },
  ]
  for (const spec of specs) {
    const choice = new ScheduleChoice()
    choice.take(spec)
    expect(choice.spec).toEqual(spec)
  }
})

test('what is typed wrong is named', () => {
  const choice = new ScheduleChoice()
  choice.choose('multi-step', 30)
  choice.texts['epochs'] = '10, twenty'
  choice.texts['factor'] = '3'
  choice.warmUp = '-1'
  expect([...choice.problems.keys()].sort()).toEqual(['epochs', 'factor', 'warmUp'])
})
