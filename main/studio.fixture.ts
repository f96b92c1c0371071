/** A studio for tests, with real trainer processes, and an experiment that takes it a few seconds. */
import { builtProgram } from './processes/built-program.fixture.ts'
import { createStudio, type Studio, type StudioOptions } from './studio.ts'
import type { StudioEvents } from './queue/studio-events.ts'

/** 1100 examples, 110 of them held out: 30 steps an epoch. */
export const smallExperiment = {
  version: 1,
  name: 'small',
  network: { zoo: 'lenet5' },
  data: { dataset: 'shapes', limit: 1100, validation: 0.1 },
  train: { epochs: 4, batchSize: 32, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.02 },
  seed: 5,
}

/** @param options what is not as usual: another trainer, a clock, files that fail */
export function openTestStudio(
  home: string,
  options: Partial<Pick<StudioOptions, 'trainer' | 'clock' | 'files'>> = {},
): Promise<Studio> {
  return createStudio({
    home,
    trainer: builtProgram('trainer'),
    ...options,
    importer: builtProgram('importer'),
    inspector: builtProgram('inspector'),
    engineProbe: builtProgram('engine-probe'),
    studioVersion: 'test',
    studioCommit: null,
    electron: { version: null, source: 'none', detail: 'tests have no window' },
    log: {
      info: () => undefined,
      error: (context, message) => console.error(message, context),
    },
  })
}

/** Resolves with the first payload of `event` that `accepts`. */
export function eventOf<Event extends keyof StudioEvents>(
  studio: Studio,
  event: Event,
  accepts: (payload: StudioEvents[Event]) => boolean,
): Promise<StudioEvents[Event]> {
  return new Promise((resolve) => {
    studio.onEvent((name, payload) => {
      const isOfMany = (event as string) === 'run.changed' && name === 'runs.changed'
      const told = (isOfMany ? (payload as unknown as StudioEvents['runs.changed']).runs : [payload]) as unknown[]
      if (name !== (event as string) && !isOfMany) return
      const accepted = (told as StudioEvents[Event][]).find(accepts)
      if (accepted !== undefined) resolve(accepted)
    })
  })
}

/** Resolves with the run once it has ended in any way. */
export function endOf(studio: Studio, run: number): Promise<StudioEvents['run.changed']> {
  return eventOf(
    studio,
    'run.changed',
    ({ id, status }) => id === run && !['queued', 'running', 'paused'].includes(status),
  )
}
